"""What the channel reported about our sends: the evidence of an account that is not told anything."""

from datetime import datetime

from apps.contracts.base import Value
from apps.contracts.words import DeliveryRank, DeliveryStatus
from apps.conversations.documents import Message

#: More would say no more.
ENOUGH = 50
REPORTED = [DeliveryStatus.SENT.value, DeliveryStatus.DELIVERED.value, DeliveryStatus.READ.value]


class Reports(Value):
    """Of the sends that the channel accepted: how many it never spoke of again, and whether it spoke of any."""

    unheard: int
    has_heard: bool


def reports(tenant_id: str, account: str, *, since: datetime, before: datetime) -> Reports:
    """Look at the sends of one account that were claimed between two moments."""
    sent = Message.objects(tenant_id=tenant_id, account=account, claimed_at__gte=since, claimed_at__lt=before)
    heard = sent.filter(status__in=REPORTED, rank__gte=int(DeliveryRank.SENT))
    unheard = sent.filter(status=DeliveryStatus.SENT.value, rank=int(DeliveryRank.NONE)).limit(ENOUGH)
    return Reports(unheard=unheard.count(with_limit_and_skip=True), has_heard=heard.only("id").first() is not None)
