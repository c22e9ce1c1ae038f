"""Variants of the protocol with one mistake each. A model that cannot catch them proves nothing."""

from tests.protocol.lane import ASSISTANT, customer_wrote_last, got
from tests.protocol.model import NEVER_HAD, POST_SECONDS, RECONCILE_SECONDS, WAIT, Protocol
from tests.protocol.simulation import Steps
from tests.protocol.store import Doc, Transaction


class ClaimWithoutLane(Protocol):
    """T4 takes a text although another one of the conversation is being sent."""

    def may_claim(self, conversation: Doc, text: Doc) -> bool:
        return True


class ReconcileByTheClock(Protocol):
    """T6 takes time passed for proof, though the statuses may wait in our own backlog."""

    def evidence(self, tx: Transaction, text: Doc) -> str:
        return NEVER_HAD


class ReconcileByBodiesOnly(Protocol):
    """T6 looks for bodies that were not ingested, and forgets statuses already on the bus."""

    def evidence(self, tx: Transaction, text: Doc) -> str:
        until = text["claimed_at"] + POST_SECONDS + RECONCILE_SECONDS
        bodies = [e for e in tx.find("event", to="ingest", verdict=None) if e["created"] <= until]
        intake = got(tx, "intake", "health")
        if bodies or intake["beat"] < until:
            return WAIT
        return super().evidence(tx, text) if intake["gap"] >= text["claimed_at"] else NEVER_HAD


class ReconcileByALaterSend(Protocol):
    """T6 trusts a processed status of a send claimed much later, whatever gap intake had before."""

    def evidence(self, tx: Transaction, text: Doc) -> str:
        later = text["claimed_at"] + RECONCILE_SECONDS
        proven = any(m.get("claimed_at", 0.0) >= later and m["wamids"] for m in tx.find("message") if "wamids" in m)
        return NEVER_HAD if proven else super().evidence(tx, text)


class OneCounter(Protocol):
    """Errors and crashes share a counter, so the neighbours of a crash are buried with it."""

    def after_failure(self, entry: Doc) -> str:
        return "dead" if entry["errors"] + entry["crashes"] >= 2 else "retry"


class TakeKeepsTheQueuedText(Protocol):
    """T3 does not cancel what the assistant has queued."""

    def silence(self, tx: Transaction, conversation: Doc, text: Doc) -> None:
        if text["state"] != "queued":
            super().silence(tx, conversation, text)


class TakeKeepsTheLane(Protocol):
    """T3 cancels a queued text without freeing the lane that a refused one still holds."""

    def silence(self, tx: Transaction, conversation: Doc, text: Doc) -> None:
        if text["state"] == "queued":
            tx.update("message", text["key"], state="cancelled")
        else:
            super().silence(tx, conversation, text)


class AnsweredIsNotChecked(Protocol):
    """T2 forgets `answered < turn` (and has no unique index to save it)."""

    def may_answer(self, conversation: Doc, turn: int) -> bool:
        return bool(conversation["holder"] == ASSISTANT and conversation["turn"] == turn)

    def reply_key(self, conversation: Doc, turn: int) -> str:
        return f"reply:{conversation['key']}:{turn}:{conversation['seq']}"


class RefusedIsQueuedAgain(Protocol):
    """T5 queues a refused text again without looking at who holds the conversation now."""

    def requeue(self, tx: Transaction, conversation: Doc, text: Doc, *, event: str, due: float) -> None:
        tx.update("message", text["key"], state="queued", retry_at=due)
        self.publish(tx, f"{event}:{text['key']}:{text['attempt']}", "deliver", due, conversation=conversation["key"])


class ConversationNotTouched(Protocol):
    """A transaction that only reads the Conversation decides on a holder that is changing."""

    def touch(self, tx: Transaction, conversation: Doc, **changes: object) -> Doc:
        return tx.update("conversation", conversation["key"], **changes)


class SameTurnGivenBack(Protocol):
    """Giving back publishes the old turn, only when `turn > answered`, as first written."""

    def give_back(self, tx: Transaction, conversation_id: str, person: str) -> Steps:
        conversation = got(tx, "conversation", conversation_id)
        yield None
        if conversation["holder"] == person:
            conversation = self.touch(tx, conversation, holder=ASSISTANT)
            if conversation["turn"] > conversation["answered"] and customer_wrote_last(tx, conversation_id):
                self.publish_turn(tx, conversation, due=0.0)


class NextKeepsItsOldKey(Protocol):
    """Whoever frees the lane publishes out:<id> of the next text again; that key is spent."""

    def free_lane(self, tx: Transaction, conversation: Doc, text: Doc) -> None:
        if got(tx, "conversation", conversation["key"])["lane"] == text["key"]:
            following = self.next_queued(tx, conversation)
            tx.update("conversation", conversation["key"], lane=following["key"] if following else None)


class FailedOnlyFromRankZero(Protocol):
    """T5 ignores a failure that follows Meta's 200, which is how most failures come."""

    def may_fail(self, text: Doc) -> bool:
        return bool(text["rank"] == 0)


MUTANTS = [
    ClaimWithoutLane, ReconcileByTheClock, ReconcileByBodiesOnly, ReconcileByALaterSend, OneCounter,
    TakeKeepsTheQueuedText, TakeKeepsTheLane, AnsweredIsNotChecked, RefusedIsQueuedAgain, ConversationNotTouched,
    SameTurnGivenBack, NextKeepsItsOldKey, FailedOnlyFromRankZero,
]  # fmt: skip
