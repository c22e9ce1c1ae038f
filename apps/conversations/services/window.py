"""Speaking only while the customer service window lets a message arrive: what it would refuse is shown, and never posted."""

from typing import Any

from apps.common import clock
from apps.contracts.content import Content
from apps.contracts.words import Author, HandoffReason, MessageKind
from apps.conversations import domain
from apps.conversations.documents import Conversation
from apps.conversations.services import writing
from apps.conversations.services.handing import handing_off

WINDOW_CLOSED = "window_closed"


def lets_out(conversation: Conversation, content: Content) -> bool:
    """Whether this content may reach the customer now; an approved template always may."""
    is_template = content.kind is MessageKind.TEMPLATE
    return is_template or domain.is_window_open(conversation.window_expires_at, clock.now())


def say_if_open(conversation: Conversation, *, author: Author, content: Content, **given: Any) -> bool:
    """Queue what the assistant or the product itself says, or keep it with the reason why it was not sent: False then.

    `given` as in `writing.insert_outbound`.
    """
    if lets_out(conversation, content):
        writing.insert_outbound(conversation, author=author, content=content, **given)
        return True
    message_id = writing.insert_unsent(conversation, author=author, content=content, code=WINDOW_CLOSED, **given)
    Conversation.objects(id=conversation.id, last_message_id=message_id).update_one(set__last_status="failed")
    return False


def give_to_person(conversation: Conversation) -> Conversation:
    """The assistant's answer could not leave: a person decides, with an approved template at hand."""
    changed: Conversation = Conversation.objects(id=conversation.id).modify(
        new=True, inc__version=1, **handing_off(conversation.tenant_id, conversation.queue)
    )
    writing.request_person(changed, reason=HandoffReason.ASSISTANT_FAILED, detail=WINDOW_CLOSED)
    return changed
