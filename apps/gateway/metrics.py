"""What operators see of the channels."""

from prometheus_client import Counter, Gauge, Histogram

WEBHOOKS = Counter("urbana_webhooks_total", "Webhook requests by what became of them.", ["kind", "outcome"])
WEBHOOK_SECONDS = Histogram(
    "urbana_webhook_seconds",
    "From arrival to durable acknowledgement, the longest wait of each commit.",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5),
)
WEBHOOK_BATCH = Histogram(
    "urbana_webhook_batch_size",
    "Webhooks that shared one journaled insert.",
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500),
)
SPOOLED = Counter("urbana_webhooks_spooled_total", "Webhooks written to the Redis spool because MongoDB was away.")
INTAKE_STORE_UP = Gauge(
    "urbana_webhook_store_up",
    "1 while webhooks go straight to MongoDB, 0 while they are spooled.",
    multiprocess_mode="livemin",
)
INTAKE_GAPS = Counter(
    "urbana_intake_gap_webhooks_total",
    "Webhooks that an account could not take for reasons of ours; a downtime counts once.",
    ["account", "reason"],
)
INGESTED = Counter("urbana_ingested_total", "What came out of webhook bodies.", ["kind", "what"])
SENDS = Counter("urbana_sends_total", "Outcomes of sends.", ["kind", "account", "outcome"])
SEND_SECONDS = Histogram("urbana_send_seconds", "How long a channel took to accept a message.", ["kind"])
SEND_ERRORS = Counter("urbana_send_errors_total", "Refusals of sends by the channel's code.", ["account", "code"])
BREAKER_OPENED = Counter("urbana_breaker_opened_total", "Times that sending was stopped.", ["account", "endpoint"])
BREAKER_STATE = Gauge(
    "urbana_breaker_state",
    "Whether calls go through: 0 closed, 1 being tried again, 2 open.",
    ["account", "endpoint"],
    multiprocess_mode="mostrecent",
)
ACCOUNT_BLOCKED = Counter(
    "urbana_account_blocked_total", "Refusals of a whole account, which only a person can end.", ["account", "code"]
)
TYPING_FAILED = Counter(
    "urbana_typing_failed_total", "Read marks or typing indicators that the channel refused.", ["kind"]
)
MEDIA = Counter("urbana_media_total", "Files of customers by what became of them.", ["kind", "outcome"])
CONVERSIONS = Counter(
    "urbana_conversions_total", "Files to be sent, by what making them fit came to.", ["kind", "outcome"]
)
RECONCILED = Counter("urbana_reconciled_total", "Sends of unknown outcome by what was decided.", ["decision"])
TEMPLATE_SYNCS = Counter("urbana_template_syncs_total", "Readings of an account's templates.", ["kind", "outcome"])
ACCOUNT_CHECK = Gauge(
    "urbana_account_check_state",
    "What was last found out about an account: 0 good, 1 warning, 2 bad, -1 not known.",
    ["account", "check"],
    multiprocess_mode="mostrecent",
)
