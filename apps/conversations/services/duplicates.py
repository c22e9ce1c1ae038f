"""Finds customers who seem to be one person, across everything that is stored."""

from collections.abc import Iterator
from itertools import combinations

from apps.common.mongo import atomic
from apps.conversations.documents import Customer
from apps.conversations.services.customers import propose_same

#: A number or name that more customers share than this belongs to nobody in particular.
MOST_ALIKE = 5
LIMIT_MS = 60_000


def propose_duplicates(*, tenant_id: str) -> list[tuple[str, str]]:
    """Mark all who share a phone number or a user name as seeming the same; give each pair of ids. Safe to repeat.

    Nothing is merged: that is a person's decision. Whom somebody judged different stays so.
    """
    pairs: dict[tuple[str, str], None] = {}
    for name in ("phone", "username"):
        for ids in _alike(tenant_id, name):
            for one, other in combinations(ids, 2):
                if _propose(tenant_id, one, other):
                    pairs[(one, other)] = None
    return list(pairs)


def _alike(tenant_id: str, name: str) -> Iterator[list[str]]:
    steps = [
        {"$match": {"tenant_id": tenant_id, name: {"$gt": ""}, "merged_into": {"$in": ["", None]}}},
        {"$sort": {"created_at": 1}},
        {"$group": {"_id": f"${name}", "ids": {"$push": "$_id"}, "count": {"$sum": 1}}},
        {"$match": {"count": {"$gte": 2, "$lte": MOST_ALIKE}}},
    ]
    for found in Customer.objects.aggregate(steps, maxTimeMS=LIMIT_MS, allowDiskUse=True):
        yield [str(one) for one in found["ids"]]


@atomic
def _propose(tenant_id: str, one: str, other: str) -> bool:
    first, second = (Customer.objects(tenant_id=tenant_id, id=key).first() for key in (one, other))
    if first is None or second is None or other in first.not_same_as:
        return False
    propose_same(first, [second])
    return True
