"""T1: a customer's message enters its conversation, and `decide` says who answers it."""

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings

from apps.common import clock, tracing
from apps.common.mongo import atomic, insert_row
from apps.contracts.content import text_content
from apps.contracts.messages import Analysis, InboundMessage
from apps.contracts.people import ASSISTANT, queue_holder
from apps.contracts.words import (
    Author,
    ConversationStatus,
    Direction,
    MessageKind,
    SilenceReason,
)
from apps.conversations import domain
from apps.conversations.documents import Conversation, Customer, Message
from apps.conversations.services import writing
from apps.conversations.services.customers import customer_for, note_consent
from apps.tenants import selectors as tenants

#: Silences that still count as a turn: somebody is there to answer, only not the assistant.
_TURNS_OF_PEOPLE = (SilenceReason.HELD_BY_PERSON, SilenceReason.WAITING_FOR_PERSON)


@atomic
def receive_message(*, message: InboundMessage, analysis: Analysis) -> str:
    """Append a customer's message to the open conversation, or to a new one, and set in motion who answers it.

    Safe to repeat: (account, external id) is unique, so a second run raises AlreadyExists and changes nothing.
    """
    customer = customer_for(message)
    note_consent(customer, analysis)
    conversation = _conversation_for(message, customer, analysis)
    decision = _decide(conversation, customer, message, analysis)
    advances = not isinstance(decision, domain.Silent) or decision.reason in _TURNS_OF_PEOPLE
    conversation = _touch(conversation, message, analysis, decision, advances=advances)
    message_id = _insert(conversation, customer, message, analysis, decision)
    _apply_to_target(conversation, message)
    _set_in_motion(conversation, message_id, message, analysis, decision)
    return message_id


@atomic
def attach_media(
    *,
    tenant_id: str,
    account: str,
    external_id: str,
    file: str,
    mime_type: str,
    size_bytes: int | None,
    error: str = "",
) -> bool:
    """Say where a message's file is kept, or why it could not be fetched. False while the message is not stored yet."""
    changes: dict[str, Any] = {
        "set__content__media__mime_type": mime_type,
        "set__content__media__file": file,
    }
    if size_bytes is not None:
        changes["set__content__media__size_bytes"] = size_bytes
    if error:
        changes["set__content__media__error"] = error
    found = Message.objects(tenant_id=tenant_id, account=account, external_id=external_id).modify(new=True, **changes)
    if found is None:
        return False
    conversation = Conversation.objects(id=found.conversation_id).first()
    writing.announce(
        conversation,
        "media_fetched",
        key=f"media:{found.id}:{uuid.uuid4().hex[:8]}",
        message_id=str(found.id),
    )
    return True


def _conversation_for(message: InboundMessage, customer: Customer, analysis: Analysis) -> Conversation:
    if analysis.rated_conversation_id:
        rated: Conversation | None = Conversation.objects(
            tenant_id=message.tenant_id,
            customer_id=str(customer.id),
            id=analysis.rated_conversation_id,
        ).first()
        if rated is not None:
            return rated
    found: Conversation | None = Conversation.objects(
        tenant_id=message.tenant_id,
        account=message.account,
        customer_id=str(customer.id),
        is_open=True,
    ).first()
    return found or _open(message, customer)


def _open(message: InboundMessage, customer: Customer) -> Conversation:
    now = clock.now()
    conversation = Conversation(
        tenant_id=message.tenant_id,
        created_at=now,
        account=message.account,
        channel=message.channel,
        address=message.sender.address,
        customer_id=str(customer.id),
        customer_name=customer.name,
        customer_phone=customer.phone,
        # A number that a customer can read aloud; the unique index draws again on the rare clash.
        protocol=f"{now:%y%m%d}-{uuid.uuid4().int % 100_000:05d}",
        holder=str(ASSISTANT),
        last_message_at=now,
    )
    conversation.save(force_insert=True, validate=False)
    Customer.objects(id=customer.id).update_one(inc__conversations=1)
    return conversation


def _decide(
    conversation: Conversation,
    customer: Customer,
    message: InboundMessage,
    analysis: Analysis,
) -> domain.Decision:
    turn = domain.Turn(
        status=ConversationStatus(conversation.status),
        kind=message.content.kind,
        analysis=analysis,
        age=message.received_at - message.sent_at,
        failed_replies=conversation.failed_replies,
        is_opted_out=customer.opted_out_at is not None and analysis.intent != "opt_in",
    )
    return domain.decide(
        turn,
        max_failed_replies=tenants.reply_limits(message.tenant_id).max_failed_replies,
    )


def _touch(
    conversation: Conversation,
    message: InboundMessage,
    analysis: Analysis,
    decision: domain.Decision,
    *,
    advances: bool,
) -> Conversation:
    changes: dict[str, Any] = {"inc__version": 1}
    # A rating belongs to its closed conversation, which stays where it is in the lists.
    if conversation.is_open:
        changes |= _arrival(conversation, message) | _consequence(conversation, decision)
        if advances:
            changes |= _advance(conversation, analysis)
        if analysis.tags:
            changes["add_to_set__tags"] = list(analysis.tags)
        if analysis.assistant:
            changes["set__assistant"] = analysis.assistant
    touched: Conversation = Conversation.objects(id=conversation.id).modify(new=True, **changes)
    return touched


