"""Two customers who are one person become one, and can be parted again.

Identities, conversations, messages and recorded consents follow; a ticket follows its conversation. There is one open
conversation per customer and account, so of two open ones the one that a person holds, or that waits for one, stays;
of two that the assistant holds, the one written in last. The other is closed as "merged", and what its customer had
asked in it goes to a person. If people have both, nothing is merged: one of them has to be ended first.

Parting restores both as they were. What was written meanwhile stays in the thread in which it was written; a
conversation begun meanwhile goes to whoever wrote in it.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext

from apps.common import clock
from apps.common.mongo import after_commit, atomic, is_id
from apps.contracts.errors import MergeRefused
from apps.contracts.people import ASSISTANT, NOBODY
from apps.contracts.words import ConversationStatus, HandoffReason
from apps.conversations.documents import ConsentRecord, Conversation, Customer, CustomerMerge, Message
from apps.conversations.services import writing
from apps.conversations.services.handing import handing_off
from apps.conversations.services.parting import part
from apps.tenants.services import record_audit

MERGED = "merged"
#: What closing a conversation changes, and parting restores.
_STATE = ("status", "is_open", "holder", "unread", "outcome", "closed_at", "waiting_since")


@atomic
def merge_customers(*, tenant_id: str, kept_id: str, merged_id: str, by_id: str = "", by: str = "") -> str:
    """Make `merged_id` part of `kept_id`; gives the id by which it can be undone. Raises MergeRefused, saying why.

    `by_id` and `by` say who decided it; the audit log keeps them.
    """
    return merge(_customer(tenant_id, kept_id), _customer(tenant_id, merged_id), by_id=by_id, by=by)


@atomic
def undo_merge(*, tenant_id: str, merge_id: str, by_id: str = "", by: str = "") -> None:
    """Part what a merge made one. Raises MergeRefused when that is done already, or a later merge stands on it."""
    condition = {"tenant_id": tenant_id, "id": merge_id, "undone_at": None}
    record = CustomerMerge.objects(**condition).first() if is_id(merge_id) else None
    if record is None:
        raise MergeRefused(gettext("Esta união já foi desfeita."))
    kept, merged = _customer(tenant_id, record.kept_id), Customer.objects(id=record.merged_id).first()
    if kept.merged_into:
        raise MergeRefused(gettext("Este cadastro foi unido a outro depois. Desfaça antes a união mais nova."))
    CustomerMerge.objects(**condition).update_one(set__undone_at=clock.now(), set__undone_by=by)
    part(record, kept, merged, by=by)
    _audit(tenant_id, "unmerged", kept, merged, str(record.id), by_id=by_id, by=by)


@atomic
def dismiss_same(*, tenant_id: str, customer_id: str, other_id: str, by_id: str = "", by: str = "") -> None:
    """Somebody says that two customers are not the same person: they are not proposed again."""
    for one, other in ((customer_id, other_id), (other_id, customer_id)):
        found = _customer(tenant_id, one)
        Customer.objects(id=found.id).update_one(pull__same_as=other, add_to_set__not_same_as=other)
    names = _customer(tenant_id, customer_id), _customer(tenant_id, other_id)
    _audit(tenant_id, "judged_different", *names, "", by_id=by_id, by=by)


def merge(kept: Customer, merged: Customer, *, by_id: str, by: str) -> str:
    """`merge_customers` inside a running transaction. Raises MergeRefused before anything is changed."""
    if kept.id == merged.id or kept.merged_into or merged.merged_into:
        raise MergeRefused(gettext("Estes dois cadastros já são um só."))
    kept_id, merged_id = str(kept.id), str(merged.id)
    opened = list(Conversation.objects(tenant_id=kept.tenant_id, customer_id__in=[kept_id, merged_id], is_open=True))
    leaving = _leaving(opened)
    before: dict[str, Any] = {
        "identities": list(merged.identities),
        "kept": _joined(kept, merged),
        "conversations": [
            str(one) for one in Conversation.objects(tenant_id=kept.tenant_id, customer_id=merged_id).scalar("id")
        ],
        "consents": [str(one) for one in ConsentRecord.objects(customer_id=merged_id).scalar("id")],
        "open": {str(one.id): {"address": one.address, "sender": list(one.sender)} for one in opened},
        "closed": {str(goes.id): {name: goes[name] for name in _STATE} for goes, _ in leaving},
    }
    for goes, stays in leaving:
        _close(goes, stays)
    _move(kept, merged, before)
    record = CustomerMerge(
        tenant_id=kept.tenant_id,
        kept_id=kept_id,
        merged_id=merged_id,
        merged_name=merged.name,
        by_id=by_id,
        by=by,
        before=before,
    ).save(force_insert=True, validate=False)
    for one in Conversation.objects(tenant_id=kept.tenant_id, customer_id=kept_id, is_open=True):
        writing.insert_event(one, "customers_merged", by=by if by_id else "", name=merged.name)
        writing.announce(one, "customers_merged", key=f"merge:{record.id}:{one.id}")
    _audit(kept.tenant_id, MERGED, kept, merged, str(record.id), by_id=by_id, by=by)
    return str(record.id)


def _customer(tenant_id: str, customer_id: str) -> Customer:
    found: Customer | None = (
        Customer.objects(tenant_id=tenant_id, id=customer_id).first() if is_id(customer_id) else None
    )
    if found is None:
        raise MergeRefused(gettext("Este cliente não existe mais."))
    return found


def _leaving(opened: Iterable[Conversation]) -> list[tuple[Conversation, Conversation]]:
    """Of each two open conversations of one account: the one to close, and the one that stays."""
    by_account: dict[str, list[Conversation]] = {}
    for one in opened:
        by_account.setdefault(one.account, []).append(one)
    pairs = [pair for pair in by_account.values() if len(pair) == 2]
    return [_chosen(*pair) for pair in pairs]


def _chosen(first: Conversation, second: Conversation) -> tuple[Conversation, Conversation]:
    is_held = [one.holder != str(ASSISTANT) for one in (first, second)]
    if all(is_held):
        raise MergeRefused(gettext("As duas conversas estão com pessoas ou na fila. Encerre uma delas antes."))
    if any(is_held):
        return (second, first) if is_held[0] else (first, second)
    spoken = [one.last_customer_message_at or one.created_at for one in (first, second)]
    return (second, first) if spoken[0] >= spoken[1] else (first, second)


def _close(goes: Conversation, stays: Conversation) -> None:
    closed = Conversation.objects(id=goes.id).modify(
        new=True,
        set__status=ConversationStatus.CLOSED.value,
        set__is_open=False,
        set__holder=str(NOBODY),
        set__closed_at=clock.now(),
        set__outcome=MERGED,
        set__unread=0,
        unset__waiting_since=True,
        inc__version=1,
    )
    writing.insert_event(closed, "closed", outcome=MERGED, protocol=stays.protocol)
    writing.announce(closed, "closed", detail=MERGED)
    if goes.turn <= goes.answered:
        return
    if stays.holder != str(ASSISTANT):
        Conversation.objects(id=stays.id).update_one(inc__unread=1, inc__version=1)
        return
    waiting = Conversation.objects(id=stays.id).modify(
        new=True, inc__version=1, **handing_off(stays.tenant_id, stays.queue)
    )
    detail = gettext("há uma pergunta sem resposta na conversa %(protocol)s") % {"protocol": goes.protocol}
    writing.request_person(waiting, reason=HandoffReason.RULE, detail=detail)


def _move(kept: Customer, merged: Customer, before: dict[str, Any]) -> None:
    kept_id, merged_id = str(kept.id), str(merged.id)
    ids = before["conversations"]
    named = {"set__customer_id": kept_id, "set__customer_name": kept.name}
    if kept.phone or merged.phone:
        named["set__customer_phone"] = kept.phone or merged.phone
    Conversation.objects(id__in=ids).update(inc__version=1, **named)
    Message.objects(tenant_id=kept.tenant_id, conversation_id__in=ids).update(set__customer_id=kept_id)
    ConsentRecord.objects(id__in=before["consents"]).update(set__customer_id=kept_id)
    # An identity is unique, so the one customer has to let go before the other takes hold.
    Customer.objects(id=merged.id).update_one(
        set__identities=[f"merged:{merged_id}"], set__merged_into=kept_id, set__same_as=[]
    )
    joined = {f"set__{name}": pair[1] for name, pair in before["kept"].items()}
    Customer.objects(id=kept.id).update_one(
        add_to_set__identities=before["identities"], inc__conversations=len(ids), **joined
    )
    Customer.objects(tenant_id=kept.tenant_id, same_as=merged_id).update(pull__same_as=merged_id)


def _joined(kept: Customer, merged: Customer) -> dict[str, list[Any]]:
    """What the kept customer gains, each as [before, after]. Who opted out under either name has opted out."""
    joined = {
        "phone": kept.phone or merged.phone,
        "username": kept.username or merged.username,
        "tags": list(dict.fromkeys([*kept.tags, *merged.tags])),
        "custom": {**merged.custom, **kept.custom},
        "opted_out_at": kept.opted_out_at or merged.opted_out_at,
        "marketing_out_at": kept.marketing_out_at or merged.marketing_out_at,
    }
    plain = {"tags": list(kept.tags), "custom": dict(kept.custom)}
    was = {name: plain.get(name, kept[name]) for name in joined}
    return {name: [was[name], value] for name, value in joined.items() if value != was[name]}


def _audit(
    tenant_id: str, action: str, kept: Customer, merged: Customer, merge_id: str, *, by_id: str, by: str
) -> None:
    after_commit(
        lambda: record_audit(
            tenant_id=tenant_id,
            actor_id=by_id,
            actor_name=by,
            action=action,
            target_kind="customer",
            target_id=str(kept.id),
            target_name=kept.name,
            after={"other_id": str(merged.id), "other_name": merged.name, "merge_id": merge_id},
        )
    )
