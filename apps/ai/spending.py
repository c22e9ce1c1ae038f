"""What the model calls of a tenant consumed, for figures and the API."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from apps.ai.documents import ModelCall
from apps.contracts.base import Value

#: A figure never holds the store longer than this.
LIMIT_MS = 5_000


class Usage(Value):
    """Calls to language models with their tokens and cost."""

    calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: Decimal = Decimal(0)


def usage_since(tenant_id: str, since: datetime) -> Usage:
    rows = _grouped(tenant_id, since, None)
    return _usage(rows[0]) if rows else Usage()


def costs_by_day(tenant_id: str, *, since: datetime, timezone: str) -> dict[date, Decimal]:
    """Cost in USD of each day of the given time zone; a day without calls is not in it."""
    day = {"$dateToString": {"format": "%Y-%m-%d", "date": "$created_at", "timezone": timezone}}
    return {date.fromisoformat(row["_id"]): _usage(row).cost_usd for row in _grouped(tenant_id, since, day)}


def _grouped(tenant_id: str, since: datetime, by: Any) -> list[dict[str, Any]]:
    steps = [
        {"$match": {"tenant_id": tenant_id, "created_at": {"$gte": since}}},
        {
            "$group": {
                "_id": by,
                "calls": {"$sum": 1},
                **{
                    name: {"$sum": f"${name}"}
                    for name in ("prompt_tokens", "cached_tokens", "completion_tokens", "cost_usd")
                },
            }
        },
    ]
    return list(ModelCall.objects.aggregate(steps, maxTimeMS=LIMIT_MS))


def _usage(row: dict[str, Any]) -> Usage:
    return Usage(
        calls=row["calls"],
        prompt_tokens=row["prompt_tokens"],
        cached_tokens=row["cached_tokens"],
        completion_tokens=row["completion_tokens"],
        cost_usd=Decimal(str(row["cost_usd"])),
    )
