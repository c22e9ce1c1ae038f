"""Carries webhooks to the product over real HTTP, signed, again and again until it answers 200 (protocols/whatsapp.md §2.3)."""

import asyncio
import json
import secrets
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import httpx

from apps.simulator.meta.account import MetaAccount
from apps.simulator.meta.payloads import Json, signature, webhook_body
from apps.simulator.phone.changes import Call

#: Meta tries for up to seven days with growing gaps; a development server that is away longer has forgotten anyway.
RETRY_GAPS_SECONDS = (0.5, 1, 2, 4, 8, 15, 30, 30, 30, 60, 60, 60, 120, 120)
LARGEST_BATCH = 100
SHOWN_CHARACTERS = 6_000


@dataclass(eq=False)
class Parcel:
    """One value on its way. `done` is called once, when the product has answered 200 for it.

    `keeps_order` is for a customer's messages: their first posts never overtake one another.
    """

    account: MetaAccount
    value: Json
    note: str = ""
    done: Callable[[], None] | None = None
    keeps_order: bool = False
    attempts: int = 0


@dataclass(eq=False)
class Lane:
    """Parcels that fell due, and how many posts carry them side by side."""

    width: int
    due: list[Parcel] = field(default_factory=list)
    posting: int = 0

    def next_batch(self) -> list[Parcel]:
        account = self.due[0].account
        batch = [parcel for parcel in self.due if parcel.account == account][:LARGEST_BATCH]
        taken = {id(parcel) for parcel in batch}
        self.due = [parcel for parcel in self.due if id(parcel) not in taken]
        return batch


class Courier:
    """Posts what is due. While a post is under way whatever else falls due travels together in the next (§0.1).

    Statuses have several lanes and can overtake one another, as Meta's do. Everything runs on one event loop.
    """

    def __init__(
        self,
        *,
        tell: Callable[[Call], None] | None = None,
        slow_seconds: Callable[[], float] = lambda: 0.0,
        timeout_seconds: float = 10,
    ) -> None:
        self.given_up = 0
        self.tell = tell
        self._slow_seconds = slow_seconds
        self._timeout_seconds = timeout_seconds
        self._messages = Lane(width=1)
        self._statuses = Lane(width=4)
        self._http: httpx.AsyncClient | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, parcel: Parcel, *, after_seconds: float = 0) -> None:
        """Hand over a value, to be posted no sooner than `after_seconds` from now."""
        if after_seconds > 0:
            asyncio.get_running_loop().call_later(after_seconds, self._is_due, parcel)
        else:
            self._is_due(parcel)

    def repeat(self, account: MetaAccount, value: Json, *, note: str) -> None:
        """Post a value at once, whatever else is under way: the redelivery that Meta's own retries cause."""
        self._start(self._deliver([Parcel(account, value, note=note)]))

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.aclose()

    def _is_due(self, parcel: Parcel) -> None:
        lane = self._messages if parcel.keeps_order else self._statuses
        lane.due.append(parcel)
        if lane.posting < lane.width:
            lane.posting += 1
            self._start(self._drain(lane))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self, lane: Lane) -> None:
        try:
            while lane.due:
                await self._deliver(lane.next_batch())
        finally:
            lane.posting -= 1

    async def _deliver(self, batch: list[Parcel]) -> None:
        account = batch[0].account
        body = webhook_body(account, [parcel.value for parcel in batch])
        note = next((parcel.note for parcel in batch if parcel.note), "")
        if await self._post(account, body, note) == 200:
            for parcel in batch:
                if parcel.done is not None:
                    parcel.done()
            return
        for parcel in batch:
            if parcel.attempts < len(RETRY_GAPS_SECONDS):
                self.send(parcel, after_seconds=RETRY_GAPS_SECONDS[parcel.attempts])
                parcel.attempts += 1
            else:
                self.given_up += 1

    async def _post(self, account: MetaAccount, body: bytes, note: str) -> int:
        if self._http is None:
            self._http = httpx.AsyncClient(timeout=self._timeout_seconds, follow_redirects=False, trust_env=False)
        if (delay := self._slow_seconds()) > 0:
            await asyncio.sleep(delay)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "X-Hub-Signature-256": signature(account.app_secret, body),
        }
        began = time.time()
        try:
            answer = await self._http.post(account.webhook_url, content=body, headers=headers)
            status, said = answer.status_code, answer.text
        except httpx.HTTPError as error:
            status, said = 0, type(error).__name__
        self._show(account, began, status, body, said, note)
        return status

    def _show(self, account: MetaAccount, began: float, status: int, body: bytes, said: str, note: str) -> None:
        if self.tell is None:
            return
        path = httpx.URL(account.webhook_url).path
        self.tell(
            Call(
                id=secrets.token_hex(6),
                at=began,
                is_inbound=True,
                method="POST",
                path=path,
                status=status,
                duration_ms=round((time.time() - began) * 1000),
                request=pretty(body),
                response=said[:SHOWN_CHARACTERS],
                note=note,
            )
        )


def pretty(body: bytes) -> str:
    """JSON with line breaks for people, cut to what a page shows; anything else as its size."""
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)[:SHOWN_CHARACTERS]
    except ValueError:
        return f"{len(body)} bytes" if body else ""
