"""Wakes the ingest from a thread: the event loop must never wait for a broker."""

import threading
from collections.abc import Callable

#: Wake-ups closer together than this become one; a task costs more than the wait.
PAUSE_SECONDS = 0.004


class Waker:
    """Any number of calls while one wake-up is being sent cause one more. A lost one is made up by the sweeper."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._asked = threading.Event()
        self._stopping = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._run, name="ingest-waker", daemon=True).start()

    def stop(self) -> None:
        self._stopping.set()
        self._asked.set()

    def ask(self) -> None:
        self._asked.set()

    def _run(self) -> None:
        while True:
            self._asked.wait()
            if self._stopping.is_set():
                return
            self._asked.clear()
            self._wake()
            self._stopping.wait(PAUSE_SECONDS)
