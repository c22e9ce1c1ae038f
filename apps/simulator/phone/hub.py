"""Tells open pages of this process what changed. A page that does not keep up is told to draw itself anew."""

import asyncio
from dataclasses import dataclass, field

from apps.simulator.phone.changes import Change

WAITING_AT_MOST = 500


@dataclass(eq=False)
class Listener:
    """One open page. Its queue belongs to the event loop that made it; None in the queue means "start over"."""

    loop: asyncio.AbstractEventLoop
    changes: asyncio.Queue[Change | None] = field(default_factory=asyncio.Queue)

    def hear(self, change: Change) -> None:
        if self.changes.qsize() < WAITING_AT_MOST:
            self.changes.put_nowait(change)
        elif self.changes.qsize() == WAITING_AT_MOST:
            self.changes.put_nowait(None)


class Hub:
    def __init__(self) -> None:
        self._listeners: set[Listener] = set()

    def join(self) -> Listener:
        listener = Listener(asyncio.get_running_loop())
        self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)

    def tell(self, change: Change) -> None:
        """Pass a change on, from any thread."""
        for listener in tuple(self._listeners):
            if listener.loop.is_closed():
                self._listeners.discard(listener)
            else:
                listener.loop.call_soon_threadsafe(listener.hear, change)
