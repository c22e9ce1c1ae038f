"""The commands of insights: ask a customer for a rating, and keep it."""

from collections.abc import Mapping

from apps.common import clock
from apps.common.mongo import AlreadyExists, atomic
from apps.contracts.conversations import ConversationValue
from apps.contracts.history import PastConversation
from apps.contracts.words import Author, ConversationStatus
from apps.conversations import selectors as conversation_queries
from apps.conversations import services as conversations
from apps.insights import metrics, wording
from apps.insights.documents import Feedback
from apps.insights.domain import may_ask


def ask_for_feedback(*, tenant_id: str, conversation_id: str, attendant_id: str, ticket_id: str) -> bool:
    """Ask the customer of a closed conversation for a rating. False when it may not be asked, or was already.

    Safe to repeat: one request per conversation, in the same transaction as the message that asks.
    """
    conversation = conversation_queries.conversation(tenant_id, conversation_id)
    if conversation is None or conversation.status is not ConversationStatus.CLOSED:
        return False
    customer = conversation_queries.customer(tenant_id, conversation.customer_id)
    if not may_ask(conversation, customer, now=clock.now()):
        return False
    try:
        _ask(conversation, attendant_id, ticket_id)
    except AlreadyExists:
        return False
    metrics.FEEDBACK_ASKED.inc()
    return True


@atomic
def _ask(conversation: ConversationValue, attendant_id: str, ticket_id: str) -> None:
    message_id = conversations.add_reply(
        tenant_id=conversation.tenant_id,
        conversation_id=conversation.id,
        author=Author.SYSTEM,
        content=wording.rating_request(conversation.id, conversation.customer_name),
    )
    Feedback(
        tenant_id=conversation.tenant_id,
        conversation_id=conversation.id,
        customer_id=conversation.customer_id,
        ticket_id=ticket_id,
        attendant_id=attendant_id,
        queue=conversation.queue,
        message_id=message_id or "",
        asked_at=clock.now(),
    ).save(force_insert=True)


def record_feedback(*, tenant_id: str, conversation_id: str, rating: int, identities: tuple[str, ...]) -> bool:
    """Keep the rating a customer gave of their own conversation, the first one only, and thank them.

    `identities` are the sender's. False for a repeat, and for a conversation that is not theirs or was not asked about.
    """
    conversation = conversation_queries.conversation(tenant_id, conversation_id)
    customer = conversation_queries.customer(tenant_id, conversation.customer_id) if conversation else None
    if customer is None or not set(customer.identities) & set(identities):
        return False
    if not _record(tenant_id, conversation_id, rating):
        return False
    metrics.FEEDBACK_RATED.labels(str(rating)).inc()
    return True


def import_feedback(*, conversations: Mapping[str, PastConversation]) -> None:
    """Keep the ratings of conversations that already happened, by their new ids. Safe to repeat: one per conversation."""
    for conversation_id, past in conversations.items():
        found = conversation_queries.conversation(past.tenant_id, conversation_id) if past.rating else None
        if found is None:
            continue
        Feedback.objects(tenant_id=past.tenant_id, conversation_id=conversation_id).update_one(
            set_on_insert__created_at=clock.now(),
            set_on_insert__customer_id=found.customer_id,
            set_on_insert__attendant_id=past.attendant_id,
            set_on_insert__queue=past.queue,
            set_on_insert__asked_at=found.closed_at or past.messages[-1].at,
            set_on_insert__rating=past.rating,
            set_on_insert__rated_at=past.messages[-1].at,
            upsert=True,
        )


@atomic
def _record(tenant_id: str, conversation_id: str, rating: int) -> bool:
    if not conversations.record_rating(tenant_id=tenant_id, conversation_id=conversation_id, rating=rating):
        return False
    Feedback.objects(tenant_id=tenant_id, conversation_id=conversation_id, rating=None).update_one(
        set__rating=rating, set__rated_at=clock.now()
    )
    conversations.add_reply(
        tenant_id=tenant_id,
        conversation_id=conversation_id,
        author=Author.SYSTEM,
        content=wording.thanks(rating),
    )
    return True
