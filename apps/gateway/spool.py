"""The spool: webhook bodies that wait in Redis, fsynced, while MongoDB is away."""

import base64
from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from apps.common import redis
from apps.gateway.documents import Row, new_row

#: With `appendfsync everysec` an fsync is at most a second away.
FSYNC_WAIT_MS = 1500
SOCKET_TIMEOUT_SECONDS = 2.5
#: Beyond this Redis would run out of memory before MongoDB returns; the webhook answers 503 instead.
MOST_SPOOLED = 200_000


class SpoolUnavailable(Exception):
    """Redis did not confirm that the rows are on its disk."""


def stream() -> str:
    return redis.key("spool", "webhooks")


class SpoolWriter:
    """Appends batches from an event loop; written means fsynced by Redis."""

    def __init__(self, url: str) -> None:
        self._client: Redis = Redis.from_url(
            url,
            socket_timeout=SOCKET_TIMEOUT_SECONDS,
            socket_connect_timeout=0.5,
            max_connections=64,
            retry=Retry(NoBackoff(), 0),
        )
        self._length = 0

    async def append(self, rows: Sequence[Row]) -> None:
        """Append rows and wait for their fsync. Raises SpoolUnavailable; the rows may be there nevertheless."""
        if self._length > MOST_SPOOLED:
            raise SpoolUnavailable("full")
        # One connection for all: WAITAOF answers for what its own connection wrote.
        commands = self._client.pipeline(transaction=False)
        for row in rows:
            commands.xadd(stream(), _encode(row))
        commands.xlen(stream())
        commands.execute_command("WAITAOF", 1, 0, FSYNC_WAIT_MS)
        try:
            answers = await commands.execute()
        except (RedisError, OSError) as error:
            raise SpoolUnavailable(type(error).__name__) from error
        self._length = answers[-2]
        if answers[-1][0] < 1:
            raise SpoolUnavailable("not fsynced")

    async def refresh_length(self) -> None:
        """Learn how much was drained meanwhile."""
        if not self._length:
            return
        try:
            self._length = await self._client.xlen(stream())
        except (RedisError, OSError):
            return

    async def close(self) -> None:
        await self._client.aclose()


def oldest(count: int) -> list[tuple[str, Row]]:
    """The oldest spooled rows with their entry ids. Raises RedisError."""
    found: Any = redis.client().xrange(stream(), count=count)
    return [(entry_id, _decode(fields)) for entry_id, fields in found]


def remove(entry_ids: Sequence[str]) -> None:
    redis.client().xdel(stream(), *entry_ids)


def length() -> int:
    """How many rows wait. Raises RedisError."""
    answer: Any = redis.client().xlen(stream())
    return int(answer)


def _encode(row: Row) -> dict[Any, Any]:
    return {
        "id": str(row["_id"]),
        "tenant_id": row["tenant_id"],
        "account": row["account"],
        "kind": row["kind"],
        "body": base64.b64encode(row["body"]).decode(),
        "received_ns": row["received_ns"],
        "traceparent": row["traceparent"],
    }


def _decode(fields: dict[str, str]) -> Row:
    return new_row(
        row_id=fields["id"],
        tenant_id=fields["tenant_id"],
        account=fields["account"],
        kind=fields["kind"],
        body=base64.b64decode(fields["body"]),
        received_ns=int(fields["received_ns"]),
        traceparent=fields["traceparent"],
    )
