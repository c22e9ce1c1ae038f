"""Compares what was acknowledged, what is stored and what Meta accepted: invariants I1 to I4 on the real store."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from tests.faults.customers import Customers
from tests.faults.meta import Meta
from tests.faults.product import Product

RANK = {"sent": 1, "delivered": 2, "read": 3, "played": 3}
#: The demonstration data lives in the account of the simulator, which no test here touches.
ACCOUNT = "default"
FINAL = {*RANK, "failed", "unknown", "cancelled"}
Row = dict[str, Any]


@dataclass
class Books:
    """The store and the ledgers as they are at one moment."""

    acknowledged: set[str]
    inbound: list[Row]
    outbound: list[Row]
    conversations: dict[str, Row]
    events: list[Row]
    deliveries: list[Row]
    meta: Meta

    @classmethod
    def read(cls, product: Product, customers: Customers, meta: Meta) -> "Books":
        with product.database() as database:
            return cls(
                acknowledged=customers.acknowledged,
                inbound=list(database.messages.find({"account": ACCOUNT, "direction": "inbound"})),
                outbound=list(database.messages.find({"account": ACCOUNT, "direction": "outbound"})),
                conversations={str(row["_id"]): row for row in database.conversations.find({"account": ACCOUNT})},
                events=list(database.events.find({"$or": [{"pending.0": {"$exists": True}}, {"dead.0": {"$exists": True}}]})),
                deliveries=list(database.webhook_deliveries.find({"status": {"$ne": "done"}}, {"body": 0})),
                meta=meta,
            )  # fmt: skip

    def violations(self) -> list[str]:
        return [*self.unanswered(), *self.out_of_order(), *self.doubled(), *self.disagreements()]

    # -- I1 ---------------------------------------------------------------------------------------------------
    def unanswered(self) -> list[str]:
        """Each acknowledged message is stored once and ends in a reply, a handoff, a visible failure or a silence."""
        stored = defaultdict[str, list[Row]](list)
        for row in self.inbound:
            stored[str(row.get("external_id", ""))].append(row)
        found = [f"I1 {wamid} was acknowledged and lost" for wamid in sorted(self.acknowledged - stored.keys())]
        found += [f"I1 {wamid} is stored {len(rows)} times" for wamid, rows in stored.items() if len(rows) > 1]
        replies = defaultdict[str, list[Row]](list)
        for row in self.outbound:
            if row.get("status") != "cancelled":
                replies[str(row["conversation_id"])].append(row)
        for row in self.inbound:
            if not self._has_outcome(row, replies[str(row["conversation_id"])]):
                found.append(f"I1 {row.get('external_id')} (turn {row.get('turn')}) has no outcome")
        return found

    def _has_outcome(self, row: Row, replies: list[Row]) -> bool:
        conversation = self.conversations.get(str(row["conversation_id"]), {})
        with_people = conversation.get("status") in ("waiting_human", "with_human", "closed")
        return bool(row.get("silence")) or with_people or any(r.get("turn", 0) >= row.get("turn", 0) for r in replies)

    # -- I2 ---------------------------------------------------------------------------------------------------
    def out_of_order(self) -> list[str]:
        """Within a conversation, what Meta accepted follows `seq`, and the answers follow the turns."""
        rows = {str(row["_id"]): row for row in self.outbound}
        found, last = list[str](), dict[tuple[str, str], int]()
        for send in self.meta.sends:
            row = rows.get(send.message_id)
            if row is None:
                found.append(f"I4 Meta accepted {send.message_id!r}, which is not in the store")
                continue
            for number in ("seq", "turn"):
                if number == "turn" and row["author"] != "assistant":
                    continue
                place = (str(row["conversation_id"]), number)
                if row.get(number, 0) < last.get(place, 0):
                    found.append(f"I2 {send.wamid} has {number} {row[number]}, after {last[place]}")
                last[place] = max(row.get(number, 0), last.get(place, 0))
        return found

    # -- I3 ---------------------------------------------------------------------------------------------------
    def doubled(self) -> list[str]:
        copies = Counter(send.message_id for send in self.meta.sends)
        found = [f"I3 {message} was sent {count} times" for message, count in copies.items() if count > 1]
        answers = Counter(
            (str(row["conversation_id"]), row.get("turn")) for row in self.outbound if row["author"] == "assistant"
        )
        return found + [f"I3 {turn} was answered {count} times" for turn, count in answers.items() if count > 1]

    # -- I4 ---------------------------------------------------------------------------------------------------
    def disagreements(self) -> list[str]:
        found = [f"I4 lane stuck on {c['lane']} in {key}" for key, c in self.conversations.items() if c.get("lane")]
        accepted = {send.message_id: send for send in self.meta.sends}
        for row in self.outbound:
            state, send = row.get("status"), accepted.get(str(row["_id"]))
            if state not in FINAL:
                found.append(f"I4 {row['_id']} never settled: {state}")
            elif state in RANK and send is None:
                found.append(f"I4 {row['_id']} is shown as {state}, but Meta never had it")
            elif send is not None and state not in RANK:
                found.append(f"I4 Meta has {send.wamid}, the store says {state}")
        found += [f"I4 still pending: {e['type']} {e['key']} {[p['to'] for p in e['pending']]}" for e in self.overdue()]
        found += [f"I4 not ingested: {d['_id']} {d['status']} {d.get('error')}" for d in self.deliveries]
        return found

    def overdue(self) -> list[Row]:
        """Events with an entry that is due: what waits for a later moment on purpose is no disagreement."""
        now = datetime.now(UTC)
        return [e for e in self.events if any(p["due"] <= now or p.get("by") for p in e.get("pending", ()))]

    # -- other questions of the tests -------------------------------------------------------------------------
    def dead_letters(self) -> list[str]:
        return [f"{e['type']} {e['key']} {e['dead']}" for e in self.events if e.get("dead")]

    def states(self) -> dict[str, int]:
        return dict(sorted(Counter(str(row.get("status")) for row in self.outbound).items()))

    def is_quiet(self) -> bool:
        """Tell whether nothing is on its way between the customers, the product and Meta."""
        settled = all(row.get("status") in FINAL for row in self.outbound)
        return settled and not self.overdue() and not any(d["status"] == "received" for d in self.deliveries)


def spooled(product: Product) -> int:
    """How many webhook bodies wait in Redis."""
    try:
        with Redis.from_url(product.valkey.uri) as client:
            keys = [key for key in client.scan_iter("*spool*") if client.type(key) == b"stream"]
            return sum(int(client.xlen(key)) for key in keys)
    except RedisError:
        return -1


def wait_until_quiet(product: Product, customers: Customers, meta: Meta, *, seconds: float = 60) -> float:
    """Wait until everything acknowledged has been worked off; give how long it took."""

    def is_quiet() -> bool:
        books = Books.read(product, customers, meta)
        stored = {row.get("external_id") for row in books.inbound}
        return (
            customers.webhooks.open == 0
            and spooled(product) == 0
            and customers.acknowledged <= stored
            and books.is_quiet()
            and not books.unanswered()
        )

    return product.wait_for(is_quiet, seconds=seconds, what="everything to be worked off", every=0.4)
