"""Sending approved templates for machines: into a conversation, or as the first word of one."""

from typing import Any

from django.utils.translation import gettext as _

from apps.common.mongo import atomic
from apps.contracts.content import Content
from apps.contracts.errors import ConversationOpen, TemplateRefused
from apps.contracts.people import AttendantValue, ChannelAccountValue
from apps.contracts.words import Author
from apps.conversations import selectors as conversation_queries
from apps.conversations import services as conversations
from apps.conversations.services import starting
from apps.conversations.services.starting import Started
from apps.gateway.services.templates import sender_for
from apps.handoff import services as handoff


@atomic
def send_template(
    *,
    attendant: AttendantValue,
    conversation_id: str,
    content: Content,
    client_id: str = "",
    is_bulk: bool = False,
    is_watched: bool = True,
) -> str:
    """Say a filled-in template. Unless it is bulk, the conversation becomes the caller's first, as for any reply.

    Raises AlreadyAssigned, CapacityReached, NotHolder, OptedOut.
    """
    if not is_bulk:
        handoff.accept_conversation(attendant=attendant, conversation_id=conversation_id, is_watched=is_watched)
    message_id = conversations.add_reply(
        tenant_id=attendant.tenant_id,
        conversation_id=conversation_id,
        author=Author.SYSTEM if is_bulk else Author.ATTENDANT,
        content=content,
        attendant_id="" if is_bulk else attendant.id,
        attendant_name="" if is_bulk else attendant.name,
        client_id=client_id,
        is_bulk=is_bulk,
    )
    return message_id or ""


def start(
    *,
    attendant: AttendantValue,
    account: ChannelAccountValue,
    content: Content,
    customer_id: str = "",
    phone: str = "",
    name: str = "",
    is_held_by_caller: bool = False,
    client_id: str = "",
    is_bulk: bool = False,
    is_watched: bool = True,
) -> Started:
    """Begin with a customer, or go on in the conversation that they have open. The same `client_id` is one message.

    Raises TemplateRefused for a number that is none, LookupError for a customer who cannot be reached, OptedOut, and what
    `send_template` raises.
    """
    customer_id, address = _reached(account, customer_id, phone, name)
    first: dict[str, Any] = {"account": account, "customer_id": customer_id, "content": content, "address": address}
    said: dict[str, Any] = {"client_id": client_id, "is_bulk": is_bulk}
    try:
        if is_held_by_caller:
            return handoff.start_conversation(attendant=attendant, is_watched=is_watched, **first, **said)
        return starting.start_conversation(**first, **said)
    except ConversationOpen as opened:
        said |= {"conversation_id": opened.conversation_id, "content": content}
        if is_held_by_caller:
            message_id = send_template(attendant=attendant, is_watched=is_watched, **said)
        else:
            # In the business's name: nobody's conversation is taken from them.
            message_id = conversations.add_reply(tenant_id=account.tenant_id, author=Author.SYSTEM, **said) or ""
        return Started(opened.conversation_id, message_id)


def _reached(account: ChannelAccountValue, customer_id: str, phone: str, name: str) -> tuple[str, str]:
    """The customer and where they are reached, the number's owner made known when nobody knows them."""
    if phone:
        sender = sender_for(account=account, phone=phone)
        if sender is None:
            raise TemplateRefused(fields={"phone": _("Isto não é um número de telefone.")})
        return starting.make_known(tenant_id=account.tenant_id, sender=sender, name=name), sender.address
    known = conversation_queries.customer(account.tenant_id, customer_id)
    sender = sender_for(account=account, phone=f"+{known.phone}") if known and known.phone else None
    return customer_id, sender.address if sender else ""
