"""The way back from a merge: see `merging`."""

from typing import Any

from apps.common.mongo import Q
from apps.conversations.documents import ConsentRecord, Conversation, Customer, CustomerMerge, Message
from apps.conversations.services import writing


def part(record: CustomerMerge, kept: Customer, merged: Customer, *, by: str) -> None:
    """Give both customers back what was theirs. Inside a running transaction."""
    before = record.before
    identities = list(before["identities"])
    Customer.objects(id=kept.id).update_one(
        pull_all__identities=identities, add_to_set__not_same_as=str(merged.id), **_kept_again(kept, before["kept"])
    )
    Customer.objects(id=merged.id).update_one(
        set__identities=identities, set__merged_into="", add_to_set__not_same_as=str(kept.id)
    )
    _give_back(record, merged, identities)
    ConsentRecord.objects(id__in=before["consents"]).update(set__customer_id=str(merged.id))
    for conversation_id, was in before["closed"].items():
        _reopen(conversation_id, was)
    for conversation_id, was in before["open"].items():
        _readdress(conversation_id, was, {str(kept.id): set(kept.identities) - set(identities)})
    for one in (kept, merged):
        total = Conversation.objects(tenant_id=one.tenant_id, customer_id=str(one.id)).count()
        Customer.objects(id=one.id).update_one(set__conversations=total)
    for one in Conversation.objects(
        tenant_id=kept.tenant_id, customer_id__in=[str(kept.id), str(merged.id)], is_open=True
    ):
        writing.insert_event(one, "customers_parted", by=by)
        writing.announce(one, "customers_parted", key=f"part:{record.id}:{one.id}")


def _kept_again(kept: Customer, joined: dict[str, list[Any]]) -> dict[str, Any]:
    """What nobody changed since becomes what it was."""
    return {f"set__{name}": was for name, (was, became) in joined.items() if kept[name] == became}


def _give_back(record: CustomerMerge, merged: Customer, identities: list[str]) -> None:
    """The conversations that were theirs, and those that they began since under one of their identities."""
    begun_since = Q(customer_id=record.kept_id, created_at__gt=record.created_at, sender__in=identities)
    theirs = Conversation.objects(
        Q(tenant_id=record.tenant_id) & (Q(id__in=record.before["conversations"]) | begun_since)
    )
    ids = [str(one) for one in theirs.scalar("id")]
    Conversation.objects(id__in=ids).update(
        set__customer_id=str(merged.id),
        set__customer_name=merged.name,
        set__customer_phone=merged.phone,
        inc__version=1,
    )
    Message.objects(tenant_id=record.tenant_id, conversation_id__in=ids).update(set__customer_id=str(merged.id))


def _reopen(conversation_id: str, was: dict[str, Any]) -> None:
    """Open again what the merge closed, unless its customer has another open conversation by now."""
    closed = Conversation.objects(id=conversation_id, is_open=False, outcome="merged").first()
    if closed is None:
        return
    others = Conversation.objects(
        tenant_id=closed.tenant_id, account=closed.account, customer_id=closed.customer_id, is_open=True
    )
    if others.count() == 0:
        restored = {f"set__{name}": value for name, value in was.items()}
        Conversation.objects(id=conversation_id).update_one(inc__version=1, **restored)


def _readdress(conversation_id: str, was: dict[str, Any], kept: dict[str, set[str]]) -> None:
    """Nobody may be answered at the other's address: a conversation in which both wrote goes back to its own."""
    found = Conversation.objects(id=conversation_id, is_open=True).first()
    if found is None:
        return
    is_kept = found.customer_id in kept
    own = kept[found.customer_id] if is_kept else None
    writes_own = not found.sender or (
        bool(own & set(found.sender)) if own is not None else not set(found.sender) & next(iter(kept.values()))
    )
    if not writes_own:
        Conversation.objects(id=conversation_id).update_one(
            set__address=was["address"], set__sender=was["sender"], inc__version=1
        )