def _arrival(conversation: Conversation, message: InboundMessage) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "set__address": message.sender.address,
        **writing.last_of(Author.CUSTOMER, message.content),
    }
    if domain.renews_window(message):
        expires = domain.window_after(message)
        if conversation.window_expires_at is None or expires > conversation.window_expires_at:
            changes["set__window_expires_at"] = expires
    return changes


def _advance(conversation: Conversation, analysis: Analysis) -> dict[str, Any]:
    now = clock.now()
    changes: dict[str, Any] = {"inc__turn": 1, "inc__unread": 1, "set__last_customer_message_at": now}
    if conversation.turn == conversation.answered:
        changes["set__burst_started_at"] = now
    known = {"set__intent": analysis.intent, "set__sentiment": analysis.sentiment}
    return changes | {name: word for name, word in known.items() if word}


def _consequence(conversation: Conversation, decision: domain.Decision) -> dict[str, Any]:
    match decision:
        case domain.Handoff(queue=queue):
            return handing_off(conversation.tenant_id, queue)
        case domain.RuleReply():
            return {"set__answered": conversation.turn + 1, "inc__seq": 1}
        case _:
            return {}


def handing_off(tenant_id: str, queue: str) -> dict[str, Any]:
    """The changes that put a conversation into a queue: the one asked for if there is one, else the tenant's default."""
    wanted = (tenants.queue(tenant_id, queue) if queue else None) or tenants.default_queue(tenant_id)
    slug = wanted.slug if wanted else "default"
    return {
        "set__holder": str(queue_holder(slug)),
        "set__status": ConversationStatus.WAITING_HUMAN.value,
        "set__queue": slug,
        "set__waiting_since": clock.now(),
    }


def _insert(
    conversation: Conversation,
    customer: Customer,
    message: InboundMessage,
    analysis: Analysis,
    decision: domain.Decision,
) -> str:
    silence = decision.reason.value if isinstance(decision, domain.Silent) else None
    row = {
        "tenant_id": message.tenant_id,
        "schema_version": 1,
        "created_at": message.received_at,
        "account": message.account,
        "conversation_id": str(conversation.id),
        "customer_id": str(customer.id),
        "direction": Direction.INBOUND.value,
        "author": Author.CUSTOMER.value,
        "author_name": customer.name,
        "kind": message.content.kind.value,
        "text": message.content.text,
        "content": writing.stored(message.content),
        "order": message.order,
        "turn": conversation.turn,
        "external_id": message.external_id,
        "replies_to": message.replies_to,
        "sent_at": message.sent_at,
        "silence": silence,
        "analysis": analysis.model_dump(mode="json", exclude_defaults=True),
        "trace_id": tracing.trace_id(),
    }
    return insert_row(Message, row)


def _apply_to_target(conversation: Conversation, message: InboundMessage) -> None:
    """A reaction, an edit or a deletion shows on the message that it is about."""
    content = message.content
    if not content.target:
        return
    target = Message.objects(
        account=message.account,
        external_id=content.target,
        conversation_id=str(conversation.id),
    )
    if content.kind is MessageKind.REACTION:
        target.update_one(
            **{"set__reactions__customer": content.emoji} if content.emoji else {"unset__reactions__customer": True}
        )
    elif content.kind is MessageKind.REVOKE:
        target.update_one(set__revoked_at=message.sent_at)
    elif content.kind is MessageKind.EDIT:
        before = target.first()
        if before is not None:
            target.update_one(
                set__text=content.text,
                set__content__text=content.text,
                set__edited_from=before.edited_from or before.text or " ",
            )


def _set_in_motion(
    conversation: Conversation,
    message_id: str,
    message: InboundMessage,
    analysis: Analysis,
    decision: domain.Decision,
) -> None:
    match decision:
        case domain.Reply():
            due = clock.now() + _quiet(conversation, message, analysis)
            writing.await_assistant(conversation, due=due, change="message_added", message_id=message_id)
            return
        case domain.RuleReply(text=text):
            writing.insert_outbound(
                conversation,
                author=Author.SYSTEM,
                content=text_content(text),
                turn=conversation.turn,
            )
        case domain.Handoff(reason=reason, detail=detail):
            writing.request_person(conversation, reason=reason, detail=detail)
    writing.announce(conversation, "message_added", message_id=message_id)


def _quiet(conversation: Conversation, message: InboundMessage, analysis: Analysis) -> timedelta:
    now = clock.now()
    return domain.quiet_window(
        settings.QUIET_WINDOW_SECONDS,
        kind=message.content.kind,
        looks_complete=analysis.looks_complete,
        burst_age_seconds=(now - (conversation.burst_started_at or now)).total_seconds(),
    )
