"""The protocol: T1 to T6 of docs/decisions/0001-conversation-protocol.md as small functions.

Each is the body of one transaction and writes the Conversation first, always (`version` makes it a write even
when nothing else changes, because an update that changes nothing conflicts with nobody). A bare `yield` stands
between any two store operations: there the process may be killed, paused, or overtaken.
"""

from collections.abc import Iterator
from typing import Any

from tests.protocol.lane import ASSISTANT, QUEUE, SYSTEM, Lane, customer_wrote_last, got
from tests.protocol.store import Doc, Transaction

POST_SECONDS = 12.0  # a claim is posted within 2 s, and the call has a total deadline of 10 s
RECONCILE_SECONDS = 30.0
MAX_ATTEMPTS = 5
RANK = {"sent": 1, "delivered": 2, "read": 3}
NEVER_HAD, UNDECIDABLE, WAIT = "never had it", "undecidable", "wait"
Steps = Iterator[float | str | None]


class Protocol(Lane):
    # -- T1 ---------------------------------------------------------------------------------------------------
    def receive(self, tx: Transaction, now: float, inbound: Doc) -> Steps:
        conversation = self.open_conversation(tx, inbound["customer"])
        yield None
        wanted = conversation["holder"] == ASSISTANT and inbound["wants_person"]
        turn, seq = conversation["turn"] + 1, conversation["seq"] + 1
        conversation = self.touch(
            tx, conversation, turn=turn, seq=seq, holder=QUEUE if wanted else conversation["holder"]
        )
        yield None
        tx.insert(
            "message", f"in:{inbound['wamid']}", conversation=conversation["key"], author="customer", seq=seq, turn=turn
        )
        yield None
        if wanted:
            self.queue_text(tx, conversation, f"told:{conversation['key']}:{turn}", author=SYSTEM)
        elif conversation["holder"] == ASSISTANT:
            self.publish_turn(tx, conversation, due=now + inbound["quiet"], poison=inbound["poison"])

    def open_conversation(self, tx: Transaction, customer: str) -> Doc:
        earlier = tx.find("conversation", customer=customer)
        for conversation in earlier:
            if conversation["status"] == "open":
                return conversation
        return tx.insert(
            "conversation", f"{customer}.{len(earlier)}", customer=customer, number=len(earlier), status="open",
            holder=ASSISTANT, turn=0, answered=0, seq=0, lane=None, version=0,
        )  # fmt: skip

    # -- T2 ---------------------------------------------------------------------------------------------------
    def answer(self, tx: Transaction, conversation_id: str, turn: int, hand_off: bool) -> Steps:
        conversation = got(tx, "conversation", conversation_id)
        reply, told = self.reply_key(conversation, turn), f"told:{conversation_id}:{turn}"
        if tx.get("message", reply) or tx.get("message", told):
            return  # our own commit, whose acknowledgement was lost
        yield None
        if not self.may_answer(conversation, turn):
            discarded = f"discarded:{conversation_id}:{turn}"
            if not tx.get("record", discarded):
                tx.insert("record", discarded)
            return
        if hand_off:
            conversation = self.touch(tx, conversation, answered=turn, holder=QUEUE)
            yield None
            self.queue_text(tx, conversation, told, author=ASSISTANT)
        else:
            conversation = self.touch(tx, conversation, answered=turn)
            yield None
            self.queue_text(tx, conversation, reply, author=ASSISTANT)

    def reply_key(self, conversation: Doc, turn: int) -> str:
        return f"reply:{conversation['key']}:{turn}"  # the unique index (conversation, turn, author=assistant)

    def may_answer(self, conversation: Doc, turn: int) -> bool:
        return bool(conversation["holder"] == ASSISTANT and conversation["turn"] == turn > conversation["answered"])

    # -- T3 ---------------------------------------------------------------------------------------------------
    def take(self, tx: Transaction, conversation_id: str, person: str, expected: str) -> Steps:
        conversation = got(tx, "conversation", conversation_id)
        yield None
        if conversation["holder"] != expected or conversation["status"] != "open":
            return  # AlreadyAssigned, unless it is this person's own re-run
        conversation = self.touch(
            tx, conversation, holder=person, answered=conversation["turn"], seq=conversation["seq"] + 1
        )
        for text in self.texts(tx, conversation, author=ASSISTANT):
            yield None
            if text["state"] in ("queued", "unconfirmed"):
                self.silence(tx, conversation, text)

    def speak(self, tx: Transaction, conversation_id: str, person: str, form: str) -> Steps:
        conversation = got(tx, "conversation", conversation_id)
        yield None
        if conversation["holder"] == person and not tx.get("message", f"said:{form}"):
            self.queue_text(tx, conversation, f"said:{form}", author=person)

    def give_back(self, tx: Transaction, conversation_id: str, person: str) -> Steps:
        conversation = got(tx, "conversation", conversation_id)
        yield None
        if conversation["holder"] != person:
            return
        waiting = customer_wrote_last(tx, conversation_id)
        yield None
        # A new number for the turn: the old one is answered, its event key is used, its reply may exist cancelled.
        conversation = self.touch(tx, conversation, holder=ASSISTANT, turn=conversation["turn"] + int(waiting))
        if waiting:
            self.publish_turn(tx, conversation, due=0.0)

    def close(self, tx: Transaction, conversation_id: str, person: str) -> Steps:
        conversation = got(tx, "conversation", conversation_id)
        yield None
        if conversation["holder"] == person:
            self.touch(tx, conversation, status="closed")

    # -- T4 ---------------------------------------------------------------------------------------------------
    def claim(self, tx: Transaction, now: float, conversation_id: str) -> Any:
        conversation = got(tx, "conversation", conversation_id)
        text = self.next_queued(tx, conversation)
        yield None
        if text is None or text["retry_at"] > now or not self.may_claim(conversation, text):
            return None  # whoever frees the lane publishes the next
        self.touch(tx, conversation, lane=text["key"])
        yield None
        return tx.update("message", text["key"], state="sending", attempt=text["attempt"] + 1, claimed_at=now)

    # -- T5 ---------------------------------------------------------------------------------------------------
    def settle(self, tx: Transaction, now: float, key: str, attempt: int, outcome: str, wamid: str | None) -> Steps:
        text = got(tx, "message", key)
        conversation = self.touch(tx, got(tx, "conversation", text["conversation"]))
        yield None
        if wamid:
            text = tx.update("message", key, wamids=text["wamids"] | {wamid: attempt})
            yield None
        if text["attempt"] != attempt or (outcome == "sent" and text.get("failed_attempt") == attempt):
            return  # about an attempt that is over, or that has failed: the failure was here first
        if outcome in RANK:
            if RANK[outcome] > text["rank"]:
                tx.update("message", key, state=outcome, rank=RANK[outcome])
            self.free_lane(tx, conversation, text)
        elif outcome == "failed" and self.may_fail(text):
            tx.update("message", key, state="failed", rank=RANK["sent"])
            self.free_lane(tx, conversation, text)
        elif outcome == "failing" and self.may_fail(text):
            self.try_again(tx, conversation, text, due=now + 5.0)
        elif outcome == "refused" and text["state"] == "sending":
            self.requeue(tx, conversation, text, event="retry", due=now + 2.0 ** min(attempt, 4))
        elif outcome == "unknown" and text["state"] == "sending":
            tx.update("message", key, state="unconfirmed")
            if not self.may_speak(conversation, text):
                self.silence(tx, conversation, got(tx, "message", key))

    def may_fail(self, text: Doc) -> bool:
        """Meta's 200 is only an acceptance: most failures come after it, never after `delivered`."""
        return bool(text["rank"] <= RANK["sent"])

    # -- T6 ---------------------------------------------------------------------------------------------------
    def reconcile(self, tx: Transaction, now: float, key: str, attempt: int) -> Steps:
        text = got(tx, "message", key)
        conversation = got(tx, "conversation", text["conversation"])
        if text["state"] not in ("sending", "unconfirmed") or text["attempt"] != attempt:
            return
        certain = NEVER_HAD if now > text["claimed_at"] + POST_SECONDS + RECONCILE_SECONDS else WAIT
        if not self.may_speak(conversation, text):
            certain = UNDECIDABLE  # it will not be sent again, so nothing is worth waiting for
        elif certain != WAIT:
            certain = self.evidence(tx, text)
        yield None
        if certain == WAIT:
            return
        conversation = self.touch(tx, conversation)
        yield None
        if certain == NEVER_HAD and attempt < MAX_ATTEMPTS:
            self.requeue(tx, conversation, text, event="again", due=now)
        else:
            tx.update("message", key, state="unknown")
            self.free_lane(tx, conversation, text)

    def evidence(self, tx: Transaction, text: Doc) -> str:
        """Tell whether the silence of Meta about this attempt proves anything (the spool is checked before)."""
        until = text["claimed_at"] + POST_SECONDS + RECONCILE_SECONDS
        ours = [e for e in tx.find("event") if e["to"] in ("ingest", "status") and e["created"] <= until]
        if any(e["verdict"] is None for e in ours):
            return WAIT
        intake = got(tx, "intake", "health")
        if intake["beat"] < until:
            return WAIT
        lost = [e for e in ours if e["verdict"] == "dead" and e["created"] >= text["claimed_at"]]
        strays = [p for p in tx.find("parked") if p["created"] >= text["claimed_at"]]
        if lost or strays or intake["gap"] >= text["claimed_at"]:
            return UNDECIDABLE
        return NEVER_HAD

    # -- the bus ----------------------------------------------------------------------------------------------
    def after_failure(self, entry: Doc) -> str:
        """Say what becomes of an entry whose handler erred or whose process died: retry, alone, dead."""
        if entry["errors"] >= 5 or entry["crashes"] >= 3:
            return "dead"
        return "alone" if entry["crashes"] == 2 else "retry"

    def bury(self, tx: Transaction, key: str) -> Steps:
        """Move an entry to the dead letters together with what makes its failure visible to people."""
        entry = got(tx, "event", key)
        yield None
        if entry["to"] == "answer":
            conversation = got(tx, "conversation", entry["conversation"])
            if self.may_answer(conversation, entry["turn"]):
                self.touch(tx, conversation, holder=QUEUE, answered=entry["turn"])
        elif entry["to"] == "deliver":
            conversation = self.touch(tx, got(tx, "conversation", entry["conversation"]))
            text = self.next_queued(tx, conversation)
            if text is not None and self.may_claim(conversation, text):
                tx.update("message", text["key"], state="failed")
                self.free_lane(tx, conversation, text)
        tx.update("event", key, verdict="dead")
