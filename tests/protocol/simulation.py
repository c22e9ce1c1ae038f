"""A seeded clock that runs many processes a step at a time, and may kill or pause any of them between two steps."""

import heapq
import random
from collections.abc import Callable, Iterator
from typing import Any

from tests.protocol.store import Conflict, Duplicate, Store, Transaction

Steps = Iterator[float | str | None]
DIE = "die"  # what a poison message does to the process that handles it


class Process:
    def __init__(self, name: str, group: str) -> None:
        self.name, self.group = name, group
        self.alive, self.paused_until, self.running = True, 0.0, 0


class Job:
    """One thread of a process; `done` stays False when the process was killed."""

    def __init__(self, process: Process, steps: Steps) -> None:
        self.process, self.steps = process, steps
        self.done = False


class Simulation:
    def __init__(self, seed: int, *, transaction_lifetime_seconds: float = 5.0) -> None:
        self.random = random.Random(seed)
        self.now = 0.0
        self.faults_until = 0.0
        self.store = Store(lambda: self.now, transaction_lifetime_seconds)
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0

    def chance(self, probability: float) -> bool:
        """Throw the dice for a fault: never after the faults have stopped."""
        return self.now < self.faults_until and self.random.random() < probability

    def at(self, time: float, action: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._queue, (max(time, self.now), self._count, action))

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        self.at(self.now + seconds, action)

    def run(self, until: float, *, stop: Callable[[], bool] = lambda: False) -> None:
        while self._queue and self._queue[0][0] <= until and not stop():
            self.now, _, action = heapq.heappop(self._queue)
            action()

    def spawn(self, process: Process, steps: Steps) -> Job:
        job = Job(process, steps)
        process.running += 1
        self.after(0.0, lambda: self._step(job))
        return job

    def kill(self, process: Process) -> None:
        process.alive = False

    def _step(self, job: Job) -> None:
        process = job.process
        if not process.alive:
            return
        if process.paused_until > self.now:
            self.at(process.paused_until, lambda: self._step(job))
            return
        try:
            wait = next(job.steps)
        except StopIteration:
            job.done = True
            process.running -= 1
            return
        if wait == DIE:
            self.kill(process)
            return
        slow = self.random.random() < 0.05
        seconds = wait if isinstance(wait, float) else self.random.uniform(0.0005, 0.5 if slow else 0.02)
        self.after(seconds, lambda: self._step(job))

    def atomic(self, body: Callable[..., Any], *arguments: Any, woken: Callable[[str, float], None]) -> Any:
        """Run one transaction like `common.mongo.atomic`: again on a conflict, wake-ups after the commit.

        Sometimes the commit succeeds but its acknowledgement is lost, and the body runs again.
        """
        while True:
            tx = Transaction(self.store)
            try:
                result = yield from body(tx, *arguments)
                yield None
                tx.commit()
                if self.chance(0.02):
                    continue
            except Conflict:
                tx.abort()
                yield self.random.uniform(0.005, 0.1)
                continue
            except Duplicate as duplicate:
                tx.abort()
                if duplicate.kind == "conversation":
                    continue  # someone opened it meanwhile
                return None  # change and event commit together, so all of it was done
            yield None
            for key, due in tx.after_commit:
                woken(key, due)
            return result
