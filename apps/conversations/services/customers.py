"""Customers: one person, however they appear."""

from collections.abc import Iterable
from datetime import timedelta

from apps.common.mongo import atomic
from apps.contracts.errors import MergeRefused
from apps.contracts.messages import InboundMessage, Sender
from apps.contracts.words import MessageKind
from apps.conversations.documents import Conversation, Customer
from apps.conversations.services.merging import merge

#: Whoever appears under the new ids only since the change wrote before the report of it arrived.
REPORTED_WITHIN = timedelta(minutes=10)


def customer_for(tenant_id: str, sender: Sender) -> Customer:
    """Find who this is, by any of their identities, and remember the new ones; make them known if they are not.

    The oldest customer wins when identities point to several people. Making them one is a person's decision, so they
    are marked as seeming the same.
    """
    found = list(
        Customer.objects(tenant_id=tenant_id, identities__in=list(sender.identities)).order_by("created_at", "id")
    )
    if not found:
        unknown = Customer(
            tenant_id=tenant_id,
            identities=list(sender.identities),
            name=sender.name or sender.username or sender.phone or sender.address,
            phone=sender.phone,
            username=sender.username,
        )
        unknown.save(force_insert=True, validate=False)
        return unknown
    customer: Customer = found[0]
    others: list[Customer] = found[1:]
    propose_same(customer, others)
    changes = _news(customer, sender, taken={identity for other in others for identity in other.identities})
    if not changes:
        return customer
    known: Customer = Customer.objects(id=customer.id).modify(new=True, **changes)
    return known


def propose_same(customer: Customer, others: Iterable[Customer]) -> None:
    """Mark customers as seeming to be the same person, unless somebody said that they are not."""
    for other in others:
        if str(other.id) in customer.not_same_as or str(other.id) in customer.same_as:
            continue
        Customer.objects(id=customer.id).update_one(add_to_set__same_as=str(other.id))
        Customer.objects(id=other.id).update_one(add_to_set__same_as=str(customer.id))


def follow_identity(customer: Customer, message: InboundMessage) -> Customer:
    """The channel reports that a customer is known by other ids from now on: the same person keeps the old and the new.

    Who appeared under the new ids only now is that person, and is made one with them. A customer known under them for
    longer may be somebody else whose number was given away: then a person decides.
    """
    fields = message.content.fields
    new = fields.get("new_identities", "").split()
    if message.content.kind is not MessageKind.SYSTEM or not new:
        return customer
    others = list(Customer.objects(tenant_id=message.tenant_id, identities__in=new, id__ne=customer.id))
    for other in others:
        if other.created_at < message.sent_at - REPORTED_WITHIN or not _merged(customer, other, message.channel):
            propose_same(customer, [other])
    taken = set(
        Customer.objects(tenant_id=message.tenant_id, identities__in=new, id__ne=customer.id).distinct("identities")
    )
    changes: dict[str, object] = {"add_to_set__identities": [one for one in new if one not in taken]}
    if phone := fields.get("new_phone"):
        changes["set__phone"] = phone
    if address := fields.get("new_address"):
        moved = {"set__address": address} | ({"set__customer_phone": phone} if phone else {})
        Conversation.objects(
            tenant_id=message.tenant_id,
            customer_id=str(customer.id),
            is_open=True,
            channel=message.channel,
            address=message.sender.address,
            heard_order__lte=message.order,
        ).update(**moved)
    followed: Customer = Customer.objects(id=customer.id).modify(new=True, **changes)
    return followed


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


def _merged(customer: Customer, other: Customer, channel: str) -> bool:
    try:
        merge(customer, other, by_id="", by=channel)
    except MergeRefused:
        return False
    return True


def _news(customer: Customer, sender: Sender, *, taken: set[str]) -> dict[str, object]:
    """What the customer's record does not know yet. An identity of another customer waits for a merge."""
    changes: dict[str, object] = {}
    new = [one for one in sender.identities if one not in customer.identities and one not in taken]
    if new:
        changes["add_to_set__identities"] = new
    if sender.name and not customer.name:
        changes["set__name"] = sender.name
    if sender.phone and not customer.phone:
        changes["set__phone"] = sender.phone
    if sender.username and sender.username != customer.username:
        changes["set__username"] = sender.username
    return changes
