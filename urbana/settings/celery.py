"""Celery carries wake-ups. What keeps a task from being lost is explained in docs/configuration.md."""

from typing import Any

from urbana.settings.base import TIME_ZONE
from urbana.settings.environment import URBANA_PREFIX, env
from urbana.settings.redis import REDIS_URL

CELERY_BROKER_URL: str = env.str("CELERY_BROKER_URL", default="") or REDIS_URL
_uses_redis = CELERY_BROKER_URL.startswith(("redis://", "rediss://", "sentinel://"))

# One worker group each: queues that share a pool are no bulkhead.
WORKER_QUEUES = ("intake", "assistant", "delivery", "quarantine")
# The threads that wait for the channels: whatever hangs may hold only its share of them.
DELIVERY_THREADS: int = env.int("DELIVERY_THREADS", default=16)

CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_DEFAULT_QUEUE = "intake"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_SEND_TASK_EVENTS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_POOL_LIMIT = 20
# The event store re-sends what could not be enqueued, so a sender tries once more and goes on.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.2}
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {
        "global_keyprefix": f"{URBANA_PREFIX}:",
        "visibility_timeout": 300,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "socket_keepalive": True,
        "health_check_interval": 25,
    }
    if _uses_redis
    else {"confirm_publish": True, "read_timeout": 5, "write_timeout": 5}
)
# With RabbitMQ, quorum queues redeliver at once what a dead worker held.
CELERY_TASK_DEFAULT_QUEUE_TYPE = CELERY_TASK_CREATE_MISSING_QUEUE_TYPE = "classic" if _uses_redis else "quorum"
CELERY_BEAT_SCHEDULER = "urbana.celery:HeartbeatScheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 1
