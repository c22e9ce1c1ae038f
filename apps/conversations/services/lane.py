"""T4–T6: one message of a conversation is sent at a time, in `seq` order, and every update names its attempt."""

from datetime import timedelta
from typing import Any

from apps.common import clock
from apps.common.mongo import atomic
from apps.contracts.channels import SendReceipt
from apps.contracts.content import Content
from apps.contracts.messages import OutboundMessage
from apps.contracts.people import Holder
from apps.contracts.words import Author, DeliveryStatus, HolderKind
from apps.conversations.documents import Attempt, Conversation, Message
from apps.conversations.services import writing
from apps.conversations.services.baton import free_lane

#: A message is tried so often; afterwards a person decides.
MAX_ATTEMPTS = 5

_UNSETTLED = (DeliveryStatus.SENDING.value, DeliveryStatus.UNCONFIRMED.value)


@atomic
def claim_outbound(*, tenant_id: str, conversation_id: str) -> OutboundMessage | None:
    """T4: claim the lowest queued message if the lane is free or its own. None when there is nothing to send now."""
    lowest = _lowest_queued(tenant_id, conversation_id)
    now = clock.now()
    if lowest is None or (lowest.retry_at is not None and lowest.retry_at > now):
        return None
    conversation = Conversation.objects(id=conversation_id, lane__in=["", str(lowest.id)]).modify(
        set__lane=str(lowest.id), inc__version=1
    )
    if conversation is None:
        return None
    number = lowest.attempt + 1
    claimed = Message.objects(id=lowest.id, status=DeliveryStatus.QUEUED.value).modify(
        new=True,
        set__status=DeliveryStatus.SENDING.value,
        set__attempt=number,
        set__claimed_at=now,
        set__times__sending=now,
        push__attempts=Attempt(number=number, claimed_at=now),
    )
    return None if claimed is None else _outbound(conversation, claimed)


@atomic
def settle_sent(*, claimed: OutboundMessage, receipt: SendReceipt) -> None:
    """T5: the channel accepted the message. Its first status report may have been here before us."""
    sent = {"set__status": DeliveryStatus.SENT.value, "set__times__sent": clock.now()}
    if _store_receipt(claimed, receipt, sent, status__in=_UNSETTLED) or _store_receipt(claimed, receipt, {}):
        _leave_lane(claimed, DeliveryStatus.SENT)


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
    return True


@atomic
def settle_failed(*, claimed: OutboundMessage, code: str, message: str) -> None:
    """Refused for good: shown with its reason, and the lane goes on."""
    _fail(claimed, code, message)


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
    if only_if_overtaken and not _was_overtaken(row, Conversation.objects(id=row.conversation_id).first()):
        return None
    conversation = Conversation.objects(id=row.conversation_id).modify(new=True, inc__version=1)
    again = never_arrived and not _was_overtaken(row, conversation) and row.attempt < MAX_ATTEMPTS
    to = DeliveryStatus.QUEUED if again else DeliveryStatus.UNKNOWN
    Message.objects(id=row.id).update_one(**{"set__status": to.value, f"set__times__{to.value}": clock.now()})
    if again:
        Conversation.objects(id=conversation.id, lane=message_id).update_one(set__lane="")
        writing.wake_lane(conversation, row, after=f"again{attempt}")
    else:
        conversation = free_lane(str(conversation.id), message_id, status=to.value)
    writing.announce(conversation, "delivery", message_id=message_id)
    return to


@atomic
def resend(*, tenant_id: str, conversation_id: str, message_id: str) -> bool:
    """Send a failed or unknown message again because a person said so. False when it is neither."""
    row = Message.objects(
        tenant_id=tenant_id,
        conversation_id=conversation_id,
        id=message_id,
        status__in=[DeliveryStatus.FAILED.value, DeliveryStatus.UNKNOWN.value],
    ).first()
    if row is None:
        return False
    conversation = Conversation.objects(id=conversation_id).modify(new=True, inc__seq=1, inc__version=1)
    Message.objects(id=row.id).update_one(
        set__status=DeliveryStatus.QUEUED.value,
        set__seq=conversation.seq,
        set__rank=0,
        unset__retry_at=True,
        set__error_code="",
        set__error_message="",
    )
    writing.wake_lane(conversation, row, after=f"resend{conversation.version}")
    writing.announce(conversation, "delivery", message_id=message_id)
    return True


@atomic
def give_up_sending(*, tenant_id: str, conversation_id: str) -> None:
    """Delivery ended in the dead letters: what it tried to send has failed, visibly, and the lane goes on.

    Only what is queued: a message under way may have arrived, and is the reconciliation's.
    """
    conversation = Conversation.objects(tenant_id=tenant_id, id=conversation_id).modify(new=True, inc__version=1)
    row = _lowest_queued(tenant_id, conversation_id)
    if conversation is not None and row is not None and conversation.lane in ("", str(row.id)):
        _fail(_outbound(conversation, row), "dead_letter", "")


def _lowest_queued(tenant_id: str, conversation_id: str) -> Message | None:
    queued = Message.objects(tenant_id=tenant_id, conversation_id=conversation_id, status=DeliveryStatus.QUEUED.value)
    lowest: Message | None = queued.order_by("seq").first()
    return lowest


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
    if not _was_overtaken(row, conversation):
        return True
    _sending(claimed).update_one(**{"set__status": otherwise.value, f"set__times__{otherwise.value}": clock.now()})
    _leave_lane(claimed, otherwise)
    return False


def _was_overtaken(row: Message, conversation: Conversation) -> bool:
    """Whether a person took over from the assistant. What it says while it hands over to a queue is still its own."""
    return row.author == Author.ASSISTANT.value and Holder.parse(conversation.holder).kind is HolderKind.ATTENDANT


def _store_receipt(claimed: OutboundMessage, receipt: SendReceipt, changes: dict[str, Any], **condition: Any) -> bool:
    row = Message.objects(id=claimed.message_id, attempts__number=claimed.attempt, **condition)
    stored: int = row.update_one(
        set__external_id=receipt.external_id,
        set__attempts__S__external_id=receipt.external_id,
        set__attempts__S__outcome="accepted",
        **changes,
    )
    return stored > 0


def _fail(claimed: OutboundMessage, code: str, reason: str) -> None:
    failed = Message.objects(id=claimed.message_id, attempt=claimed.attempt, rank=0).update_one(
        set__status=DeliveryStatus.FAILED.value,
        set__times__failed=clock.now(),
        set__error_code=code,
        set__error_message=reason,
    )
    if failed:
        _leave_lane(claimed, DeliveryStatus.FAILED)


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
    )
