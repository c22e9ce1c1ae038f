"""What people write for the team: beside the customer's thread, never sent."""

from apps.common.mongo import atomic
from apps.contracts.content import text_content
from apps.contracts.words import Author
from apps.conversations.documents import Conversation, Message
from apps.conversations.services import writing


@atomic
def add_note(
    *,
    tenant_id: str,
    conversation_id: str,
    attendant_id: str,
    attendant_name: str,
    text: str,
    client_id: str = "",
) -> str | None:
    """Write an internal note: for the team only, never sent. Anyone who may see the conversation may write one."""
    if before := posted_before(conversation_id, client_id):
        return before
    conversation = Conversation.objects(tenant_id=tenant_id, id=conversation_id).modify(new=True, inc__version=1)
    if conversation is None:
        return None
    note_id = writing.insert_note(
        conversation,
        author=Author.ATTENDANT,
        content=text_content(text),
        author_id=attendant_id,
        author_name=attendant_name,
        client_id=client_id,
    )
    writing.announce(conversation, "note_added", message_id=note_id)
    return note_id


def posted_before(conversation_id: str, client_id: str) -> str | None:
    """The message that the same form or request made already."""
    before = Message.objects(conversation_id=conversation_id, client_id=client_id).first() if client_id else None
    return None if before is None else str(before.id)
