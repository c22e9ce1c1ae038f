"""T4–T6: one message of a conversation is sent at a time, in `seq` order, and every update names its attempt."""

from typing import Any

from apps.common import clock
from apps.common.mongo import atomic
from apps.contracts.channels import SendReceipt
from apps.contracts.content import Content
from apps.contracts.messages import OutboundMessage
from apps.contracts.people import ASSISTANT
from apps.contracts.words import Author, DeliveryStatus
from apps.conversations.documents import Attempt, Conversation, Message
from apps.conversations.services import writing
from apps.conversations.services.baton import free_lane

#: A message is tried so often; afterwards a person decides.
MAX_ATTEMPTS = 5

_UNSETTLED = (DeliveryStatus.SENDING.value, DeliveryStatus.UNCONFIRMED.value)


@atomic
def claim_outbound(*, tenant_id: str, conversation_id: str) -> OutboundMessage | None:
    """T4: claim the lowest queued message if the lane is free or its own. None when there is nothing to send now."""
    conversation = Conversation.objects(tenant_id=tenant_id, id=conversation_id).first()
    if conversation is None:
        return None
    lowest = (
        Message.objects(conversation_id=conversation_id, status=DeliveryStatus.QUEUED.value).order_by("seq").first()
    )
    if lowest is None or conversation.lane not in ("", str(lowest.id)):
        return None
    now = clock.now()
    Conversation.objects(id=conversation_id, lane=conversation.lane).update_one(
        set__lane=str(lowest.id), inc__version=1
    )
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
    message = _store_receipt(claimed, receipt)
    if message is None:
        return
    if message.status in _UNSETTLED:
        Message.objects(id=message.id).update_one(set__status=DeliveryStatus.SENT.value, set__times__sent=clock.now())
    _leave_lane(claimed, message, DeliveryStatus.SENT)


@atomic
def settle_refused(*, claimed: OutboundMessage, code: str, message: str) -> bool:
    """Refused before processing, worth another try: queued again, and the lane stays its own so that order is kept.

    False when its tries are used up: then it has failed.
    """
    row = Message.objects(
        id=claimed.message_id,
        attempt=claimed.attempt,
        status=DeliveryStatus.SENDING.value,
    ).first()
    if row is None:
        return True
    if row.attempt >= MAX_ATTEMPTS:
        _fail(claimed, code, message)
        return False
    Message.objects(id=row.id).update_one(
        set__status=DeliveryStatus.QUEUED.value,
        set__error_code=code,
        set__error_message=message,
    )
    return True


@atomic
def settle_waiting(*, claimed: OutboundMessage) -> None:
    """The claim was too old to post, or the channel asked to slow down: as if it had not been claimed."""
    Message.objects(
        id=claimed.message_id,
        attempt=claimed.attempt,
        status=DeliveryStatus.SENDING.value,
    ).update_one(set__status=DeliveryStatus.QUEUED.value, inc__attempt=-1, pop__attempts=1)


@atomic
def settle_failed(*, claimed: OutboundMessage, code: str, message: str) -> None:
    """Refused for good: shown with its reason, and the lane goes on."""
    _fail(claimed, code, message)


@atomic
def settle_unconfirmed(*, claimed: OutboundMessage, code: str) -> None:
    """Nobody knows whether the customer got it: it keeps the lane until a status or the reconciliation decides."""
    Message.objects(
        id=claimed.message_id,
        attempt=claimed.attempt,
        status=DeliveryStatus.SENDING.value,
    ).update_one(
        set__status=DeliveryStatus.UNCONFIRMED.value,
        set__times__unconfirmed=clock.now(),
        set__error_code=code,
    )


@atomic
def resolve_unconfirmed(*, tenant_id: str, message_id: str, attempt: int, never_arrived: bool) -> DeliveryStatus | None:
    """T6: end an unconfirmed send. Sent again only on evidence (`never_arrived`) and while its author may still speak;

    otherwise it is `unknown`, and sending it again is a person's choice. None when a status was faster.
    """
    row = Message.objects(tenant_id=tenant_id, id=message_id, attempt=attempt, status__in=_UNSETTLED).first()
    if row is None:
        return None
    conversation = Conversation.objects(id=row.conversation_id).modify(new=True, inc__version=1)
    may_speak = row.author != Author.ASSISTANT.value or conversation.holder == str(ASSISTANT)
    again = never_arrived and may_speak and row.attempt < MAX_ATTEMPTS
    to = DeliveryStatus.QUEUED if again else DeliveryStatus.UNKNOWN
    Message.objects(id=row.id).update_one(**{"set__status": to.value, f"set__times__{to.value}": clock.now()})
    if again:
        if conversation.lane in ("", message_id):
            Conversation.objects(id=conversation.id).update_one(set__lane="")
        writing.wake_lane(conversation, row, after=f"again{attempt}")
    else:
        free_lane(str(conversation.id), message_id)
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
        set__error_code="",
        set__error_message="",
    )
    writing.wake_lane(conversation, row, after=f"resend{conversation.version}")
    writing.announce(conversation, "delivery", message_id=message_id)
    return True


@atomic
def give_up_sending(*, tenant_id: str, conversation_id: str, message_id: str) -> None:
    """Delivery of a message ended in the dead letters: it has failed, visibly, and the lane goes on."""
    row = Message.objects(tenant_id=tenant_id, id=message_id).first()
    if row is not None and row.status in (
        DeliveryStatus.QUEUED.value,
        DeliveryStatus.SENDING.value,
    ):
        conversation = Conversation.objects(id=conversation_id).first()
        _fail(_outbound(conversation, row), "dead_letter", "")


def _store_receipt(claimed: OutboundMessage, receipt: SendReceipt) -> Message | None:
    stored: Message | None = Message.objects(id=claimed.message_id, attempts__number=claimed.attempt).modify(
        new=True,
        set__external_id=receipt.external_id,
        set__attempts__S__external_id=receipt.external_id,
        set__attempts__S__outcome="accepted",
    )
    return stored


def _fail(claimed: OutboundMessage, code: str, reason: str) -> None:
    row = Message.objects(id=claimed.message_id, attempt=claimed.attempt, rank=0).modify(
        new=True,
        set__status=DeliveryStatus.FAILED.value,
        set__times__failed=clock.now(),
        set__error_code=code,
        set__error_message=reason,
    )
    if row is not None:
        _leave_lane(claimed, row, DeliveryStatus.FAILED)


def _leave_lane(claimed: OutboundMessage, row: Message, status: DeliveryStatus) -> None:
    conversation = Conversation.objects(id=claimed.conversation_id).modify(
        new=True, inc__version=1, **_as_last(claimed.conversation_id, row, status)
    )
    free_lane(claimed.conversation_id, claimed.message_id)
    if conversation is not None:
        writing.announce(conversation, "delivery", message_id=claimed.message_id, detail=status.value)


def _as_last(conversation_id: str, row: Message, status: DeliveryStatus) -> dict[str, Any]:
    is_last = Conversation.objects(id=conversation_id, last_message_id=str(row.id)).count() == 1
    return {"set__last_status": status.value} if is_last else {}


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
