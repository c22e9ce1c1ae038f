"""What operators see of the processor."""

from prometheus_client import Counter, Histogram

ANALYSIS_SECONDS = Histogram(
    "urbana_processor_analysis_seconds",
    "Time to analyse one message.",
    buckets=(0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.2, 1),
)
ENRICHER_SECONDS = Histogram(
    "urbana_processor_enricher_seconds",
    "Time of one enricher on one message.",
    ["enricher"],
    buckets=(0.0005, 0.001, 0.005, 0.02, 0.1, 1),
)
SPAM = Counter("urbana_processor_spam_total", "Messages judged as spam.", ["tenant"])
