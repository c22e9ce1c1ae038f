"""The webhook: a raw ASGI callable in front of Django that does four things only.

Size limit, signature over the raw bytes, one durable insert, one wake-up. It answers 200 only when the body is
durable; 503 makes the vendor send again. The same work inside a Django view ran at a sixteenth of the speed.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from bson import ObjectId
from django.conf import settings
from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from apps.contracts.people import ChannelAccountValue
from apps.gateway import intake_health, metrics
from apps.gateway.committer import Committer, StoreUnavailable
from apps.gateway.documents import DELIVERIES, Row, new_row
from apps.gateway.intake_health import Account
from apps.gateway.snapshot import Endpoint, Snapshot
from apps.gateway.spool import SpoolWriter
from apps.gateway.tasks import wake_ingest
from apps.gateway.waker import Waker
from apps.tenants.selectors import webhook_accounts

log = logging.getLogger(__name__)

PREFIX = "/webhooks/"
LARGEST_BODY_BYTES = 4 * 1024 * 1024
SLOWEST_BODY_SECONDS = 10.0
#: Bodies larger than this count against one budget for all, because they are held before anybody proved who they are.
SMALL_BODY_BYTES = 64 * 1024
UNPROVEN_BYTES = 256 * 1024 * 1024
LONGEST_QUERY_BYTES = 4096
INSERT_SECONDS = 0.5

_HEADERS = [(b"content-type", b"text/plain; charset=utf-8"), (b"x-content-type-options", b"nosniff")]


class Refused(Exception):
    """The request is answered with this status and goes no further."""

    def __init__(self, status: int, outcome: str) -> None:
        super().__init__(outcome)
        self.status = status
        self.outcome = outcome


class MongoStore:
    """Inserts straight into the collection of deliveries, journaled and by majority."""

    def __init__(self, uri: str) -> None:
        # Everything ends after half a second: a slower answer is worth less than the spool.
        self._client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(
            uri,
            timeoutMS=int(INSERT_SECONDS * 1000),
            serverSelectionTimeoutMS=int(INSERT_SECONDS * 1000),
            w="majority",
            journal=True,
            retryWrites=False,
            appname="urbana-webhook",
        )
        self._collection = self._client.get_default_database()[DELIVERIES]

    async def insert(self, rows: list[Row]) -> None:
        try:
            async with asyncio.timeout(INSERT_SECONDS + 0.1):
                await self._collection.insert_many(rows, ordered=False)
        except (PyMongoError, TimeoutError) as error:
            raise StoreUnavailable(type(error).__name__) from error

    async def ping(self) -> bool:
        try:
            async with asyncio.timeout(INSERT_SECONDS + 0.1):
                answer = await self._client.admin.command("hello")
        except (PyMongoError, TimeoutError):
            return False
        return bool(answer.get("isWritablePrimary"))

    async def close(self) -> None:
        await self._client.close()


class WebhookApplication:
    """Serves `/webhooks/<kind>/<account>`, with or without a trailing slash; lives as long as the web process."""

    def __init__(
        self,
        *,
        accounts: Callable[[], dict[str, ChannelAccountValue]] = webhook_accounts,
        wake: Callable[[], None] = wake_ingest,
    ) -> None:
        self._snapshot = Snapshot(accounts)
        self._waker = Waker(wake)
        self._store: MongoStore | None = None
        self._spool: SpoolWriter | None = None
        self._committer: Committer | None = None
        self._beating: asyncio.Task[None] | None = None
        self._rejected: set[Account] = set()
        self._verified: set[Account] = set()
        self._unproven_bytes = 0

    @property
    def is_store_up(self) -> bool:
        """Whether webhooks go straight to MongoDB at the moment."""
        return self._committer is not None and self._committer.is_store_up

    async def start(self) -> None:
        await asyncio.to_thread(self._snapshot.start)
        self._store = MongoStore(settings.MONGODB_URI)
        self._spool = SpoolWriter(settings.REDIS_URL)
        self._committer = Committer(self._store, self._spool, on_stored=self._waker.ask)
        self._committer.start()
        self._waker.start()
        self._beating = asyncio.get_running_loop().create_task(self._beat_for_ever(self._committer))

    async def stop(self) -> None:
        self._snapshot.stop()
        if self._beating is not None:
            self._beating.cancel()
        if self._committer is not None:
            await self._committer.stop()
        self._waker.stop()
        if self._store is not None and self._spool is not None:
            await self._store.close()
            await self._spool.close()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        kind = "unknown"
        try:
            endpoint = self._endpoint(scope["path"])
            kind = endpoint.adapter.kind
            if scope["method"] == "POST":
                status, text, outcome = await self._take(endpoint, scope, receive)
            elif scope["method"] == "GET":
                status, text, outcome = _shake_hands(endpoint, scope)
            else:
                raise Refused(405, "method")
        except Refused as refused:
            status, text, outcome = refused.status, "", refused.outcome
        metrics.WEBHOOKS.labels(kind, outcome).inc()
        if outcome != "stored":
            log.info("webhook", extra={"method": scope["method"], "kind": kind, "status": status, "outcome": outcome})
        await _answer(send, status, text)

    def _endpoint(self, path: str) -> Endpoint:
        if not self._snapshot.is_loaded:
            raise Refused(503, "starting")
        parts = path.removeprefix(PREFIX).removesuffix("/").split("/")
        found = self._snapshot.find(*parts) if len(parts) == 2 else None
        if found is None:
            raise Refused(404, "unknown_account")
        return found

    async def _take(self, endpoint: Endpoint, scope: Any, receive: Any) -> tuple[int, str, str]:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        body = await self._read(headers.get("content-length", ""), receive)
        received_ns, arrived = time.time_ns(), time.perf_counter()
        account = endpoint.account
        if not endpoint.adapter.verify(account, body=body, headers=headers):
            self._rejected.add(_named(account))
            raise Refused(403, "wrong_signature")
        self._verified.add(_named(account))
        row = new_row(
            row_id=ObjectId(),
            tenant_id=account.tenant_id,
            account=account.slug,
            kind=account.kind,
            body=body,
            received_ns=received_ns,
            traceparent=f"00-{random.getrandbits(128):032x}-{random.getrandbits(64):016x}-01",
        )
        if self._committer is None or not await self._committer.submit(row):
            raise Refused(503, "not_durable")
        metrics.WEBHOOK_SECONDS.observe(time.perf_counter() - arrived)
        return 200, "ok", "stored"

    async def _read(self, declared_length: str, receive: Any) -> bytes:
        declared = _declared_bytes(declared_length)
        if declared <= SMALL_BODY_BYTES:
            return await _read_body(receive, limit=SMALL_BODY_BYTES)
        if self._unproven_bytes + declared > UNPROVEN_BYTES:
            raise Refused(503, "busy")
        self._unproven_bytes += declared
        try:
            return await _read_body(receive, limit=declared)
        finally:
            self._unproven_bytes -= declared

    async def _beat_for_ever(self, committer: Committer) -> None:
        refused = committer.refused
        while True:
            refused, had_refused = committer.refused, refused
            rejected, self._rejected = self._rejected, set()
            verified, self._verified = self._verified, set()
            try:
                await asyncio.to_thread(
                    intake_health.beat,
                    refused=refused > had_refused,
                    rejected=rejected - verified,
                    verified=verified,
                )
            except RedisError as error:
                log.warning("intake_beat_lost", extra={"reason": type(error).__name__})
            if self._spool is not None:
                await self._spool.refresh_length()
            await asyncio.sleep(intake_health.BEAT_SECONDS)


def _declared_bytes(declared_length: str) -> int:
    """How large the body says it is; a chunked one does not say, and counts as the largest."""
    if not declared_length:
        return LARGEST_BODY_BYTES
    if not declared_length.isdecimal() or len(declared_length) > 10 or int(declared_length) > LARGEST_BODY_BYTES:
        raise Refused(413, "too_large")
    return int(declared_length)


async def _read_body(receive: Any, *, limit: int) -> bytes:
    """Read the whole body within the limits. Raises Refused: too large, too slow, or cut off."""
    parts: list[bytes] = []
    size, has_more = 0, True
    try:
        async with asyncio.timeout(SLOWEST_BODY_SECONDS):
            while has_more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Refused(400, "cut_off")
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > limit:
                    raise Refused(413, "too_large")
                has_more = message.get("more_body", False)
    except TimeoutError:
        raise Refused(408, "too_slow") from None
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _shake_hands(endpoint: Endpoint, scope: Any) -> tuple[int, str, str]:
    query = scope["query_string"]
    if len(query) > LONGEST_QUERY_BYTES:
        raise Refused(403, "wrong_token")
    try:
        pairs = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=20))
    except ValueError:
        raise Refused(403, "wrong_token") from None
    challenge = endpoint.adapter.answer_handshake(endpoint.account, query=pairs)
    if challenge is None:
        raise Refused(403, "wrong_token")
    return 200, challenge, "handshake"


async def _answer(send: Any, status: int, text: str) -> None:
    content = text.encode()
    headers = [*_HEADERS, (b"content-length", str(len(content)).encode())]
    if status in (408, 413):
        # What was not read must not be taken for the next request.
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def _named(account: ChannelAccountValue) -> Account:
    return Account(account.tenant_id, account.slug)


application = WebhookApplication()
