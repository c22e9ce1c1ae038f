"""The webhook: a raw ASGI callable in front of Django that does four things only.

Size limit, signature over the raw bytes, one durable insert, one wake-up. It answers 200 only when the body is
durable; 503 makes the vendor send again. The same work inside a Django view ran at a sixteenth of the speed.
"""

import asyncio
import gc
import logging
import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from bson import ObjectId
from django.conf import settings
from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

from apps.contracts.people import ChannelAccountValue
from apps.gateway import intake_health, metrics
from apps.gateway.body import BodyReader, Refused
from apps.gateway.committer import Committer, StoreUnavailable
from apps.gateway.documents import DELIVERIES, Row, new_row
from apps.gateway.pulse import Pulse
from apps.gateway.sightings import Sightings
from apps.gateway.snapshot import PREFIX, Endpoint, Snapshot
from apps.gateway.spool import SpoolWriter
from apps.gateway.tasks import wake_ingest
from apps.gateway.waker import Waker
from apps.tenants.selectors import webhook_accounts

log = logging.getLogger(__name__)

LONGEST_QUERY_BYTES = 4096
INSERT_SECONDS = 0.5
DURABLE = {"w": "majority", "j": True}

_HEADERS = [(b"content-type", b"text/plain; charset=utf-8"), (b"x-content-type-options", b"nosniff")]
#: The acknowledgement is the status alone: each header would cost as much as a dictionary of them.
_STORED = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]}
_NOTHING = {"type": "http.response.body", "body": b""}


class MongoStore:
    """Inserts straight into the collection of deliveries, journaled and by majority."""

    def __init__(self, uri: str) -> None:
        # Everything ends after half a second: a slower answer is worth less than the spool.
        self._client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(
            uri,
            timeoutMS=int(INSERT_SECONDS * 1000),
            serverSelectionTimeoutMS=int(INSERT_SECONDS * 1000),
            retryWrites=False,
            appname="urbana-webhook",
        )
        self._database = self._client.get_default_database()

    async def insert(self, rows: list[Row]) -> None:
        # The bare command: what `insert_many` adds costs as much again, and nothing of it is needed here.
        command = {"insert": DELIVERIES, "documents": rows, "ordered": False, "writeConcern": DURABLE}
        try:
            async with asyncio.timeout(INSERT_SECONDS + 0.1):
                answer = await self._database.command(command)
        except (PyMongoError, TimeoutError) as error:
            raise StoreUnavailable(type(error).__name__) from error
        if answer.get("n") != len(rows) or "writeConcernError" in answer:
            raise StoreUnavailable("not all of them were written")

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
        self._companions: list[asyncio.Task[None]] = []
        self._bodies = BodyReader()
        self._sightings = Sightings()
        self._pulse = Pulse(self._snapshot.accounts)
        self._counts: Counter[tuple[str, str]] = Counter()

    @property
    def is_store_up(self) -> bool:
        """Whether webhooks go straight to MongoDB at the moment."""
        return self._committer is not None and self._committer.is_store_up

    async def start(self) -> None:
        await asyncio.to_thread(self._snapshot.start)
        # What the process loaded to begin with stays; looking through it for garbage would delay webhooks.
        gc.collect()
        gc.freeze()
        self._store = MongoStore(settings.MONGODB_URI)
        self._spool = SpoolWriter(settings.REDIS_URL)
        self._committer = Committer(self._store, self._spool, on_stored=self._waker.ask)
        self._committer.start()
        self._waker.start()
        self._companions = [
            asyncio.create_task(self._beat_for_ever()),
            asyncio.create_task(self._bodies.watch()),
            asyncio.create_task(self._sightings.write_for_ever()),
            asyncio.create_task(self._pulse.gaps.write_for_ever()),
        ]

    async def stop(self) -> None:
        self._snapshot.stop()
        for companion in self._companions:
            companion.cancel()
        self._publish_counts()
        if self._committer is not None:
            await self._committer.stop()
        self._waker.stop()
        if self._store is not None and self._spool is not None:
            await self._store.close()
            await self._spool.close()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        endpoint, kind = None, "unknown"
        try:
            endpoint = self._endpoint(scope["path"])
            kind = endpoint.account.kind
            if scope["method"] == "POST":
                await self._take(endpoint, scope, receive)
                self._counts[kind, "stored"] += 1
                await send(_STORED)
                await send(_NOTHING)
                return
            if scope["method"] != "GET":
                raise Refused(405, "method")
            status, text, outcome = 200, _challenge(endpoint, scope), "handshake"
            self._sightings.note_handshake(endpoint.account)
        except Refused as refused:
            status, text, outcome = refused.status, "", refused.outcome
            if status == 503:
                self._pulse.unable(endpoint.name if endpoint else None)
        self._counts[kind, outcome] += 1
        log.info("webhook", extra={"method": scope["method"], "kind": kind, "status": status, "outcome": outcome})
        await _answer(send, status, text)

    def _endpoint(self, path: str) -> Endpoint:
        found = self._snapshot.by_path.get(path)
        if found is not None:
            return found
        if path in self._snapshot.switched_off:
            self._pulse.switched_off(self._snapshot.switched_off[path])
            raise Refused(404, "switched_off")
        raise Refused(404, "unknown_account") if self._snapshot.is_loaded else Refused(503, "starting")

    async def _take(self, endpoint: Endpoint, scope: Any, receive: Any) -> None:
        """Store one webhook durably. Raises Refused."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        body = await self._bodies.read(headers.get("content-length", ""), receive)
        received_ns = time.time_ns()
        account = endpoint.account
        if not endpoint.adapter.verify(account, body=body, headers=headers):
            self._pulse.rejected(endpoint.name)
            raise Refused(403, "wrong_signature")
        self._pulse.verified(endpoint.name)
        self._sightings.note_secret(account, endpoint.adapter, body=body, headers=headers)
        ids = f"{random.getrandbits(192):048x}"
        row = new_row(
            row_id=ObjectId(),
            tenant_id=account.tenant_id,
            account=account.slug,
            kind=account.kind,
            body=body,
            received_ns=received_ns,
            traceparent=f"00-{ids[:32]}-{ids[32:]}-01",
        )
        if self._committer is None or not await self._committer.submit(row):
            raise Refused(503, "not_durable")

    def _publish_counts(self) -> None:
        # Once a second for all: a counter of prometheus costs as much as the signature.
        counts, self._counts = self._counts, Counter()
        for (kind, outcome), count in counts.items():
            metrics.WEBHOOKS.labels(kind, outcome).inc(count)

    async def _beat_for_ever(self) -> None:
        while True:
            self._publish_counts()
            if self._committer is not None:
                self._committer.write_receipts()
            await self._pulse.beat()
            if self._spool is not None:
                await self._spool.refresh_length()
            await asyncio.sleep(intake_health.BEAT_SECONDS)


def _challenge(endpoint: Endpoint, scope: Any) -> str:
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
    return challenge


async def _answer(send: Any, status: int, text: str) -> None:
    content = text.encode()
    headers = [*_HEADERS, (b"content-length", str(len(content)).encode())]
    if status in (408, 413):
        # What was not read must not be taken for the next request.
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


application = WebhookApplication()

__all__ = ["PREFIX", "Refused", "WebhookApplication", "application"]
