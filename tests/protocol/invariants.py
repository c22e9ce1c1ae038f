"""I1 to I4 of the product's promises, proved from what was written down on all sides of the model."""

from collections import Counter

from tests.protocol.lane import ASSISTANT, QUEUE
from tests.protocol.model import RANK
from tests.protocol.outside import Meta
from tests.protocol.product import Product
from tests.protocol.simulation import Simulation
from tests.protocol.store import Doc

FINAL = {"sent", "delivered", "read", "failed", "unknown", "cancelled"}
PEOPLE = {"ana", "bruno"}


class Ledger:
    """Notes, as they happen, what the final state alone would not show."""

    def __init__(self, simulation: Simulation, product: Product, meta: Meta) -> None:
        self.store, self.product, self.meta = simulation.store, product, meta
        self.simulation = simulation
        self.spoke_over_a_person: list[str] = []
        self.crashed_alone: set[str] = set()
        self.store.watchers.append(self._watch)

    def _watch(self, kind: str, key: str, before: Doc | None, after: Doc) -> None:
        if before is None:
            return
        claimed = kind == "message" and after.get("attempt", 0) > before.get("attempt", 0)
        if claimed and after["author"] == ASSISTANT and self._held_by_a_person(after["conversation"]):
            self.spoke_over_a_person.append(key)
        if kind == "event" and before["alone"] and after["crashes"] > before["crashes"]:
            self.crashed_alone.add(key)

    def _held_by_a_person(self, conversation: str) -> bool:
        return self.store.docs["conversation"][conversation]["holder"] in PEOPLE


def violations(ledger: Ledger) -> list[str]:
    return [
        *unanswered(ledger), *out_of_order(ledger), *doubled(ledger), *disagreements(ledger), *innocents(ledger)
    ]  # fmt: skip


def unanswered(ledger: Ledger) -> list[str]:
    """I1: each acknowledged message is stored once and ends in one outcome."""
    found, messages = list[str](), ledger.store.docs["message"]
    buried = {e["body"]["wamid"] for e in ledger.store.find("event", verdict="dead") if e["to"] == "ingest"}
    for wamid in sorted(set(ledger.product.acknowledged)):
        message = messages.get(f"in:{wamid}")
        if message is None:
            found += [] if wamid in buried else [f"I1 {wamid} was acknowledged and lost"]
            continue
        conversation = ledger.store.docs["conversation"][message["conversation"]]
        with_people = conversation["holder"] != ASSISTANT or conversation["status"] == "closed"
        later = [m for m in texts_of(messages, conversation["key"]) if m["seq"] > message["seq"]]
        if not with_people and not any(m["state"] != "cancelled" for m in later):
            found.append(f"I1 {wamid} (turn {message['turn']} of {conversation}) has no outcome")
    return found


def out_of_order(ledger: Ledger) -> list[str]:
    """I2: what a customer received follows the order of the conversation."""
    found, last = list[str](), dict[str, int]()
    for send in ledger.meta.accepted:
        if send["seq"] < last.get(send["conversation"], 0):
            found.append(f"I2 {send['key']} came after text {last[send['conversation']]}")
        last[send["conversation"]] = max(send["seq"], last.get(send["conversation"], 0))
    return found


def doubled(ledger: Ledger) -> list[str]:
    """I3: no text twice, no turn answered twice; and a person always wins."""
    copies = Counter(send["key"] for send in ledger.meta.accepted if "failing" not in send["arriving"])
    found = [f"I3 {key} was sent {count} times" for key, count in copies.items() if count > 1]
    answers = Counter(
        (m["conversation"], m["turn"])
        for m in ledger.store.docs["message"].values()
        if m["author"] == ASSISTANT and m["state"] != "cancelled"
    )
    found += [f"I3 {turn} was answered {count} times" for turn, count in answers.items() if count > 1]
    return found + [f"I3 {key} was claimed while a person held it" for key in ledger.spoke_over_a_person]


def disagreements(ledger: Ledger) -> list[str]:
    """I4: nothing is stuck, and the store says what Meta says."""
    store, found = ledger.store, list[str]()
    found += [f"I4 pending for ever: {event}" for event in store.find("event", verdict=None)]
    found += [f"I4 lane stuck: {c}" for c in store.docs["conversation"].values() if c["lane"] is not None]
    sends = {send["key"]: send for send in ledger.meta.accepted}
    for text in store.docs["message"].values():
        if text["author"] == "customer":
            continue
        send = sends.get(text["key"])
        if text["state"] not in FINAL:
            found.append(f"I4 never settled: {text}")
        elif send is None and text["state"] in RANK:
            found.append(f"I4 shown as {text['state']}, but Meta never had it: {text}")
        elif send is not None and not agrees(text, send):
            found.append(f"I4 Meta has {send}, the store {text}")
    return found


def agrees(text: Doc, send: Doc) -> bool:
    if send["callback"] is None and send["wamid"] not in text["wamids"]:
        return bool(text["state"] == "unknown")  # nobody can know whose status that was
    if "failed" in send["arriving"]:
        return bool(text["state"] == "failed")
    if "failing" in send["arriving"]:
        return bool(text["state"] in ("failed", "cancelled"))
    return bool(text["state"] == max(send["arriving"], key=lambda status: RANK[status]))


def innocents(ledger: Ledger) -> list[str]:
    """A message is not buried for the deaths of its neighbours."""
    dead = ledger.store.find("event", verdict="dead")
    return [f"buried for others: {e}" for e in dead if e["errors"] < 5 and e["key"] not in ledger.crashed_alone]


def texts_of(messages: dict[str, Doc], conversation: str) -> list[Doc]:
    mine = [m for m in messages.values() if m["conversation"] == conversation]
    return [m for m in mine if m["author"] not in ("customer", QUEUE)]
