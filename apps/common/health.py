"""Readiness: whether everything that this product leans on answers, known within two seconds."""

import socket
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connection
from redis import Redis
from redis.exceptions import RedisError

from apps.common import heartbeats, mongo

# Leaves room, within the two seconds promised to callers, for the request around it.
_DEADLINE_SECONDS = 1.5

OK, SLOW = "ok", "no answer in time"

# A hanging check keeps its thread until its own timeout; enough threads for a few callers who ask meanwhile.
_threads = ThreadPoolExecutor(max_workers=24, thread_name_prefix="health")


def readiness() -> tuple[bool, dict[str, str]]:
    """Ask everything at once. Gives whether all is well, and per part "ok" or what is wrong, without addresses."""
    deadline = time.monotonic() + _DEADLINE_SECONDS
    asked = {name: _threads.submit(check) for name, check in _CHECKS.items()}
    answers = {name: _answer(future, deadline) for name, future in asked.items()}
    return all(answer == OK for answer in answers.values()), answers


def outside_services() -> dict[str, str]:
    """Say how the outside services are configured. Their absence or failure is no reason to take traffic away."""
    return {
        "whatsapp": "configured" if settings.WHATSAPP_PHONE_NUMBER_ID else "simulator only",
        "openai": "configured" if settings.OPENAI_API_KEY else "knowledge articles only",
    }


def _answer(future: "Future[str]", deadline: float) -> str:
    try:
        return future.result(timeout=max(0.0, deadline - time.monotonic()))
    except TooLate:
        future.cancel()
        return SLOW


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return type(error).__name__
    finally:
        # The thread may not be used again for long, and a check must not measure an old connection.
        connection.close()
    return OK


def _mongodb() -> str:
    try:
        return OK if mongo.is_writable(timeout_seconds=_DEADLINE_SECONDS) else "no primary"
    except mongo.STORE_ERRORS as error:
        return type(error).__name__


def _redis() -> str:
    return _ping(settings.REDIS_URL)


def _broker() -> str:
    url = settings.CELERY_BROKER_URL
    if url.startswith(("redis://", "rediss://")):
        return _ping(url)
    address = urlsplit(url)
    try:
        with socket.create_connection(
            (address.hostname or "localhost", address.port or 5672), timeout=_DEADLINE_SECONDS
        ):
            return OK
    except OSError as error:
        return type(error).__name__


def _ping(url: str) -> str:
    try:
        with Redis.from_url(
            url, socket_timeout=_DEADLINE_SECONDS, socket_connect_timeout=_DEADLINE_SECONDS, retry=None
        ) as client:
            client.ping()
    except RedisError as error:
        return type(error).__name__
    return OK


def _workers() -> str:
    try:
        missing = [queue for queue in settings.WORKER_QUEUES if not heartbeats.living(f"worker.{queue}")]
    except RedisError as error:
        return type(error).__name__
    return f"no sign of life from {', '.join(missing)}" if missing else OK


def _clock() -> str:
    try:
        return OK if heartbeats.living("clock") else "no tick lately"
    except RedisError as error:
        return type(error).__name__


_CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "mongodb": _mongodb,
    "redis": _redis,
    "broker": _broker,
    "workers": _workers,
    "clock": _clock,
}
