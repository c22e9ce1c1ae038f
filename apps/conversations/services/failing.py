"""What a failure leads to: another try, the other form of an address, a closed window, or a person's choice."""

from datetime import datetime, timedelta

from apps.common import clock
from apps.common.mongo import AlreadyExists, atomic
from apps.contracts.messages import StatusUpdate
from apps.contracts.people import Holder
from apps.contracts.words import Author, Consequence, DeliveryStatus, HolderKind
from apps.conversations.documents import Conversation, Message
from apps.conversations.services import writing
from apps.conversations.services.consent import note_marketing_refused
from apps.conversations.services.freeing import free_lane, next_queued

#: So many conversations are woken at once; the clock and the events' own times bring the rest.
WOKEN_AT_ONCE = 200

_UNDER_WAY = (DeliveryStatus.SENDING.value, DeliveryStatus.UNCONFIRMED.value)


def was_overtaken(row: Message, conversation: Conversation) -> bool:
    """Whether a person took over from the assistant. What it says while it hands over to a queue is still its own."""
    return row.author == Author.ASSISTANT.value and Holder.parse(conversation.holder).kind is HolderKind.ATTENDANT


def apply_consequence(consequence: Consequence, *, conversation_id: str, sent_at: datetime | None) -> None:
    """Remember what a refusal says: the channel's window is closed, whatever our clock says, or marketing is unwanted."""
    if consequence is Consequence.OPTED_OUT:
        note_marketing_refused(Conversation.objects(id=conversation_id).first())
    if consequence is Consequence.WINDOW_CLOSED and sent_at is not None:
        # Unless the customer wrote since, which opened it again.
        Conversation.objects(id=conversation_id, window_expires_at__gt=clock.now()).filter(
            last_customer_message_at__not__gte=sent_at
        ).update_one(set__window_expires_at=clock.now())


def try_again(row: Message, update: StatusUpdate, *, attempt: int) -> bool:
    """Queue a message again that the channel accepted and then failed to deliver. False when it stays failed.

    It goes behind what the conversation has sent since, as a new attempt with an id of its own. What the assistant said
    stays failed when a person or a newer answer came since: out of its order it would only confuse.
    """
    conversation: Conversation = Conversation.objects(id=row.conversation_id).modify(
        new=True, inc__seq=1, inc__version=1
    )
    wants_other = update.consequence is Consequence.OTHER_ADDRESS
    if attempt > update.retries or (wants_other and row.uses_other_address) or _is_outdated(row, conversation):
        return False
    retry_at = clock.now() + timedelta(seconds=update.retry_after_seconds)
    if row.status in _UNDER_WAY:
        conversation.lane = free_lane(str(conversation.id), str(row.id)).lane
    changed = Message.objects(id=row.id, attempts__number=attempt).update_one(
        set__status=DeliveryStatus.QUEUED.value,
        set__seq=conversation.seq,
        set__rank=0,
        set__retry_at=retry_at,
        set__error_code=update.error_code,
        set__error_message=update.error_message,
        set__times__queued=clock.now(),
        set__attempts__S__outcome="failed",
        set__uses_other_address=wants_other or bool(row.uses_other_address),
    )
    if changed:
        writing.wake_lane(conversation, row, after=f"failed{attempt}", due=retry_at)
        writing.announce(conversation, "delivery", message_id=str(row.id), detail=DeliveryStatus.QUEUED.value)
    return bool(changed)


def _is_outdated(row: Message, conversation: Conversation) -> bool:
    """Whether the assistant would say something that somebody has answered better since."""
    is_assistants = row.author == Author.ASSISTANT.value
    return was_overtaken(row, conversation) or (is_assistants and conversation.answered > row.turn)


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


def hasten(*, tenant_id: str, account: str) -> int:
    """Let what an account has queued be sent now and not when it would be tried again; give how many conversations.

    Their order stays: only their waiting ends.
    """
    queued = Message.objects(tenant_id=tenant_id, account=account, status=DeliveryStatus.QUEUED.value)
    queued.filter(retry_at__ne=None).update(unset__retry_at=True)
    conversations = dict.fromkeys(queued.order_by("created_at").limit(5 * WOKEN_AT_ONCE).scalar("conversation_id"))
    return sum(_hasten(one) for one in list(conversations)[:WOKEN_AT_ONCE])


def _hasten(conversation_id: str) -> bool:
    try:
        return _wake_next(conversation_id)
    except AlreadyExists:
        return False


@atomic
def _wake_next(conversation_id: str) -> bool:
    conversation = Conversation.objects(id=conversation_id).modify(new=True, inc__version=1)
    following = next_queued(conversation_id)
    if conversation is None or following is None or conversation.lane not in ("", str(following.id)):
        return False
    writing.wake_lane(conversation, following, after=f"hastened{conversation.version}")
    return True
