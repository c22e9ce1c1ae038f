"""T1: a customer's message enters its conversation, and `decide` says who answers it."""

from datetime import timedelta
from typing import Any

from django.conf import settings

from apps.common import clock, tracing
from apps.common.mongo import atomic, insert_row
from apps.contracts.content import text_content
from apps.contracts.messages import Analysis, InboundMessage
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
from apps.conversations.services.amendments import amend, forget_revoked_turn
from apps.conversations.services.consent import Consent, confirm, note_consent
from apps.conversations.services.customers import customer_for, follow_identity
from apps.conversations.services.handing import handing_off
from apps.conversations.services.opening import conversation_for
from apps.tenants import selectors as tenants

#: Silences that still count as a turn: somebody is there to answer, only not the assistant.
_TURNS_OF_PEOPLE = (SilenceReason.HELD_BY_PERSON, SilenceReason.WAITING_FOR_PERSON)


@atomic
def receive_message(*, message: InboundMessage, analysis: Analysis) -> str:
    """Append a customer's message to the open conversation, or to a new one, and set in motion who answers it.

    Safe to repeat: (account, external id) is unique, so a second run raises AlreadyExists and changes nothing.
    """
    customer = follow_identity(customer_for(message.tenant_id, message.sender), message)
    consent = note_consent(customer, message, analysis)
    conversation = conversation_for(message, customer, analysis)
    decision = _decide(conversation, customer, message, analysis, consent)
    advances = not isinstance(decision, domain.Silent) or decision.reason in _TURNS_OF_PEOPLE
    conversation = _touch(conversation, message, analysis, decision, advances=advances)
    message_id = _insert(conversation, customer, message, analysis, decision)
    if message.content.target:
        target = amend(message.account, message.content.target)
        if target is not None:
            forget_revoked_turn(conversation, target)
    else:
        # What was said about it may have overtaken it.
        amend(message.account, message.external_id)
    _set_in_motion(conversation, message_id, message, analysis, decision)
    if consent is not None:
        confirm(conversation, consent)
    return message_id


def _decide(
    conversation: Conversation,
    customer: Customer,
    message: InboundMessage,
    analysis: Analysis,
    consent: Consent | None,
) -> domain.Decision:
    is_behind = message.order < conversation.late_order and conversation.turn == conversation.answered
    turn = domain.Turn(
        status=ConversationStatus(conversation.status),
        kind=message.content.kind,
        analysis=analysis,
        age=message.received_at - message.sent_at,
        failed_replies=conversation.failed_replies,
        is_opted_out=customer.opted_out_at is not None,
        is_consent=consent is not None,
        is_behind=is_behind,
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
            changes |= _advance(conversation, message, analysis)
        if analysis.tags:
            changes["add_to_set__tags"] = list(analysis.tags)
        if analysis.assistant:
            changes["set__assistant"] = analysis.assistant
    touched: Conversation = Conversation.objects(id=conversation.id).modify(new=True, **changes)
    return touched


def _arrival(conversation: Conversation, message: InboundMessage) -> dict[str, Any]:
    """What every arrival changes. A message that was overtaken by a newer one does not turn the address or the line back."""
    changes: dict[str, Any] = {"set__last_message_at": clock.now()}
    if message.order >= conversation.heard_order:
        changes |= {
            "set__heard_order": message.order,
            "set__address": _address_of(message),
            "set__sender": list(message.sender.identities),
            **writing.last_of(Author.CUSTOMER, message.content),
        }
    if domain.renews_window(message):
        expires = domain.window_after(message)
        if conversation.window_expires_at is None or expires > conversation.window_expires_at:
            changes["set__window_expires_at"] = expires
    return changes


def _address_of(message: InboundMessage) -> str:
    """Where the customer is answered: where they wrote from, or where the channel says that they are now."""
    is_report = message.content.kind is MessageKind.SYSTEM
    return (is_report and message.content.fields.get("new_address")) or message.sender.address


def _advance(conversation: Conversation, message: InboundMessage, analysis: Analysis) -> dict[str, Any]:
    now = clock.now()
    changes: dict[str, Any] = {"inc__turn": 1, "inc__unread": 1, "set__last_customer_message_at": now}
    if message.received_at - message.sent_at >= domain.LATE:
        changes["set__late_order"] = max(conversation.late_order, message.order)
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
        age=message.received_at - message.sent_at,
    )
