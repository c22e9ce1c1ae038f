"""Carries updates to the product over real HTTP, each by itself and again and again until a 2xx (protocols/telegram.md §1)."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import httpx

from apps.simulator.telegram.webhooks import Registration

Json = dict[str, Any]
#: How often and how long is not published; an update is kept for a day.
RETRY_GAPS_SECONDS = (0.05, 0.2, 0.5, 1, 2, 4, 8, 15, 30, 60)
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header


class Courier:
    """Posts side by side, up to the registered number of connections, so that one update may overtake another."""

    def __init__(self, clock: Callable[[], float], *, timeout_seconds: float = 10) -> None:
        self.registration = Registration()
        self.pending: dict[int, Json] = {}
        self.last_error: tuple[int, str] | None = None
        self.posts: list[tuple[int, int]] = []
        #: While set, updates wait; see `release`.
        self.holds = False
        self._clock = clock
        self._timeout_seconds = timeout_seconds
        self._http: httpx.AsyncClient | None = None
        self._slots = asyncio.Semaphore(self.registration.max_connections)
        self._tasks: set[asyncio.Task[None]] = set()
        self._under_way: set[int] = set()

    def register(self, registration: Registration, *, drops_pending: bool = False) -> None:
        """Change the webhook; what waits goes to the new one."""
        self.registration = registration
        self._slots = asyncio.Semaphore(registration.max_connections)
        self.last_error = None
        if drops_pending:
            self.pending.clear()
        self.release()

    def send(self, update: Json) -> None:
        if not self.registration.wants(update):
            return
        self.pending[update["update_id"]] = update
        if self.registration.url and not self.holds:
            self._start(update)

    def release(self, *, backwards: bool = False) -> None:
        """Post all that waits, newest first when told so."""
        self.holds = False
        for update in sorted(self.pending.values(), key=lambda one: one["update_id"], reverse=backwards):
            if self.registration.url:
                self._start(update)

    def repeat(self, update: Json) -> None:
        """Post an update once more although it was acknowledged, as after an answer that got lost."""
        self._launch(self._post(update))

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.aclose()

    def _start(self, update: Json) -> None:
        if update["update_id"] not in self._under_way:
            self._under_way.add(update["update_id"])
            self._launch(self._deliver(update))

    def _launch(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, update: Json) -> None:
        try:
            for gap in (*RETRY_GAPS_SECONDS, None):
                async with self._slots:
                    if await self._post(update) or gap is None:
                        return
                await asyncio.sleep(gap)
        finally:
            self._under_way.discard(update["update_id"])

    async def _post(self, update: Json) -> bool:
        if self._http is None:
            self._http = httpx.AsyncClient(timeout=self._timeout_seconds, follow_redirects=False, trust_env=False)
        headers = {"Content-Type": "application/json"}
        if self.registration.secret:
            headers[SECRET_HEADER] = self.registration.secret
        body = json.dumps(update, ensure_ascii=False).encode()
        try:
            answer = await self._http.post(self.registration.url, content=body, headers=headers)
            status, said = answer.status_code, f"Wrong response from the webhook: {answer.status_code}"
        except httpx.HTTPError as error:
            status, said = 0, f"Connection failed: {type(error).__name__}"
        self.posts.append((update["update_id"], status))
        if 200 <= status < 300:
            self.pending.pop(update["update_id"], None)
            return True
        self.last_error = int(self._clock()), said
        return False
