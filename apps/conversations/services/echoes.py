"""What a person of the business wrote on the phone's own app: they spoke, so the assistant yields."""

from typing import Any

from apps.common import clock
from apps.common.mongo import atomic, new_id
from apps.contracts.messages import EchoedMessage
from apps.contracts.people import Holder
from apps.contracts.words import (
    MEDIA_KINDS,
    Author,
    DeliveryRank,
    DeliveryStatus,
    Direction,
    HandoffReason,
    HolderKind,
)
from apps.conversations import domain
from apps.conversations.documents import Conversation, Message
from apps.conversations.services import writing
from apps.conversations.services.baton import silence_assistant
from apps.conversations.services.customers import customer_for
from apps.conversations.services.handing import handing_off
from apps.conversations.services.opening import open_conversation

#: What `provenance` says of a message that was not written here.
BY_PHONE = {"via": "phone"}


@atomic
def record_echo(*, echo: EchoedMessage) -> str:
    """Keep what was written on the phone as a message already sent, and count what it answers as answered.

    What the assistant was about to say is discarded, and the conversation waits in a queue for people: somebody is
    there, only not here. Safe to repeat: (account, external id) is unique, so a second run raises AlreadyExists.
    """
    customer = customer_for(echo.tenant_id, echo.customer)
    found = Conversation.objects(
        tenant_id=echo.tenant_id, account=echo.account, customer_id=str(customer.id), is_open=True
    ).first()
    conversation = found or open_conversation(
        tenant_id=echo.tenant_id,
        account=echo.account,
        channel=echo.channel,
        sender=echo.customer,
        customer=customer,
    )
    message_id = new_id()
    speaks = echo.content.kind not in domain.SPEECHLESS
    # One that comes a day late is shown, but whoever wrote it is long gone.
    yields = speaks and echo.received_at - echo.sent_at <= domain.TOO_OLD
    was_held_by = Holder.parse(conversation.holder).kind
    conversation = _step(conversation, echo, message_id, speaks=speaks, yields=yields)
    _insert(conversation, echo, message_id)
    if yields and was_held_by is HolderKind.ASSISTANT:
        silence_assistant(conversation)
        writing.insert_event(conversation, "answered_by_phone")
        writing.publish_handoff(conversation, reason=HandoffReason.TAKEN_BY_ATTENDANT)
    writing.announce(conversation, "reply_added", message_id=message_id)
    if echo.content.kind in MEDIA_KINDS:
        writing.announce(conversation, "media_asked_again", key=f"media:{message_id}", message_id=message_id)
    return message_id


def _step(
    conversation: Conversation, echo: EchoedMessage, message_id: str, *, speaks: bool, yields: bool
) -> Conversation:
    changes: dict[str, Any] = {"inc__version": 1}
    if speaks:
        changes |= writing.last_of(
            Author.ATTENDANT, echo.content, status=DeliveryStatus.SENT.value, message_id=message_id
        )
    if yields:
        changes["set__answered"] = max(conversation.answered, _answered_turn(conversation, echo))
        if Holder.parse(conversation.holder).kind is HolderKind.ASSISTANT:
            changes |= handing_off(conversation.tenant_id, conversation.queue)
    stepped: Conversation = Conversation.objects(id=conversation.id).modify(new=True, **changes)
    return stepped


def _answered_turn(conversation: Conversation, echo: EchoedMessage) -> int:
    """The newest turn that the writer can have read: what the customer wrote later is still open."""
    later = Message.objects(
        conversation_id=str(conversation.id), direction=Direction.INBOUND.value, order__gt=echo.order, turn__gt=0
    )
    first_later = later.order_by("order").only("turn").first()
    return int(conversation.turn) if first_later is None else int(first_later.turn) - 1


def _insert(conversation: Conversation, echo: EchoedMessage, message_id: str) -> None:
    writing.insert_message(
        conversation,
        author=Author.ATTENDANT,
        content=echo.content,
        message_id=message_id,
        direction=Direction.OUTBOUND.value,
        status=DeliveryStatus.SENT.value,
        rank=int(DeliveryRank.SENT),
        times={DeliveryStatus.SENT.value: echo.sent_at},
        order=echo.order,
        external_id=echo.external_id,
        sent_at=echo.sent_at,
        created_at=clock.now(),
        provenance=BY_PHONE,
    )
