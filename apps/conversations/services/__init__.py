"""Every change to customers, conversations and messages. The only writer, and the only publisher of their events."""

from apps.conversations.services.baton import (
    close_conversation,
    requeue_conversation,
    return_to_assistant,
    take_conversation,
    transfer_conversation,
)
from apps.conversations.services.customers import update_customer
from apps.conversations.services.deliveries import record_delivery
from apps.conversations.services.details import (
    mark_read_by_attendant,
    record_rating,
    set_context,
    set_tags,
)
from apps.conversations.services.duplicates import propose_duplicates
from apps.conversations.services.echoes import record_echo
from apps.conversations.services.failing import hasten, resend
from apps.conversations.services.files import attach_media, fetch_again, replace_file
from apps.conversations.services.healing import heal_lanes
from apps.conversations.services.intake import receive_message
from apps.conversations.services.lane import (
    claim_outbound,
    give_up_sending,
    resolve_unconfirmed,
    settle_failed,
    settle_refused,
    settle_sent,
    settle_unconfirmed,
    settle_waiting,
)
from apps.conversations.services.merging import dismiss_same, merge_customers, undo_merge
from apps.conversations.services.notes import add_note
from apps.conversations.services.replies import add_reply
from apps.conversations.services.yielding import record_silence, request_handoff

__all__ = [
    "add_note",
    "add_reply",
    "attach_media",
    "claim_outbound",
    "close_conversation",
    "dismiss_same",
    "fetch_again",
    "give_up_sending",
    "hasten",
    "heal_lanes",
    "mark_read_by_attendant",
    "merge_customers",
    "propose_duplicates",
    "receive_message",
    "record_delivery",
    "record_echo",
    "record_rating",
    "record_silence",
    "replace_file",
    "request_handoff",
    "requeue_conversation",
    "resend",
    "resolve_unconfirmed",
    "return_to_assistant",
    "set_context",
    "set_tags",
    "settle_failed",
    "settle_refused",
    "settle_sent",
    "settle_unconfirmed",
    "settle_waiting",
    "take_conversation",
    "transfer_conversation",
    "undo_merge",
    "update_customer",
]
