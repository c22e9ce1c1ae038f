"""Wakes the ingest from a thread: the event loop must never wait for a broker."""

import threading
from collections.abc import Callable

#: Wake-ups closer together than this become one; a task costs more than the wait.
PAUSE_SECONDS = 0.004
#: Under a flood each drain finds plenty to do anyway, and wake-ups would compete with the acknowledgements.
FLOOD_ROWS = 20
FLOOD_PAUSE_SECONDS = 0.05
#: Nobody waits for a delivery status, so it waits for company: many share one task and one commit.
PATIENCE_SECONDS = 0.15


class Waker:
    """Any number of calls while one wake-up is being sent cause one more. A lost one is made up by the sweeper."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._asked = threading.Event()
        self._is_urgent = threading.Event()
        self._stopping = threading.Event()
        self._rows = 0

    def start(self) -> None:
        threading.Thread(target=self._run, name="ingest-waker", daemon=True).start()

    def stop(self) -> None:
        self._stopping.set()
        self.ask(0)

    def ask(self, rows: int, *, is_urgent: bool = True) -> None:
        """Ask for a wake-up because so many rows were stored; without urgency, in a moment."""
        self._rows += rows
        if is_urgent:
            self._is_urgent.set()
        self._asked.set()

    def _run(self) -> None:
        while True:
            self._asked.wait()
            if self._stopping.is_set():
                return
            self._is_urgent.wait(PATIENCE_SECONDS)
            self._is_urgent.clear()
            self._asked.clear()
            rows, self._rows = self._rows, 0
            self._wake()
            self._stopping.wait(FLOOD_PAUSE_SECONDS if rows > FLOOD_ROWS else PAUSE_SECONDS)
