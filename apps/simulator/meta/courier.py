"""Carries webhooks to the product over real HTTP, signed, again and again until it answers 200 (protocols/whatsapp.md §2.3)."""

import asyncio
import json
import secrets
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from dataclasses import field as made_by
from typing import Any

import httpx

from apps.simulator.meta.account import MetaAccount
from apps.simulator.meta.payloads import Json, signature, webhook_body
from apps.simulator.phone.business import BusinessState
from apps.simulator.phone.changes import Call

#: Meta tries for up to seven days with growing gaps; a development server that is away longer has forgotten anyway.
RETRY_GAPS_SECONDS = (0.5, 1, 2, 4, 8, 15, 30, 30, 30, 60, 60, 60, 120, 120)
LARGEST_BATCH = 100
#: What a business account's own callback address receives; everything else goes to the app's (§1).
OVERRIDABLE_FIELDS = ("messages", "smb_message_echoes")
SHOWN_CHARACTERS = 6_000


@dataclass(eq=False)
class Parcel:
    """One value on its way. `done` is called once, when the product has answered 200 for it.

    `keeps_order` is for a customer's messages: their first posts never overtake one another.
    """

    account: MetaAccount
    value: Json
    note: str = ""
    field: str = "messages"
    done: Callable[[], None] | None = None
    keeps_order: bool = False
    attempts: int = 0


@dataclass(eq=False)
class Lane:
    """Parcels that fell due, and how many posts carry them side by side."""

    width: int
    due: list[Parcel] = made_by(default_factory=list)
    posting: int = 0

    def next_batch(self) -> list[Parcel]:
        first = self.due[0]
        is_overridable = first.field in OVERRIDABLE_FIELDS
        batch = [
            parcel
            for parcel in self.due
            if parcel.account == first.account and (parcel.field in OVERRIDABLE_FIELDS) == is_overridable
        ][:LARGEST_BATCH]
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
        business: Callable[[], BusinessState] = BusinessState,
        timeout_seconds: float = 10,
    ) -> None:
        self.given_up = 0
        self.tell = tell
        self._slow_seconds = slow_seconds
        self.business = business
        self._timeout_seconds = timeout_seconds
        self._messages = Lane(width=1)
        self._statuses = Lane(width=4)
        self._http: httpx.AsyncClient | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, parcel: Parcel, *, after_seconds: float = 0) -> None:
        """Hand over a value, to be posted no sooner than `after_seconds` from now; dropped while no app subscribes (§1)."""
        if not self.business().is_subscribed:
            return
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
        body = webhook_body(account, [(parcel.field, parcel.value) for parcel in batch], at=time.time())
        note = next((parcel.note for parcel in batch if parcel.note), "")
        overrides = self.business().number_callback_url or self.business().callback_url
        override = overrides if batch[0].field in OVERRIDABLE_FIELDS else ""
        if await self._post(account, override or account.webhook_url, body, note) == 200:
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

    async def shake_hands(self, url: str, verify_token: str) -> str:
        """Ask a callback address to prove itself (§1). Returns "" when it did, otherwise what Meta says about it."""
        challenge = str(secrets.randbelow(10**9) + 10**9)
        query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token}
        try:
            answer = await self._client().get(url, params=query, headers={"User-Agent": "facebookplatform/1.0"})
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return f"curl_error = {type(error).__name__}"
        if answer.status_code != 200:
            return f"HTTP Status Code = {answer.status_code}; HTTP Message = {answer.reason_phrase}"
        return "" if answer.text == challenge else "the answer is not the challenge"

    def _client(self) -> httpx.AsyncClient:
        if self._http is None:
            self._http = httpx.AsyncClient(timeout=self._timeout_seconds, follow_redirects=False, trust_env=False)
        return self._http

    async def _post(self, account: MetaAccount, url: str, body: bytes, note: str) -> int:
        if (delay := self._slow_seconds()) > 0:
            await asyncio.sleep(delay)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "X-Hub-Signature-256": signature(account.app_secret, body),
        }
        began = time.time()
        try:
            answer = await self._client().post(url, content=body, headers=headers)
            status, said = answer.status_code, answer.text
        except httpx.HTTPError as error:
            status, said = 0, type(error).__name__
        self._show(url, began, status, body, said, note)
        return status

    def _show(self, url: str, began: float, status: int, body: bytes, said: str, note: str) -> None:
        if self.tell is None:
            return
        path = httpx.URL(url).path
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
