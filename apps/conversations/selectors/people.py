"""Who a customer is: who seems to be the same person, what was merged, and what they accept."""

from apps.common.mongo import is_id
from apps.contracts.conversations import ConsentValue, CustomerValue, MergeValue
from apps.conversations.documents import ConsentRecord, Customer, CustomerMerge
from apps.conversations.selectors.values import customer_value

MOST_SHOWN = 20


def consents_of(tenant_id: str, customer_id: str) -> list[ConsentValue]:
    """What this customer said about what they accept, newest first."""
    found = ConsentRecord.objects(tenant_id=tenant_id, customer_id=customer_id).order_by("-at", "-id")
    return [
        ConsentValue(
            scope=row.scope,
            is_out=row.is_out,
            source=row.source,
            at=row.at,
            external_id=row.external_id,
        )
        for row in found.limit(MOST_SHOWN)
    ]


def same_as(tenant_id: str, customer_id: str) -> list[CustomerValue]:
    """Customers who seem to be the same person: an identity, a phone number or a user name says so."""
    customer = Customer.objects(tenant_id=tenant_id, id=customer_id).first() if is_id(customer_id) else None
    if customer is None or customer.merged_into:
        return []
    others = Customer.objects(tenant_id=tenant_id, id__in=list(customer.same_as), merged_into__in=["", None])
    found = {str(one.id): one for one in others.limit(MOST_SHOWN)}
    for name in ("phone", "username"):
        if value := customer[name]:
            alike = Customer.objects(tenant_id=tenant_id, merged_into__in=["", None], **{name: value})
            found |= {str(one.id): one for one in alike.limit(MOST_SHOWN)}
    kept_apart = {customer_id, *customer.not_same_as}
    return [customer_value(one) for key, one in found.items() if key not in kept_apart]


def merges_of(tenant_id: str, customer_id: str) -> list[MergeValue]:
    """What was merged into this customer and can be parted again, newest first."""
    found = CustomerMerge.objects(tenant_id=tenant_id, kept_id=customer_id, undone_at=None).order_by("-created_at")
    return [
        MergeValue(
            id=str(row.id),
            kept_id=row.kept_id,
            merged_id=row.merged_id,
            merged_name=row.merged_name,
            at=row.created_at,
            by=row.by,
        )
        for row in found.limit(MOST_SHOWN)
    ]
