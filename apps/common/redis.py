"""The one Redis client of a process, and the one way to name a key."""

from functools import cache

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.retry import Retry

__all__ = ["RedisError", "client", "key"]


@cache
def client() -> "Redis":
    """Give this process's client. Every call ends within two seconds; text in, text out.

    A dropped connection is opened again once; a server that does not answer is not asked twice.
    """
    return Redis.from_url(
        settings.REDIS_URL,
        decode_responses=True,
        socket_timeout=2,
        socket_connect_timeout=1,
        retry=Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
    )


def key(*parts: str | int) -> str:
    """Name a key or channel of ours: the product's prefix, then the parts, joined by colons."""
    return ":".join((settings.URBANA_PREFIX, *(str(part) for part in parts)))
