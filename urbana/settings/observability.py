"""Logs, traces, metrics and error reports. Sentry and OTLP are off until their variable is set."""

from typing import Any

from urbana.settings.environment import VAR_DIR, env

METRICS_TOKEN: str = env.str("METRICS_TOKEN", default="")
SENTRY_DSN: str = env.str("SENTRY_DSN", default="")
OTEL_EXPORTER_OTLP_ENDPOINT: str = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", default="")
LOG_LEVEL: str = env.str("LOG_LEVEL", default="INFO").upper()
PROMETHEUS_DIR = VAR_DIR / "metrics"
FLOWER_PORT: int = env.int("FLOWER_PORT", default=5555)
FLOWER_BASIC_AUTH: str = env.str("FLOWER_BASIC_AUTH", default="")

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "apps.common.logs.JsonFormatter"}},
    "handlers": {"stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"}},
    "root": {"handlers": ["stdout"], "level": LOG_LEVEL},
    "loggers": {
        # Django's own handlers write plain text and, with DEBUG off, mail nobody reads.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        "uvicorn": {"handlers": [], "level": "INFO", "propagate": True},
        # One line per request is written by our own middleware, with its trace id and without the query string.
        "uvicorn.access": {"handlers": [], "propagate": False},
        # A line per task received and per tick would bury everything else.
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        "openai": {"level": "WARNING"},
    },
}
