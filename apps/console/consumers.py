"""The console's socket. Server → browser: pushes. Browser → server: which conversation is open, typing, activity."""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from channels.generic.websocket import AsyncWebsocketConsumer

from apps.common import languages
from apps.console import catching_up, guests, signals
from apps.console.guests import Pass
from apps.console.live import hub, in_thread
from apps.contracts.people import AttendantValue
from apps.conversations import selectors as conversations
from apps.handoff import services as handoff

log = logging.getLogger(__name__)

LONGEST_MESSAGE = 2048
#: A person's clicks and keystrokes stay far below this.
BURST = 40
MESSAGES_PER_SECOND = 10.0
#: A browser that does not read is cut off; it comes back with its cursor.
MOST_UNSENT = 1000
VIEWING_SECONDS = 15.0
#: How the frame with the counters begins; it is sent again only when a number changed.
COUNTERS = '<template data-push="counts"'


class ConsoleConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """One open console. Refused without a session or an attendant (foreign pages are refused before)."""

    # Pushes do not go through a channel layer, so no subscription is opened per socket.
    channel_layer_alias = "none"

    async def connect(self) -> None:
        session, user = self.scope.get("session"), self.scope.get("user")
        if not session or not user or not user.is_authenticated:
            await self.close()
            return
        self.language = languages.chosen(self.scope.get("cookies", {}))
        self.admission = Pass(session_key=session.session_key or "", user_id=str(user.pk))
        attendant = (await in_thread(guests.welcome, [self.admission])).get(self.admission)
        if attendant is None:
            await self.close()
            return
        self.attendant: AttendantValue = attendant
        query = parse_qs(self.scope.get("query_string", b"").decode("latin-1"))
        self.cursor = query.get("cursor", [""])[0][:40].replace(" ", "+")
        self.open_id = ""
        self.is_caught_up = False
        self.missed: set[str] = set()
        self.counters = ""
        self._allowance, self._counted_at = float(BURST), time.monotonic()
        self._unsent: asyncio.Queue[str] = asyncio.Queue(MOST_UNSENT)
        await self.accept()
        hub.join(self)
        await self._open(query.get("conversation", [""])[0][:24])
        self._work = [asyncio.create_task(work) for work in (self._write(), self._catch_up(), self._keep_viewing())]
        for task in self._work:
            task.add_done_callback(self._ended)

    async def disconnect(self, code: int) -> None:
        hub.part(self)
        for task in getattr(self, "_work", ()):
            task.cancel()
        if getattr(self, "open_id", ""):
            await in_thread(signals.tell, self.attendant, self.open_id, "left")

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not text_data or len(text_data) > LONGEST_MESSAGE or not self._is_allowed():
            await self.leave(1008)
            return
        try:
            said: Any = json.loads(text_data)
        except ValueError:
            said = None
        if not isinstance(said, dict):
            await self.leave(1008)
            return
        await self._hear(said)

    def push(self, frame: str) -> None:
        """Queue a frame. Never waits: one slow browser holds nobody up."""
        if not frame:
            return
        try:
            self._unsent.put_nowait(frame)
        except asyncio.QueueFull:
            asyncio.get_running_loop().create_task(self.leave(1013))

    async def leave(self, code: int) -> None:
        hub.part(self)
        with suppress(RuntimeError):
            await self.close(code)

    async def _hear(self, said: dict[str, Any]) -> None:
        match said.get("do"):
            case "open":
                await self._open(str(said.get("conversation", ""))[:24])
            case "typing" if self.open_id:
                await in_thread(signals.tell, self.attendant, self.open_id, "typing")
            case "beat":
                await in_thread(handoff.heartbeat, attendant=self.attendant, is_active=True)

    async def _open(self, conversation_id: str) -> None:
        """Lay a conversation open, if this person may see it; from now on its thread is pushed too."""
        if self.open_id and self.open_id != conversation_id:
            await in_thread(signals.tell, self.attendant, self.open_id, "left")
        self.open_id = ""
        if not conversation_id:
            return
        if await in_thread(conversations.conversation_for, self.attendant, conversation_id) is None:
            return
        self.open_id = conversation_id
        await in_thread(signals.tell, self.attendant, conversation_id, "viewing")
        if self.is_caught_up:
            self.push(await self._drawn(catching_up.open_thread, self.attendant, conversation_id))

    async def _catch_up(self) -> None:
        frames = catching_up.catch_up(self.attendant, cursor=self.cursor, open_id=self.open_id)
        while (frame := await self._drawn(next, frames, None)) is not None:
            if frame.startswith(COUNTERS):
                self.counters = frame
            await self._unsent.put(frame)
        hub.caught_up(self)

    async def _drawn(self, draw: Callable[..., Any], *args: Any) -> Any:
        return await in_thread(languages.draw_in, self.language, draw, *args)

    async def _keep_viewing(self) -> None:
        """Repeat who looks, because the others forget it after a while: a lost socket needs no goodbye."""
        while True:
            await asyncio.sleep(VIEWING_SECONDS)
            if self.open_id:
                await in_thread(signals.tell, self.attendant, self.open_id, "viewing")

    async def _write(self) -> None:
        while True:
            await self.send(text_data=await self._unsent.get())

    def _ended(self, task: "asyncio.Task[None]") -> None:
        """A fault must not leave a socket that looks alive: the browser comes back and asks for everything it missed."""
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("socket_failed", exc_info=error)
            asyncio.get_running_loop().create_task(self.leave(1011))

    def _is_allowed(self) -> bool:
        now = time.monotonic()
        self._allowance = min(float(BURST), self._allowance + (now - self._counted_at) * MESSAGES_PER_SECOND)
        self._counted_at = now
        if self._allowance < 1:
            return False
        self._allowance -= 1
        return True
