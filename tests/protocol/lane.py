"""What T1 to T6 are made of: touching the Conversation, publishing, and the lane of outbound texts."""

from typing import Any

from tests.protocol.store import Doc, Transaction

#: So often is a text sent that Meta takes and fails to deliver each time.
LATE_ATTEMPTS = 3
ASSISTANT, QUEUE, SYSTEM = "assistant", "queue", "system"


class Lane:
    def touch(self, tx: Transaction, conversation: Doc, **changes: Any) -> Doc:
        return tx.update("conversation", conversation["key"], version=conversation["version"] + 1, **changes)

    def texts(self, tx: Transaction, conversation: Doc, **equal: Any) -> list[Doc]:
        found = tx.find("message", conversation=conversation["key"], **equal)
        return sorted((text for text in found if text["author"] != "customer"), key=lambda text: text["seq"])

    def next_queued(self, tx: Transaction, conversation: Doc) -> Doc | None:
        return next(iter(self.texts(tx, conversation, state="queued")), None)

    def queue_text(self, tx: Transaction, conversation: Doc, key: str, *, author: str) -> None:
        seq = conversation["seq"] + 1
        self.touch(tx, conversation, seq=seq)
        tx.insert(
            "message", key, conversation=conversation["key"], author=author, seq=seq, turn=conversation["turn"],
            state="queued", rank=0, attempt=0, claimed_at=0.0, retry_at=0.0, wamids={},
        )  # fmt: skip
        self.publish(tx, f"out:{key}", "deliver", 0.0, conversation=conversation["key"])

    def free_lane(self, tx: Transaction, conversation: Doc, text: Doc) -> None:
        if got(tx, "conversation", conversation["key"])["lane"] != text["key"]:
            return
        following = self.next_queued(tx, conversation)
        tx.update("conversation", conversation["key"], lane=following["key"] if following else None)
        if following:  # its own out:<id> was spent while the lane was taken, so this needs a key of its own
            self.publish(tx, f"next:{text['key']}:{text['attempt']}", "deliver", 0.0, conversation=conversation["key"])

    def publish_turn(self, tx: Transaction, conversation: Doc, *, due: float, poison: bool = False) -> None:
        key, turn = conversation["key"], conversation["turn"]
        self.publish(tx, f"turn:{key}:{turn}", "answer", due, conversation=key, turn=turn, poison=poison)

    def publish(self, tx: Transaction, key: str, to: str, due: float, **arguments: Any) -> None:
        tx.insert(
            "event", key, to=to, due=due, by=None, errors=0, crashes=0, alone=False, verdict=None,
            created=tx.store.now(), **arguments,
        )  # fmt: skip
        tx.after_commit.append((key, due))

    def may_claim(self, conversation: Doc, text: Doc) -> bool:
        return conversation["lane"] in (None, text["key"])

    def may_speak(self, conversation: Doc, text: Doc) -> bool:
        """The assistant is silent once a person holds the conversation; its parting words may follow it into a queue."""
        return bool(text["author"] != ASSISTANT or conversation["holder"] in (ASSISTANT, QUEUE))

    def silence(self, tx: Transaction, conversation: Doc, text: Doc) -> None:
        """Take the assistant's text out of the lane: never posted is cancelled, perhaps posted is unknown."""
        tx.update("message", text["key"], state="cancelled" if text["state"] == "queued" else "unknown")
        self.free_lane(tx, conversation, text)

    def requeue(self, tx: Transaction, conversation: Doc, text: Doc, *, event: str, due: float) -> None:
        """Put a text that Meta certainly does not have back in the queue; it keeps the lane."""
        tx.update("message", text["key"], state="queued", retry_at=due)
        if self.may_speak(conversation, text):
            self.publish(
                tx, f"{event}:{text['key']}:{text['attempt']}", "deliver", due, conversation=conversation["key"]
            )
        else:
            self.silence(tx, conversation, got(tx, "message", text["key"]))

    def try_again(self, tx: Transaction, conversation: Doc, text: Doc, *, due: float) -> None:
        """Meta took it and says later that it did not arrive, for now: a new attempt at the end of what waits.

        What somebody has answered better since stays failed.
        """
        if text["state"] == "queued":
            return
        is_outdated = text["author"] == ASSISTANT and conversation["answered"] > text["turn"]
        if text["attempt"] >= LATE_ATTEMPTS or is_outdated or not self.may_speak(conversation, text):
            tx.update("message", text["key"], state="failed", rank=1)
            self.free_lane(tx, conversation, text)
            return
        self.free_lane(tx, conversation, text)
        conversation = got(tx, "conversation", conversation["key"])
        seq = conversation["seq"] + 1
        self.touch(tx, conversation, seq=seq)
        changes = {"state": "queued", "seq": seq, "rank": 0, "retry_at": due, "failed_attempt": text["attempt"]}
        tx.update("message", text["key"], **changes)
        event = f"failed:{text['key']}:{text['attempt']}"
        self.publish(tx, event, "deliver", due, conversation=conversation["key"])


def got(tx: Transaction, kind: str, key: str) -> Doc:
    doc = tx.get(kind, key)
    assert doc is not None, f"{kind} {key} does not exist"
    return doc


def customer_wrote_last(tx: Transaction, conversation_id: str) -> bool:
    said = [m for m in tx.find("message", conversation=conversation_id) if m["author"] != SYSTEM]
    heard = [m for m in said if m["author"] == "customer" or m["state"] != "cancelled"]
    return bool(heard) and max(heard, key=lambda m: int(m["seq"]))["author"] == "customer"
