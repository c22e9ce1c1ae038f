"""T4 and T5: one message of a conversation is sent at a time, in `seq` order, and every update names its attempt."""

from datetime import datetime, timedelta
from typing import Any

from apps.common import clock
from apps.common.mongo import atomic, change_row, object_id
from apps.contracts.channels import SendReceipt
from apps.contracts.content import Content
from apps.contracts.messages import OutboundMessage
from apps.contracts.words import Author, Consequence, DeliveryStatus
from apps.conversations.documents import Conversation, Message
from apps.conversations.services import writing
from apps.conversations.services.failing import apply_consequence, was_overtaken
from apps.conversations.services.freeing import free_lane, give_way, next_queued
from apps.events.verdicts import settle_here

#: A message is tried so often; afterwards a person decides.
MAX_ATTEMPTS = 5

_UNSETTLED = (DeliveryStatus.SENDING.value, DeliveryStatus.UNCONFIRMED.value)


@atomic
def claim_outbound(*, tenant_id: str, conversation_id: str, message_id: str = "") -> OutboundMessage | None:
    """T4: claim the next queued message if the lane is free or its own. None when there is nothing to send now.

    `message_id` is the next one as a selector saw it a moment ago, which saves looking it up: nothing that is queued
    later comes before it, and what comes back before it holds the lane.
    """
    wanted = message_id or _next_id(conversation_id)
    now = clock.now()
    if not wanted:
        return None
    conversation = Conversation.objects(tenant_id=tenant_id, id=conversation_id, lane__in=["", wanted]).modify(
        set__lane=wanted, inc__version=1
    )
    if conversation is None:
        return None
    ready = {"$or": [{"retry_at": None}, {"retry_at": {"$lte": now}}]}
    queued = {"_id": object_id(wanted), "status": DeliveryStatus.QUEUED.value}
    claimed = change_row(Message, queued | ready, _claiming(now), new=True)
    if claimed is None:
        # Nothing was claimed, so nothing may stay in the lane that was not there before.
        Conversation.objects(id=conversation_id).update_one(set__lane=conversation.lane)
        return None
    return _outbound(conversation, claimed)


@atomic
def settle_sent(*, claimed: OutboundMessage, receipt: SendReceipt) -> None:
    """T5: the channel accepted the message. Its first status report may have been here before us."""
    sent = {"set__status": DeliveryStatus.SENT.value, "set__times__sent": clock.now()}
    if _store_receipt(claimed, receipt, sent, status__in=_UNSETTLED) or _store_receipt(claimed, receipt, {}):
        _leave_lane(claimed, DeliveryStatus.SENT)
    settle_here()


@atomic
def settle_refused(*, claimed: OutboundMessage, code: str, message: str, retry_after: timedelta = timedelta()) -> bool:
    """Refused before processing, worth another try: queued again, and the lane stays its own so that order is kept.

    Nobody claims it before `retry_after` has passed. False when it will not be tried again: its tries are used up, or
    it is the assistant's and a person took over meanwhile.
    """
    if not _may_still_speak(claimed, DeliveryStatus.CANCELLED):
        return False
    if claimed.attempt >= MAX_ATTEMPTS:
        _fail(claimed, code, message)
        return False
    _sending(claimed).update_one(
        set__status=DeliveryStatus.QUEUED.value,
        set__error_code=code,
        set__error_message=message,
        set__retry_at=clock.now() + retry_after,
    )
    _give_way_if_bulk(claimed)
    return True


@atomic
def settle_waiting(*, claimed: OutboundMessage, retry_after: timedelta = timedelta()) -> bool:
    """The claim was too old to post, or the channel asked to slow down: as if it had not been claimed."""
    if not _may_still_speak(claimed, DeliveryStatus.CANCELLED):
        return False
    _sending(claimed).update_one(
        set__status=DeliveryStatus.QUEUED.value,
        inc__attempt=-1,
        pop__attempts=1,
        set__retry_at=clock.now() + retry_after,
    )
    _give_way_if_bulk(claimed)
    return True


@atomic
def settle_failed(
    *, claimed: OutboundMessage, code: str, message: str, consequence: Consequence = Consequence.NOTHING
) -> None:
    """Refused for good: shown with its reason, and the lane goes on."""
    if _fail(claimed, code, message):
        apply_consequence(consequence, conversation_id=claimed.conversation_id, sent_at=claimed.claimed_at)


@atomic
def settle_unconfirmed(*, claimed: OutboundMessage, code: str) -> None:
    """Nobody knows whether the customer got it: it keeps the lane until a status or the reconciliation decides."""
    if _may_still_speak(claimed, DeliveryStatus.UNKNOWN):
        _sending(claimed).update_one(
            set__status=DeliveryStatus.UNCONFIRMED.value,
            set__times__unconfirmed=clock.now(),
            set__error_code=code,
        )


