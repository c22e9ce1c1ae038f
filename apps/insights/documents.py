"""What customers say about how they were served."""

from typing import Any, ClassVar

from mongoengine import DateTimeField, IntField, StringField

from apps.common.mongo import TenantDocument


class Feedback(TenantDocument):
    """One request for a rating, and the customer's answer if there is one. At most one per conversation.

    rating: 1 to 5, empty until rated. attendant_id: who closed the conversation.
    """

    conversation_id: Any = StringField(required=True)
    customer_id: Any = StringField(required=True)
    ticket_id: Any = StringField(default="")
    attendant_id: Any = StringField(default="")
    queue: Any = StringField(default="")
    message_id: Any = StringField(default="")
    asked_at: Any = DateTimeField(required=True)
    rating: Any = IntField(min_value=1, max_value=5)
    rated_at: Any = DateTimeField()

    meta: ClassVar[dict[str, Any]] = {
        "collection": "feedback",
        "indexes": [
            {"fields": ["tenant_id", "conversation_id"], "unique": True},
            ("tenant_id", "rated_at"),
            ("tenant_id", "asked_at"),
        ],
    }
