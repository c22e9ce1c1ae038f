"""The commands that only machines need: making keys, and replying in one step."""

from datetime import datetime

from apps.api.domain import make_key
from apps.api.models import ApiKey
from apps.common.mongo import atomic
from apps.contracts.content import text_content
from apps.contracts.people import AttendantValue
from apps.contracts.words import Author
from apps.conversations import services as conversations
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


@atomic
def reply(
    *,
    attendant: AttendantValue,
    conversation_id: str,
    text: str,
    replies_to: str = "",
    client_id: str = "",
    is_watched: bool = True,
) -> str:
    """Say something to the customer, taking the conversation first when nobody but the assistant or a queue holds it.

    Raises AlreadyAssigned, CapacityReached, NotHolder, WindowClosed.
    """
    handoff.accept_conversation(attendant=attendant, conversation_id=conversation_id, is_watched=is_watched)
    message_id = conversations.add_reply(
        tenant_id=attendant.tenant_id,
        conversation_id=conversation_id,
        author=Author.ATTENDANT,
        content=text_content(text),
        attendant_id=attendant.id,
        attendant_name=attendant.name,
        replies_to=replies_to,
        client_id=client_id,
    )
    return message_id or ""
