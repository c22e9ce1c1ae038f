"""What the assistant produces: one row per call to a language model."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from mongoengine import BooleanField, Decimal128Field, IntField, StringField

from apps.common.mongo import TenantDocument

#: Calls are kept this long; what they cost in total is kept by the metrics.
KEEP_SECONDS = 180 * 24 * 3600


class ModelCall(TenantDocument):
    """One request to a model: what it cost and how it ended. No text of anybody's.

    `outcome` is "answered" or the code of the ModelError.
    """

    conversation_id: Any = StringField(default="")
    turn: Any = IntField(default=0)
    use: Any = StringField(default="answer")
    provider: Any = StringField(required=True)
    model: Any = StringField(default="")
    prompt_version: Any = StringField(default="")
    prompt_tokens: Any = IntField(default=0)
    cached_tokens: Any = IntField(default=0)
    completion_tokens: Any = IntField(default=0)
    cost_usd: Any = Decimal128Field(default=Decimal(0))
    latency_ms: Any = IntField(default=0)
    outcome: Any = StringField(required=True)
    repaired: Any = BooleanField(default=False)
    request_id: Any = StringField(default="")

    meta: ClassVar[dict[str, Any]] = {
        "collection": "model_calls",
        "indexes": [
            ("tenant_id", "-created_at"),
            ("tenant_id", "conversation_id", "-created_at"),
            {"fields": ["created_at"], "expireAfterSeconds": KEEP_SECONDS},
        ],
    }

    @classmethod
    def spent_since(cls, tenant_id: str, since: datetime) -> Decimal:
        rows = cls.objects(tenant_id=tenant_id, created_at__gte=since).aggregate(
            [{"$group": {"_id": None, "total": {"$sum": "$cost_usd"}}}]
        )
        found = next(iter(rows), None)
        return Decimal(str(found["total"])) if found else Decimal(0)
