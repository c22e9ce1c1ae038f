"""The commands that only machines need: making keys, and replying in one step."""

from datetime import datetime

from apps.api.domain import make_key
from apps.api.models import ApiKey
from apps.common.mongo import atomic
from apps.contracts.content import Content
from apps.contracts.conversations import ConversationValue, MessageValue
from apps.contracts.people import AttendantValue
from apps.contracts.words import Author
from apps.conversations import selectors as conversation_queries
from apps.conversations import services as conversations
from apps.gateway.services import files, outgoing
from apps.handoff import services as handoff


def create_key(
    *,
    tenant_id: str,
    name: str,
    can_write: bool = False,
    attendant_id: str = "",
    expires_at: datetime | None = None,
) -> str:
    """Make a key and give its text, which is kept nowhere."""
    key = make_key()
    ApiKey.objects.create(
        tenant_id=tenant_id,
        name=name,
        prefix=key.prefix,
        digest=key.digest,
        can_write=can_write,
        attendant_id=int(attendant_id) if attendant_id else None,
        expires_at=expires_at,
    )
    return key.text


def reply(
    *,
    attendant: AttendantValue,
    conversation: ConversationValue,
    content: Content,
    replies_to: str = "",
    client_id: str = "",
    is_watched: bool = True,
) -> str:
    """Say something to the customer, taking the conversation first when nobody but the assistant or a queue holds it.

    `replies_to` quotes a message by its id or by the channel's. Raises SendError for what the channel would refuse,
    before anything changes; AlreadyAssigned, CapacityReached, NotHolder, WindowClosed.
    """
    content = outgoing.prepare(conversation, content)
    quoted = outgoing.quoted(conversation, _message(conversation, replies_to)) if replies_to else ""
    if content.media is not None:
        files.mark_sent(tenant_id=conversation.tenant_id, path=content.media.file)
    return _say(attendant, conversation.id, content, quoted, client_id, is_watched=is_watched)


def react(
    *,
    attendant: AttendantValue,
    conversation: ConversationValue,
    message: MessageValue,
    emoji: str,
    client_id: str = "",
) -> str:
    """React to a message, "" to take it back, in a conversation that one holds. Raises SendError, NotHolder, WindowClosed."""
    message_id = conversations.add_reply(
        tenant_id=conversation.tenant_id,
        conversation_id=conversation.id,
        author=Author.ATTENDANT,
        content=outgoing.reaction_to(conversation, message, emoji),
        attendant_id=attendant.id,
        attendant_name=attendant.name,
        client_id=client_id,
    )
    return message_id or ""


@atomic
def _say(
    attendant: AttendantValue, conversation_id: str, content: Content, quoted: str, client_id: str, *, is_watched: bool
) -> str:
    handoff.accept_conversation(attendant=attendant, conversation_id=conversation_id, is_watched=is_watched)
    message_id = conversations.add_reply(
        tenant_id=attendant.tenant_id,
        conversation_id=conversation_id,
        author=Author.ATTENDANT,
        content=content,
        attendant_id=attendant.id,
        attendant_name=attendant.name,
        replies_to=quoted,
        client_id=client_id,
    )
    return message_id or ""


def _message(conversation: ConversationValue, name: str) -> MessageValue | None:
    """A message by our id or, for those who know only that, the channel's."""
    found = conversation_queries.message(conversation.tenant_id, name)
    return found or conversation_queries.message_by_external_id(conversation.tenant_id, conversation.account, name)
