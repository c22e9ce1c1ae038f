"""The product around the protocol: intake, bus, handlers, lease renewal and the clock, as killable processes."""

from typing import TYPE_CHECKING, Any

from tests.protocol.model import POST_SECONDS, Protocol
from tests.protocol.simulation import DIE, Process, Simulation, Steps
from tests.protocol.store import Doc, Transaction

if TYPE_CHECKING:
    from tests.protocol.outside import Meta

LEASE_SECONDS, RENEW_SECONDS, RESTART_SECONDS, CLAIM_FRESH_SECONDS = 10.0, 3.0, 3.0, 2.0
GROUPS = {"intake": 2, "assistant": 2, "delivery": 2, "quarantine": 1, "clock": 1, "web": 1}
GROUP_OF = {"ingest": "intake", "status": "intake", "answer": "assistant", "deliver": "delivery"}


class HandlerError(Exception):
    """A handler gave up for now; the entry is tried again."""


class Product:
    def __init__(self, simulation: Simulation, protocol: Protocol) -> None:
        self.simulation, self.protocol, self.store = simulation, protocol, simulation.store
        self.meta: Meta
        self.processes: list[Process] = []
        self.frozen: dict[str, float] = {}
        self.spool: list[tuple[str, Doc]] = []
        self.acknowledged: list[str] = []
        self._names = 0
        self.store.insert_one("intake", "health", {"beat": 0.0, "gap": -1.0})
        for group, size in GROUPS.items():
            for _ in range(size):
                self.start(group)

    # -- processes --------------------------------------------------------------------------------------------
    def start(self, group: str) -> None:
        self._names += 1
        process = Process(f"{group}-{self._names}", group)
        self.processes.append(process)
        loop = {"clock": self.tick, "web": self.beat}.get(group, self.renew)
        self.simulation.spawn(process, loop(process))
        self._watch(process)

    def _watch(self, process: Process) -> None:
        if not process.alive:
            self.processes.remove(process)
            self.simulation.after(RESTART_SECONDS, lambda: self.start(process.group))
        else:
            self.simulation.after(1.0, lambda: self._watch(process))

    def some(self, group: str) -> Process | None:
        living = [p for p in self.processes if p.group == group and p.alive]
        return self.simulation.random.choice(living) if living else None

    # -- intake: stores the raw body before it answers 200 -----------------------------------------------------
    def webhook(self, to: str, body: Doc) -> bool:
        """Take a webhook; False means anything but 200, so Meta comes again."""
        web = self.some("web")
        if web is None or web.paused_until > self.simulation.now:
            return False
        if self.simulation.chance(0.015):  # a deliberate 503: both stores away
            self.store.update_one("intake", "health", {"gap": self.simulation.now})
            return False
        self._names += 1
        key = f"body:{self._names}"
        entry = {
            "to": "ingest", "due": 0.0, "by": None, "errors": 0, "crashes": 0, "alone": False, "verdict": None,
            "created": self.simulation.now, "kind": to, "body": body,
        }  # fmt: skip
        if self.simulation.chance(0.05):  # the document store was slow: spooled, and moved over later
            self.spool.append((key, entry))
            self.simulation.after(self.simulation.random.uniform(0.5, 40.0), self.drain_spool)
        else:
            self.store.insert_one("event", key, entry)
            self.wake(key, 0.0)
        if self.simulation.chance(0.03):
            return False  # stored, then killed before the 200 left
        if to == "message":
            self.acknowledged.append(body["wamid"])
        return True

    def drain_spool(self) -> None:
        for key, entry in self.spool:
            self.store.insert_one("event", key, entry)
        self.spool.clear()

    def beat(self, process: Process) -> Steps:
        """A start of the web process, or a heartbeat that came late, is a gap in intake."""
        self.store.update_one("intake", "health", {"gap": self.simulation.now})
        while True:
            yield 1.0
            health = self.store.docs["intake"]["health"]
            late = self.simulation.now - health["beat"] > 3.0
            gap = self.simulation.now if late else health["gap"]
            self.store.update_one("intake", "health", {"beat": self.simulation.now, "gap": gap})

    # -- the bus ----------------------------------------------------------------------------------------------
    def wake(self, key: str, due: float) -> None:
        """Send a wake-up: it may be lost, late or sent twice without harm."""
        if self.simulation.chance(0.1):
            return
        for _ in range(2 if self.simulation.chance(0.1) else 1):
            late = self.simulation.random.expovariate(1.0) if self.simulation.chance(0.2) else 0.01
            self.simulation.at(max(due, self.simulation.now) + late, lambda: self._deliver(key))

    def _deliver(self, key: str) -> None:
        entry = self.store.docs["event"][key]
        group = "quarantine" if entry["alone"] else GROUP_OF[entry["to"]]
        process = self.some(group)
        if process is None or self.frozen.get(group, 0.0) > self.simulation.now:
            return
        if group == "quarantine" and process.running > 1:  # its renewal and one entry: alone is alone
            return
        self.simulation.spawn(process, self.run_entry(process, key))

    def run_entry(self, process: Process, key: str) -> Steps:
        entry = self.claim_entry(process, key)
        if entry is None:
            return
        yield None
        outcome = self.protocol.after_failure(entry)
        if outcome == "dead":
            yield from self.atomic(self.protocol.bury, key)
            return
        if outcome == "alone" and not entry["alone"]:
            self.store.update_one("event", key, {"alone": True, "by": None, "due": 0.0}, by=process.name)
            self.wake(key, 0.0)
            return
        try:
            yield from self.handle(entry)
        except HandlerError:
            yield None
            errors = entry["errors"] + 1
            due = self.simulation.now + 2.0 ** min(errors, 3)
            self.store.update_one("event", key, {"errors": errors, "by": None, "due": due}, by=process.name)
            self.wake(key, due)
        else:
            yield None
            self.store.update_one("event", key, {"verdict": "done", "by": None}, by=process.name)

    def claim_entry(self, process: Process, key: str) -> Doc | None:
        """Claim by conditional update. A lease that ran out without a verdict counts as a crash."""
        entry, now = self.store.docs["event"][key], self.simulation.now
        if entry["verdict"] is not None or entry["due"] > now:
            return None
        crashes = entry["crashes"] + (entry["by"] is not None)
        lease = {"by": process.name, "due": now + LEASE_SECONDS, "crashes": crashes}
        return self.store.update_one("event", key, lease, due=entry["due"], by=entry["by"])

    def renew(self, process: Process) -> Steps:
        while True:
            yield RENEW_SECONDS
            for entry in self.store.find("event", by=process.name, verdict=None):
                self.store.update_one("event", entry["key"], {"due": self.simulation.now + LEASE_SECONDS})

    # -- handlers ---------------------------------------------------------------------------------------------
    def handle(self, entry: Doc) -> Steps:
        if entry.get("poison"):
            yield DIE
        elif entry["to"] == "ingest":
            yield from self.ingest(entry)
        elif entry["to"] == "status":
            yield from self.record_status(entry["body"])
        elif entry["to"] == "answer":
            yield from self.answer(entry)
        else:
            yield from self.deliver(entry)

    def ingest(self, entry: Doc) -> Steps:
        body = entry["body"]
        if entry["kind"] == "message":
            yield from self.atomic(self.protocol.receive, self.simulation.now, body)
        else:
            yield from self.atomic(self.publish_status, body)

    def publish_status(self, tx: Transaction, body: Doc) -> Steps:
        yield None
        self.protocol.publish(tx, f"status:{body['wamid']}:{body['status']}", "status", 0.0, body=body)

    def record_status(self, body: Doc) -> Steps:
        if body["callback"] is not None:
            key, attempt = body["callback"]
            yield from self.settle(key, attempt, body["status"], body["wamid"])
            return
        self.store.insert_one("parked", f"{body['wamid']}:{body['status']}", body | {"created": self.simulation.now})
        yield None
        yield from self.match_parked()  # looked for after the commit, on both sides: one of the two sees the other

    def match_parked(self) -> Steps:
        for parked in self.store.find("parked"):
            for text in list(self.store.docs["message"].values()):
                attempt = text.get("wamids", {}).get(parked["wamid"])
                if attempt is not None:
                    yield from self.settle(text["key"], attempt, parked["status"], parked["wamid"])
                    self.store.docs["parked"].pop(parked["key"], None)
            yield None

    def answer(self, entry: Doc) -> Steps:
        conversation, turn = self.store.docs["conversation"][entry["conversation"]], entry["turn"]
        if self.protocol.may_answer(conversation, turn):
            yield self.simulation.random.uniform(0.3, 6.0)  # the model thinks, outside any transaction
            if self.simulation.chance(0.08):
                raise HandlerError
        hand_off = self.simulation.random.random() < 0.1
        yield from self.atomic(self.protocol.answer, entry["conversation"], turn, hand_off)

    def deliver(self, entry: Doc) -> Steps:
        text = yield from self.atomic(self.protocol.claim, self.simulation.now, entry["conversation"])
        if text is None:
            return
        key, attempt = text["key"], text["attempt"]
        yield None
        if self.simulation.now - text["claimed_at"] > CLAIM_FRESH_SECONDS:
            yield from self.settle(key, attempt, "refused", None)
            return
        # No step between the check and the socket: a pause right there is the residual risk that the decision states.
        outcome, wamid = yield from self.meta.post(text)
        yield from self.settle(key, attempt, outcome, wamid)
        if wamid is not None:
            yield from self.match_parked()

    def settle(self, key: str, attempt: int, outcome: str, wamid: str | None) -> Steps:
        yield from self.atomic(self.protocol.settle, self.simulation.now, key, attempt, outcome, wamid)

    def atomic(self, body: Any, *arguments: Any) -> Any:
        return self.simulation.atomic(body, *arguments, woken=self.wake)

    # -- the clock --------------------------------------------------------------------------------------------
    def tick(self, process: Process) -> Steps:
        while True:
            yield 1.0
            now = self.simulation.now
            for entry in self.store.find("event", verdict=None):
                if entry["due"] + 1.0 <= now:
                    self.wake(entry["key"], 0.0)
            for state in ("sending", "unconfirmed"):
                for text in self.store.find("message", state=state):
                    spooled = bool(self.spool)  # read before the snapshot: a body only moves from spool to store
                    if now > text["claimed_at"] + POST_SECONDS and not spooled:
                        yield from self.atomic(self.protocol.reconcile, now, text["key"], text["attempt"])
            yield from self.match_parked()


def settled(store: Any) -> bool:
    """Tell whether nothing is on its way any more."""
    return not store.find("event", verdict=None) and not any(
        store.find("message", state=state) for state in ("queued", "sending", "unconfirmed")
    )
