"""Every question about customers, conversations and messages. Hands out values; never writes."""

from apps.conversations.selectors.context import answer_context, history
from apps.conversations.selectors.files import FileToSend, file_to_send
from apps.conversations.selectors.lists import (
    Page,
    conversation_for,
    conversations_for,
    counts_for,
    list_conversations,
)
from apps.conversations.selectors.reports import Reports, reports
from apps.conversations.selectors.sending import (
    NextSend,
    PendingSend,
    next_outbound,
    stuck_sends,
    unconfirmed_sends,
)
from apps.conversations.selectors.single import (
    conversation,
    customer,
    customers,
    message,
    message_by_external_id,
    messages,
    previous_conversations,
)

__all__ = [
    "FileToSend",
    "NextSend",
    "Page",
    "PendingSend",
    "Reports",
    "answer_context",
    "conversation",
    "conversation_for",
    "conversations_for",
    "counts_for",
    "customer",
    "customers",
    "file_to_send",
    "history",
    "list_conversations",
    "message",
    "message_by_external_id",
    "messages",
    "next_outbound",
    "previous_conversations",
    "reports",
    "stuck_sends",
    "unconfirmed_sends",
]
