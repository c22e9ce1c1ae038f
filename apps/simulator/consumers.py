"""Draws what changed on one phone and sends it to the browser that shows it."""

import asyncio
import time
from urllib.parse import parse_qs

from asgiref.sync import sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from apps.common import languages
from apps.simulator.phone.changes import Change
from apps.simulator.phone.drawing import Drawing, Fragment, as_json
from apps.simulator.phone.hub import Listener
from apps.simulator.views import stage


class PhoneConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """Server to browser only; whatever the browser says is ignored."""

    async def connect(self) -> None:
        found = await stage()
        key = parse_qs(self.scope["query_string"].decode()).get("customer", [""])[0]
        if found is None or key not in found[1].world.customers:
            await self.close()
            return
        account, self._play = found
        self._language = languages.chosen(self.scope.get("cookies", {}))
        self._drawing = Drawing(self._play.world, account, key)
        self._listener = self._play.hub.join()
        await self.accept()
        self._pushing = asyncio.create_task(self._push(self._listener))

    async def disconnect(self, code: int) -> None:
        if hasattr(self, "_pushing"):
            self._play.hub.leave(self._listener)
            self._pushing.cancel()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        return None

    async def _push(self, listener: Listener) -> None:
        await self._draw([None])
        while True:
            changes = [await listener.changes.get()]
            while not listener.changes.empty():
                changes.append(listener.changes.get_nowait())
            await self._draw(changes)

    async def _draw(self, changes: list[Change | None]) -> None:
        draw = sync_to_async(languages.draw_in, thread_sensitive=False)
        await self.send(text_data=as_json(await draw(self._language, self._fragments, changes)))

    def _fragments(self, changes: list[Change | None]) -> list[Fragment]:
        now = time.time()
        if None in changes:
            return self._drawing.everything(now=now)
        drawn: dict[str, Fragment] = {}
        for change in changes:
            if change is not None:
                drawn |= {fragment.id: fragment for fragment in self._drawing.fragments(change, now=now)}
        return list(drawn.values())
