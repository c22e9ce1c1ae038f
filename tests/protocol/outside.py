"""Everything that is not ours: Meta, customers, and the people who take and give back conversations."""

from typing import Any

from tests.protocol.lane import ASSISTANT, QUEUE
from tests.protocol.product import Product
from tests.protocol.simulation import Simulation, Steps
from tests.protocol.store import Doc

STATUS_SECONDS = 18.0  # a healthy account's first status comes within this


class Meta:
    """Accepts, refuses, times out after accepting; its statuses come late, out of order, twice, or not at all."""

    def __init__(self, simulation: Simulation, product: Product) -> None:
        self.simulation, self.product = simulation, product
        self.accepted: list[Doc] = []
        self.outstanding = 0
        product.meta = self

    def post(self, text: Doc) -> Any:
        """Answer one call. What was written to the socket is accepted even if the sender dies the next moment."""
        dice = self.simulation.random
        roll = dice.random() if self.simulation.now < self.simulation.faults_until else 1.0
        accepted = list[str]()
        if roll >= 0.16:
            self.simulation.after(dice.uniform(0.02, 0.4), lambda: accepted.append(self.accept(text)))
        yield dice.uniform(0.5, 1.0)
        if roll < 0.10:
            return "refused", None
        if roll < 0.12:
            return "failed", None
        if roll < 0.28:  # a 500 or a time-out: below 0.16 it was not accepted, but who knows
            yield dice.uniform(0.0, 8.0)
            return "unknown", None
        return "sent", accepted[0]

    def accept(self, text: Doc) -> str:
        wamid, dice = f"wamid.{len(self.accepted)}", self.simulation
        callback = None if dice.chance(0.04) else (text["key"], text["attempt"])
        ends = [["failed"]] * dice.chance(0.04) + [["failing"]] * dice.chance(0.06) + [["sent", "delivered", "read"]]
        statuses = ends[0]
        arriving = [status for status in statuses if not dice.chance(0.2)] or statuses[-1:]
        send = {
            "key": text["key"], "conversation": text["conversation"], "seq": text["seq"], "wamid": wamid,
            "callback": callback, "arriving": arriving, "at": dice.now,
        }  # fmt: skip
        self.accepted.append(send)
        for status in arriving:
            body = {"wamid": wamid, "status": status, "callback": callback}
            for _ in range(2 if dice.chance(0.1) else 1):
                lag = STATUS_SECONDS if dice.chance(0.3) else 2.0
                self.call("status", body, after=dice.random.uniform(0.005, lag))
        return wamid

    def call(self, to: str, body: Doc, *, after: float, gap: float = 1.0) -> None:
        """Post a webhook, and again with growing gaps until it is answered with 200."""
        self.outstanding += 1

        def attempt() -> None:
            self.outstanding -= 1
            if not self.product.webhook(to, body):
                self.call(to, body, after=gap, gap=min(gap * 2, 60.0))

        self.simulation.after(after, attempt)


def customer(simulation: Simulation, meta: Meta, name: str, texts: int, *, poison: bool) -> None:
    """Write some messages, alone or in bursts; Meta delivers a few of them twice."""
    when = 0.0
    for number in range(texts):
        when += (
            simulation.random.uniform(0.1, 1.0)
            if simulation.random.random() < 0.4
            else simulation.random.uniform(2, 15)
        )
        body = {
            "wamid": f"{name}.{number}", "customer": name, "wants_person": simulation.random.random() < 0.08,
            "quiet": simulation.random.choice((0.0, 0.8, 2.5)), "poison": poison and number == 1,
        }  # fmt: skip
        for _ in range(2 if simulation.random.random() < 0.1 else 1):
            meta.call("message", body, after=when + simulation.random.uniform(0.0, 0.3))


class Person:
    """Takes a conversation now and then, says something or not, gives it back or closes it.

    Each click is a request that may die with its web process; the browser then sends the same form again.
    """

    def __init__(self, simulation: Simulation, product: Product, name: str) -> None:
        self.simulation, self.product, self.name = simulation, product, name
        self.protocol, self.forms = product.protocol, 0

    def works(self) -> Steps:
        dice = self.simulation.random
        while self.simulation.now < self.simulation.faults_until:
            yield dice.uniform(1.0, 8.0)
            conversations = self.simulation.store.find("conversation", status="open")
            free = [c for c in conversations if c["holder"] in (ASSISTANT, QUEUE)]
            if not free:
                continue
            chosen = dice.choice(free)
            key = chosen["key"]
            yield from self.click(self.protocol.take, key, self.name, chosen["holder"])
            for _ in range(dice.choice((0, 0, 1, 2))):
                yield dice.uniform(0.2, 4.0)
                self.forms += 1
                yield from self.click(self.protocol.speak, key, self.name, f"{self.name}{self.forms}")
            yield dice.uniform(0.0, 4.0)
            leave = self.protocol.close if dice.random() < 0.2 else self.protocol.give_back
            yield from self.click(leave, key, self.name)

    def click(self, body: Any, *arguments: Any) -> Steps:
        while True:
            web = self.product.some("web")
            if web is not None:
                job = self.simulation.spawn(web, self.product.atomic(body, *arguments))
                while not job.done and web.alive:
                    yield 0.1
                if job.done:
                    return
            yield 1.0
