"""The product in one table: what happens (event) → who reacts (handler), and on which queue.

Read it from top to bottom and follow one customer message. `inline` handlers call nothing outside, so they run in the
publisher's transaction; `otherwise` names who answers for a line that ended in the dead letters; an `ephemeral` line
is a courtesy that may be lost. `manage.py pipeline` prints this table.
"""

from apps.contracts.events import (
    ConversationUpdated,
    DeliveryUpdated,
    HandoffCompleted,
    HandoffRequested,
    MessageProcessed,
    MessageReceived,
    ResponseGenerated,
)
from apps.contracts.words import MEDIA_KINDS
from apps.events.pipeline import on


def has_media(event: MessageReceived) -> bool:
    return event.message.content.kind in MEDIA_KINDS


def is_rating(event: MessageProcessed) -> bool:
    return event.analysis.rating is not None


def awaits_assistant(event: ConversationUpdated) -> bool:
    return event.awaiting == "assistant"


PIPELINE = (
    on(
        MessageReceived,
        "processor.process_message",
        queue="intake",
        inline=True,
        otherwise="conversations.keep_unprocessed",
    ),
    on(MessageReceived, "gateway.fetch_media", queue="delivery", when=has_media),
    on(
        MessageProcessed,
        "conversations.advance_conversation",
        queue="intake",
        inline=True,
        otherwise="conversations.keep_unprocessed",
    ),
    on(MessageProcessed, "insights.record_feedback", queue="intake", when=is_rating),
    on(
        ConversationUpdated,
        "gateway.show_typing",
        queue="delivery",
        when=awaits_assistant,
        ephemeral=True,
    ),
    on(
        ConversationUpdated,
        "ai.answer_customer",
        queue="assistant",
        when=awaits_assistant,
        due=lambda event: event.due,
        otherwise="conversations.give_up_turn",
    ),
    on(HandoffRequested, "handoff.open_ticket", queue="intake"),
    on(
        ResponseGenerated,
        "gateway.deliver",
        queue="delivery",
        otherwise="conversations.give_up_sending",
    ),
    on(DeliveryUpdated, "conversations.record_delivery", queue="intake", inline=True),
    on(HandoffCompleted, "insights.ask_for_feedback", queue="intake"),
)
