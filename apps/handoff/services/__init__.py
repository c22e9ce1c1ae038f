"""The commands of the handoff."""

from apps.handoff.services.presence import heartbeat, set_presence
from apps.handoff.services.reconcile import reconcile, repair
from apps.handoff.services.starting import start_conversation
from apps.handoff.services.tickets import accept_conversation, complete, note_first_reply, open_ticket, transfer

__all__ = [
    "accept_conversation",
    "complete",
    "heartbeat",
    "note_first_reply",
    "open_ticket",
    "reconcile",
    "repair",
    "set_presence",
    "start_conversation",
    "transfer",
]
