"""What the bus remembers: every event, who still has to handle it, and what became of each handler."""

from typing import Any, ClassVar

from mongoengine import (
    DateTimeField,
    DictField,
    EmbeddedDocument,
    EmbeddedDocumentListField,
    IntField,
    ListField,
    StringField,
)

from apps.common.mongo import TenantDocument


class Pending(EmbeddedDocument):  # type: ignore[misc]
    """One handler that still has to run.

    to: "<app>.<handler>". due: not before; while claimed, the end of the lease. by: the process that claimed it, ""
    when free. claims: claims that ended without a verdict (the process died), plus the one under way. errors: verdicts
    of failure.
    """

    to: Any = StringField(required=True)
    queue: Any = StringField(required=True)
    due: Any = DateTimeField(required=True)
    by: Any = StringField(default="")
    claims: Any = IntField(default=0)
    errors: Any = IntField(default=0)


class EventRecord(TenantDocument):
    """One published event. `settled_at` is set when nothing is pending; the record goes 30 days later."""

    key: Any = StringField(required=True)
    type: Any = StringField(required=True)
    version: Any = IntField(default=1)
    data: Any = DictField()
    conversation_id: Any = StringField(default="")
    traceparent: Any = StringField(default="")
    trace_id: Any = StringField(default="")
    pending: Any = EmbeddedDocumentListField(Pending)
    verdicts: Any = ListField(DictField())
    dead: Any = ListField(DictField())
    settled_at: Any = DateTimeField()

    meta: ClassVar[dict[str, Any]] = {
        "collection": "events",
        "indexes": [
            {"fields": ["key"], "unique": True},
            ("tenant_id", "conversation_id", "created_at"),
            ("tenant_id", "created_at"),
            "trace_id",
            {"fields": ["conversation_id", "pending.to"], "sparse": True},
            "pending.due",
            "pending.by",
            {"fields": ["dead.at"], "sparse": True},
            {"fields": ["settled_at"], "expireAfterSeconds": 30 * 24 * 3600},
        ],
    }
