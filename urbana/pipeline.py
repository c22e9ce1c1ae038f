"""The product in one table: what happens (event) → who reacts (handler), and on which queue.

Read it from top to bottom and follow one customer message. `inline` handlers call nothing outside, so they run in the
publisher's transaction; `otherwise` names who answers for a line that ended in the dead letters; an `ephemeral` line
is a courtesy that may be lost. `manage.py pipeline` prints this table.
"""

from typing import Any

from apps.contracts import conditions as when
from apps.contracts import events
from apps.events.pipeline import on

AT_ITS_TIME: dict[str, Any] = {"due": when.due, "otherwise": "conversations.give_up_sending"}
PIPELINE = (
    # A channel delivered a customer's message: analyse, filter, enrich and route it; fetch its file meanwhile.
    on(
        events.MessageReceived,
        "processor.process_message",
        queue="intake",
        inline=True,
        otherwise="conversations.keep_unprocessed",
    ),
    on(events.MessageReceived, "gateway.fetch_media", queue="delivery", when=when.has_media),
    on(events.MessageReceived, "gateway.acknowledge", queue="delivery", when=when.is_choice, ephemeral=True),
    # Append it to its conversation and decide who answers: the assistant, a person, or nobody for a recorded reason.
    on(
        events.MessageProcessed,
        "conversations.advance_conversation",
        queue="intake",
        inline=True,
        otherwise="conversations.keep_unprocessed",
    ),
    on(events.MessageProcessed, "insights.record_feedback", queue="intake", when=when.is_rating),
    # The assistant's turn: show that somebody is writing, wait until the customer pauses, answer once.
    on(events.ConversationUpdated, "gateway.show_typing", queue="delivery", when=when.awaits_assistant, ephemeral=True),
    on(events.ConversationUpdated, "gateway.show_read", queue="delivery", when=when.was_read, ephemeral=True),
    on(
        events.ConversationUpdated,
        "ai.answer_customer",
        queue="assistant",
        when=when.awaits_assistant,
        due=when.due,
        otherwise="conversations.give_up_turn",
    ),
    on(events.ConversationUpdated, "gateway.fetch_media_again", queue="delivery", when=when.asks_for_file),
    # A person's turn: open a ticket, tell the customer their place.
    on(events.HandoffRequested, "handoff.open_ticket", queue="intake"),
    on(events.ResponseGenerated, "handoff.note_reply", queue="intake", when=when.is_by_attendant),
    # Something was said, by anyone: send it, in order, exactly once, and follow what becomes of it.
    on(events.ResponseGenerated, "gateway.deliver", queue="delivery", when=when.is_reply, **AT_ITS_TIME),
    # What nobody waits for has a queue of its own, so that no reply stands behind a thousand of them.
    on(events.ResponseGenerated, "gateway.deliver_bulk", queue="bulk", when=when.is_bulk, **AT_ITS_TIME),
    on(events.DeliveryUpdated, "conversations.record_delivery", queue="intake", inline=True),
    # The attendant is done: ask how it was.
    on(events.HandoffCompleted, "insights.ask_for_feedback", queue="intake"),
)
