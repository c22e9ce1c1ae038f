"""What a handoff leaves behind: tickets, and one guard per attendant and per queue that serialises claims."""

from typing import Any, ClassVar

from mongoengine import BooleanField, DateTimeField, DictField, IntField, ListField, StringField

from apps.common import clock
from apps.common.mongo import TenantDocument
from apps.contracts.handoff import TicketState


class HandoffTicket(TenantDocument):
    """One handoff. At most one is open per conversation; `state` walks the saga and `times` says when.

    priority: higher stands before lower, then the older `queued_at`. due_at: when the queue's limit for accepting
    runs out, empty once the compensation ran. is_watched: False while a machine holds it, whose presence nobody
    expects. told_position: the place the customer heard last. offered_to: who
    could have taken it when it was offered.
    """

    conversation_id: Any = StringField(required=True)
    queue: Any = StringField(required=True)
    reason: Any = StringField(required=True)
    reason_detail: Any = StringField(default="")
    turn: Any = IntField(default=0)
    state: Any = StringField(required=True, choices=[state.value for state in TicketState])
    is_open: Any = BooleanField(default=True)
    priority: Any = IntField(default=0)
    queued_at: Any = DateTimeField(required=True, default=clock.now)
    due_at: Any = DateTimeField()
    told_position: Any = IntField(default=0)
    offered_to: Any = ListField(StringField())
    attendant_id: Any = StringField(default="")
    attendant_name: Any = StringField(default="")
    held_since: Any = DateTimeField()
    is_watched: Any = BooleanField(default=True)
    transfer_reason: Any = StringField(default="")
    times: Any = DictField(DateTimeField())
    outcome: Any = StringField(default="")

    meta: ClassVar[dict[str, Any]] = {
        "collection": "handoff_tickets",
        "indexes": [
            {
                "fields": ["tenant_id", "conversation_id"],
                "unique": True,
                "partialFilterExpression": {"is_open": True},
                "name": "one_open_ticket_per_conversation",
            },
            ("tenant_id", "conversation_id", "-created_at"),
            ("tenant_id", "is_open", "queue", "state", "-priority", "queued_at"),
            ("tenant_id", "is_open", "attendant_id"),
            ("is_open", "state", "due_at"),
            ("tenant_id", "queue", "-times.accepted"),
            ("tenant_id", "created_at"),
        ],
    }


class AttendantLoad(TenantDocument):
    """Written by every claim of one attendant, so that two claims at once conflict and the second counts anew.

    The load itself is counted from the open tickets inside the same transaction: a counter could drift.
    """

    attendant_id: Any = StringField(required=True)
    claims: Any = IntField(default=0)

    meta: ClassVar[dict[str, Any]] = {
        "collection": "attendant_loads",
        "indexes": [{"fields": ["tenant_id", "attendant_id"], "unique": True}],
    }


class QueueLine(TenantDocument):
    """Written by whatever joins a queue, so that two customers are never told the same place."""

    queue: Any = StringField(required=True)
    joined: Any = IntField(default=0)

    meta: ClassVar[dict[str, Any]] = {
        "collection": "queue_lines",
        "indexes": [{"fields": ["tenant_id", "queue"], "unique": True}],
    }
