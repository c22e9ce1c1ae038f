"""Pushes: each web process subscribes once to the event mirror and draws for its own sockets.

An outline on the mirror names a conversation; everything pushed is read from the store afterwards, for people who may
see it. Outlines of one conversation within 50 ms are one push; one conversation is drawn by one thread at a time, so a
later state never arrives before an earlier one.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from channels.db import database_sync_to_async
from django.conf import settings
from redis import asyncio as async_redis
from redis.exceptions import RedisError

from apps.common import clock
from apps.console import drawing, guests, signals
from apps.console.audiences import Change, Watcher, draw
from apps.console.guests import Pass
from apps.contracts.people import AttendantValue
from apps.events import mirror
from apps.events import selectors as events
from apps.handoff import services as handoff

log = logging.getLogger(__name__)

COALESCE_SECONDS = 0.05
#: Counters are five queries a person, so they follow at most this often.
COUNTERS_SECONDS = 0.5
#: A socket outlives its session by no more than this.
SWEEP_SECONDS = 3.0
HEARTBEAT_SWEEPS = 8
RESTART_SECONDS = 1.0
RETRY_SECONDS = 2.0
MOST_TRIES = 30
THREADS = 4
#: Changes that move no number above the list.
UNCOUNTED = frozenset({"delivery", "tagged", "note_added", "context_set"})

_pool = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="console")


class Socket(Protocol):
    """What the hub knows of a consumer."""

    attendant: AttendantValue
    admission: Pass
    language: str
    open_id: str
    is_caught_up: bool
    missed: set[str]
    counters: str

    def push(self, frame: str) -> None: ...

    async def leave(self, code: int) -> None: ...


class Hub:
    """The sockets of this process, and the tasks that feed them. A component of the web process."""

    def __init__(self) -> None:
        self.sockets: set[Socket] = set()
        self._changes: dict[str, Change] = {}
        self._drawing: set[str] = set()
        self._uncounted: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._seen_at: dict[str, str] = {}

    async def start(self) -> None:
        for work in (self._listen, self._sweep, self._count):
            self._for_life(work)

    async def stop(self) -> None:
        """Tell browsers that the server restarts (1012), so that they come back by themselves, spread out."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*(socket.leave(1012) for socket in list(self.sockets)), return_exceptions=True)

    def join(self, socket: Socket) -> None:
        self.sockets.add(socket)

    def part(self, socket: Socket) -> None:
        self.sockets.discard(socket)

    def caught_up(self, socket: Socket) -> None:
        """Live pushes may begin; what changed while the socket caught up is drawn again."""
        socket.is_caught_up = True
        for conversation_id in socket.missed:
            self.touch(Change(tenant_id=socket.attendant.tenant_id, conversation_id=conversation_id))
        socket.missed.clear()

    def touch(self, change: Change) -> None:
        """Note that a conversation changed; it is drawn once things have been quiet for a moment."""
        known = self._changes.get(change.conversation_id)
        if known is not None:
            known.message_ids |= change.message_ids
            known.names |= change.names
            return
        self._changes[change.conversation_id] = change
        if change.conversation_id not in self._drawing:
            asyncio.get_running_loop().call_later(COALESCE_SECONDS, self._begin, change.conversation_id)

    def _begin(self, conversation_id: str) -> None:
        self._keep(self._draw(conversation_id))

    async def _draw(self, conversation_id: str) -> None:
        change = self._changes.pop(conversation_id, None)
        if change is None:
            return
        sockets = [socket for socket in self.sockets if socket.attendant.tenant_id == change.tenant_id]
        by_watcher: dict[Watcher, list[Socket]] = {}
        for socket in sockets:
            if socket.is_caught_up:
                watcher = Watcher(socket.attendant, socket.open_id, socket.language)
                by_watcher.setdefault(watcher, []).append(socket)
            else:
                socket.missed.add(conversation_id)
        if not by_watcher:
            return
        self._drawing.add(conversation_id)
        is_drawn = False
        try:
            for watcher, frame in await in_thread(draw, change, list(by_watcher)):
                for socket in by_watcher[watcher]:
                    socket.push(frame)
            is_drawn = True
        finally:
            self._drawing.discard(conversation_id)
            if not is_drawn and change.tries < MOST_TRIES:
                # A store that is away must not leave a page stale; what cannot be drawn at all is given up.
                change.tries += 1
                asyncio.get_running_loop().call_later(RETRY_SECONDS, self.touch, change)
            if conversation_id in self._changes:
                asyncio.get_running_loop().call_later(COALESCE_SECONDS, self._begin, conversation_id)
        if not change.names <= UNCOUNTED or not change.names:
            self._uncounted.add(change.tenant_id)

    async def _listen(self) -> None:
        """Follow the mirror for as long as the process lives; after a gap, ask the store what was missed."""
        pause = 0.2
        while True:
            try:
                async with async_redis.from_url(settings.REDIS_URL, decode_responses=True) as client:
                    async with client.pubsub() as subscription:
                        await subscription.subscribe(mirror.channel(), signals.channel())
                        await self._fill_gap()
                        pause = 0.2
                        async for received in subscription.listen():
                            if received["type"] == "message":
                                self._hear(received["channel"], received["data"])
            except (RedisError, OSError) as error:
                log.warning("mirror_lost", extra={"reason": type(error).__name__})
            await asyncio.sleep(pause)
            pause = min(pause * 2, 3.0)

    def _hear(self, channel: str, text: str) -> None:
        outline: dict[str, Any] = json.loads(text)
        if channel == signals.channel():
            signals.relay(outline, self.sockets)
            return
        self._seen_at[outline["tenant_id"]] = outline["at"]
        if outline["conversation_id"]:
            self.touch(
                Change(
                    tenant_id=outline["tenant_id"],
                    conversation_id=outline["conversation_id"],
                    message_ids={outline["message_id"]} - {""},
                    names={outline["change"]} - {""},
                )
            )

    async def _fill_gap(self) -> None:
        for tenant_id, seen_at in list(self._seen_at.items()):
            changed, _cursor = await in_thread(events.changed_conversations, tenant_id, since=seen_at)
            for conversation_id in changed:
                self.touch(Change(tenant_id=tenant_id, conversation_id=conversation_id))
            self._seen_at[tenant_id] = clock.now().isoformat()

    async def _sweep(self) -> None:
        """Close what may not stay, refresh what changed, and count open sockets as signs of life."""
        turn = 0
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            turn += 1
            sockets = list(self.sockets)
            if not sockets:
                continue
            held = await in_thread(guests.welcome, [socket.admission for socket in sockets])
            for socket in sockets:
                if socket.admission in held:
                    socket.attendant = held[socket.admission]
                else:
                    await socket.leave(4401)
            if turn % HEARTBEAT_SWEEPS == 1:
                await in_thread(_beat, list(held.values()))

    async def _count(self) -> None:
        while True:
            await asyncio.sleep(COUNTERS_SECONDS)
            tenant_ids, self._uncounted = self._uncounted, set()
            watching = [s for s in self.sockets if s.is_caught_up and s.attendant.tenant_id in tenant_ids]
            for attendant in {socket.attendant for socket in watching}:
                frame = await in_thread(drawing.counts, attendant)
                for socket in watching:
                    if socket.attendant == attendant and socket.counters != frame:
                        socket.counters = frame
                        socket.push(frame)

    def _for_life(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run one of the hub's own tasks; a fault in it is reported, and it begins again."""

        def begin_again(task: asyncio.Task[None]) -> None:
            if not task.cancelled():
                asyncio.get_running_loop().call_later(RESTART_SECONDS, self._for_life, work)

        self._keep(work()).add_done_callback(begin_again)

    def _keep(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("push_failed", exc_info=error)


def _beat(attendants: list[AttendantValue]) -> None:
    for attendant in attendants:
        handoff.heartbeat(attendant=attendant, is_active=False)


def in_thread(function: Any, *args: Any, **kwargs: Any) -> Any:
    """Run something that asks a store in our small pool; database connections are returned afterwards."""
    return database_sync_to_async(function, thread_sensitive=False, executor=_pool)(*args, **kwargs)


hub = Hub()


async def startup() -> None:
    await hub.start()


async def shutdown() -> None:
    await hub.stop()