@atomic
def resolve_unconfirmed(
    *, tenant_id: str, message_id: str, attempt: int, never_arrived: bool, only_if_overtaken: bool = False
) -> DeliveryStatus | None:
    """T6: end an unconfirmed send. Sent again only on evidence (`never_arrived`) and while its author may still speak;

    otherwise it is `unknown`, and sending it again is a person's choice. None when a status was faster, or, with
    `only_if_overtaken`, when no person took over from the assistant that sent it.
    """
    row = Message.objects(tenant_id=tenant_id, id=message_id, attempt=attempt, status__in=_UNSETTLED).first()
    if row is None:
        return None
    if only_if_overtaken and not was_overtaken(row, Conversation.objects(id=row.conversation_id).first()):
        return None
    conversation = Conversation.objects(id=row.conversation_id).modify(new=True, inc__version=1)
    again = never_arrived and not was_overtaken(row, conversation) and row.attempt < MAX_ATTEMPTS
    to = DeliveryStatus.QUEUED if again else DeliveryStatus.UNKNOWN
    Message.objects(id=row.id).update_one(**{"set__status": to.value, f"set__times__{to.value}": clock.now()})
    if again:
        # It keeps the lane: a later text that was looked up a moment ago must not be claimed before it.
        writing.wake_lane(conversation, row, after=f"again{attempt}")
    else:
        conversation = free_lane(str(conversation.id), message_id, status=to.value)
    writing.announce(conversation, "delivery", message_id=message_id)
    return to


@atomic
def give_up_sending(*, tenant_id: str, conversation_id: str) -> None:
    """Delivery ended in the dead letters: what it tried to send has failed, visibly, and the lane goes on.

    Only what is queued: a message under way may have arrived, and is the reconciliation's.
    """
    conversation = Conversation.objects(tenant_id=tenant_id, id=conversation_id).modify(new=True, inc__version=1)
    row = next_queued(conversation_id)
    if conversation is not None and row is not None and conversation.lane in ("", str(row.id)):
        _fail(_outbound(conversation, row), "dead_letter", "")


def _claiming(now: datetime) -> list[dict[str, Any]]:
    """The changes of a claim, in one update: the new attempt's number is the server's to count."""
    number = {"$add": ["$attempt", 1]}
    attempt = {"number": number, "claimed_at": now, "external_id": "", "address": "", "outcome": ""}
    changes = {
        "status": DeliveryStatus.SENDING.value,
        "attempt": number,
        "attempts": {"$concatArrays": [{"$ifNull": ["$attempts", []]}, [attempt]]},
        "claimed_at": now,
        "times.sending": now,
    }
    return [{"$set": changes}]


def _next_id(conversation_id: str) -> str:
    found = next_queued(conversation_id)
    return "" if found is None else str(found.id)


def _sending(claimed: OutboundMessage) -> Any:
    return Message.objects(id=claimed.message_id, attempt=claimed.attempt, status=DeliveryStatus.SENDING.value)


def _may_still_speak(claimed: OutboundMessage, otherwise: DeliveryStatus) -> bool:
    """Whether the claim still stands and its author may go on; else the message ends as `otherwise` and the lane goes on.

    Touches the conversation, so that a person who takes it at this moment conflicts with us and one of us re-runs.
    """
    conversation = Conversation.objects(id=claimed.conversation_id).modify(new=True, inc__version=1)
    row = _sending(claimed).first()
    if row is None:
        return False
    if not was_overtaken(row, conversation):
        return True
    _sending(claimed).update_one(**{"set__status": otherwise.value, f"set__times__{otherwise.value}": clock.now()})
    _leave_lane(claimed, otherwise)
    return False


def _give_way_if_bulk(claimed: OutboundMessage) -> None:
    if claimed.is_bulk:
        give_way(claimed.conversation_id, claimed.message_id)


def _store_receipt(claimed: OutboundMessage, receipt: SendReceipt, changes: dict[str, Any], **condition: Any) -> bool:
    row = Message.objects(id=claimed.message_id, attempts__number=claimed.attempt, **condition)
    stored: int = row.update_one(
        set__external_id=receipt.external_id,
        set__attempts__S__external_id=receipt.external_id,
        set__attempts__S__address=receipt.address,
        **({"set__uses_other_address": True} if receipt.used_other_address else {}),
        **changes,
    )
    return stored > 0


def _fail(claimed: OutboundMessage, code: str, reason: str) -> bool:
    failed: int = Message.objects(id=claimed.message_id, attempt=claimed.attempt, rank=0).update_one(
        set__status=DeliveryStatus.FAILED.value,
        set__times__failed=clock.now(),
        set__error_code=code,
        set__error_message=reason,
    )
    if failed:
        _leave_lane(claimed, DeliveryStatus.FAILED)
    return failed > 0


def _leave_lane(claimed: OutboundMessage, status: DeliveryStatus) -> None:
    conversation = free_lane(claimed.conversation_id, claimed.message_id, status=status.value)
    writing.announce(conversation, "delivery", message_id=claimed.message_id, detail=status.value)


def _outbound(conversation: Conversation, row: Message) -> OutboundMessage:
    return OutboundMessage(
        tenant_id=row.tenant_id,
        account=row.account,
        conversation_id=row.conversation_id,
        message_id=str(row.id),
        attempt=row.attempt,
        address=conversation.address,
        content=Content.model_validate(row.content),
        replies_to=row.replies_to,
        claimed_at=row.claimed_at or row.created_at,
        is_bulk=bool(row.is_bulk),
        uses_other_address=bool(row.uses_other_address),
        window_expires_at=conversation.window_expires_at,
        author=Author(row.author),
    )
