"""Customers: one person, however they appear."""

from apps.common import clock
from apps.common.mongo import atomic
from apps.contracts.messages import Analysis, InboundMessage
from apps.conversations.documents import Conversation, Customer


def customer_for(message: InboundMessage) -> Customer:
    """Find who wrote, by any of their identities, and remember the new ones; make them known if they are not.

    The oldest customer wins when identities point to several people; merging them is a person's decision.
    """
    sender = message.sender
    found: Customer | None = (
        Customer.objects(tenant_id=message.tenant_id, identities__in=list(sender.identities))
        .order_by("created_at")
        .first()
    )
    if found is None:
        customer = Customer(
            tenant_id=message.tenant_id,
            identities=list(sender.identities),
            name=sender.name or sender.username or sender.phone or sender.address,
            phone=sender.phone,
            username=sender.username,
        )
        customer.save(force_insert=True, validate=False)
        return customer
    changes = _news(found, message)
    if changes:
        found = Customer.objects(id=found.id).modify(new=True, **changes)
    return found


def _news(customer: Customer, message: InboundMessage) -> dict[str, object]:
    sender = message.sender
    changes: dict[str, object] = {}
    unknown = [identity for identity in sender.identities if identity not in customer.identities]
    # An identity that belongs to another customer would break the unique key: that pair waits for a merge.
    others = (
        Customer.objects(tenant_id=customer.tenant_id, identities__in=unknown).only("identities") if unknown else ()
    )
    taken = {identity for other in others for identity in other.identities}
    new = [identity for identity in unknown if identity not in taken]
    if new:
        changes["add_to_set__identities"] = new
    if sender.name and not customer.name:
        changes["set__name"] = sender.name
    if sender.phone and not customer.phone:
        changes["set__phone"] = sender.phone
    if sender.username and sender.username != customer.username:
        changes["set__username"] = sender.username
    return changes


def note_consent(customer: Customer, analysis: Analysis) -> None:
    """Keep when a customer opted out of being answered, or came back."""
    if analysis.intent == "opt_out" and customer.opted_out_at is None:
        Customer.objects(id=customer.id).update_one(set__opted_out_at=clock.now())
    elif analysis.intent == "opt_in" and customer.opted_out_at is not None:
        Customer.objects(id=customer.id).update_one(unset__opted_out_at=True)


@atomic
def update_customer(
    *,
    tenant_id: str,
    customer_id: str,
    name: str | None = None,
    tags: tuple[str, ...] | None = None,
    custom: dict[str, str] | None = None,
) -> bool:
    """Change what a person may change of a customer; None leaves a field alone. False when there is no such customer."""
    changes: dict[str, object] = {}
    if name is not None:
        changes["set__name"] = name
    if tags is not None:
        changes["set__tags"] = list(tags)
    if custom is not None:
        changes["set__custom"] = custom
    if not changes:
        return bool(Customer.objects(tenant_id=tenant_id, id=customer_id).count())
    done = bool(Customer.objects(tenant_id=tenant_id, id=customer_id).update_one(**changes))
    if done and name is not None:
        Conversation.objects(tenant_id=tenant_id, customer_id=customer_id).update(set__customer_name=name)
    return done
