"""Status reports of the channel: they name the attempt and only ever raise a message."""

from apps.common.mongo import atomic, is_id
from apps.contracts.messages import StatusUpdate
from apps.contracts.words import DeliveryStatus
from apps.conversations import domain
from apps.conversations.documents import Attempt, Conversation, Message
from apps.conversations.services import writing
from apps.conversations.services.amendments import amend
from apps.conversations.services.failing import apply_consequence, try_again
from apps.conversations.services.freeing import free_lane

#: A message in one of these holds its lane, or may come back to it.
_UNSETTLED = (DeliveryStatus.SENDING, DeliveryStatus.UNCONFIRMED, DeliveryStatus.UNKNOWN, DeliveryStatus.QUEUED)
#: What a report of a message that left its lane long ago nearly always finds.
_SETTLED = (DeliveryStatus.SENT.value, DeliveryStatus.DELIVERED.value)


@atomic
def record_delivery(*, update: StatusUpdate) -> bool:
    """Apply what the channel says of a message. False when it is not (yet) one of ours.

    Found by the callback we sent along, which is here before the external id is; safe in any order and any number of
    times, because ranks only grow.
    """
    row = _raise_settled(update)
    if row is not None:
        return _show(row, update, _attempt_in(update) or row.attempt, is_settling=False)
    row, attempt = _find(update)
    if row is None:
        return False
    current = DeliveryStatus(row.status or DeliveryStatus.QUEUED.value)
    number = attempt or row.attempt
    if update.status is DeliveryStatus.FAILED:
        return _record_failure(row, current, update, number)
    if update.status is DeliveryStatus.SENT and _has_failed(row, number):
        # Its failure was here first, and it is queued again: the older report says nothing new.
        return True
    if not domain.may_raise(current, rank=row.rank, to=update.status):
        return True
    Message.objects(id=row.id).update_one(**_changes(row, update))
    if update.external_id and not row.external_id:
        # A reaction to it may have been here before we knew what the channel calls it.
        amend(row.account, update.external_id)
    return _show(row, update, number, is_settling=current in _UNSETTLED)


def _record_failure(row: Message, current: DeliveryStatus, update: StatusUpdate, attempt: int) -> bool:
    if attempt != row.attempt or current is DeliveryStatus.QUEUED or _has_failed(row, attempt):
        # About an attempt that is over: another one is under way, or wanted.
        return True
    if not domain.may_raise(current, rank=row.rank, to=DeliveryStatus.FAILED):
        return True
    if update.retries and try_again(row, update, attempt=attempt):
        return True
    Message.objects(id=row.id).update_one(**_changes(row, update))
    apply_consequence(update.consequence, conversation_id=row.conversation_id, sent_at=row.claimed_at)
    return _show(row, update, attempt, is_settling=current in _UNSETTLED)


def _raise_settled(update: StatusUpdate) -> Message | None:
    """Raise a message that left its lane already: the usual report, in one round trip. None for any other."""
    rank = domain.RANKS.get(update.status)
    message_id, _, _ = update.callback.partition(":")
    if rank is None or not is_id(message_id):
        return None
    found: Message | None = Message.objects(
        tenant_id=update.tenant_id,
        account=update.account,
        id=message_id,
        status__in=_SETTLED,
        rank__lt=int(rank),
        external_id__exists=True,
    ).modify(set__status=update.status.value, set__rank=int(rank), **_moment(update))
    return found


def _show(row: Message, update: StatusUpdate, attempt: int, *, is_settling: bool) -> bool:
    """Show the status in the list if the message is the latest; a report that settles a send also frees the lane."""
    status = update.status
    if is_settling:
        conversation = free_lane(row.conversation_id, str(row.id), status=status.value)
    else:
        latest = Conversation.objects(id=row.conversation_id, last_message_id=str(row.id))
        latest.update_one(set__last_status=status.value)
        conversation = Conversation(id=row.conversation_id, tenant_id=row.tenant_id)
    if status in (DeliveryStatus.DELIVERED, DeliveryStatus.READ):
        _learn_address(row, attempt)
    writing.announce(
        conversation,
        "delivery",
        key=f"delivery:{row.id}:{attempt}:{status.value}",
        message_id=str(row.id),
        detail=status.value,
    )
    return True


def _learn_address(row: Message, attempt: int) -> None:
    """Write to the form of the customer's number that a message was delivered to, when it is not the one we knew."""
    if row.uses_other_address:
        address = next((one.address for one in _attempts(row) if one.number == attempt), "")
        if address:
            Conversation.objects(id=row.conversation_id).update_one(set__address=address)


def _has_failed(row: Message, attempt: int) -> bool:
    return any(one.number == attempt and one.outcome == "failed" for one in _attempts(row))


def _attempts(row: Message) -> list[Attempt]:
    return list(row.attempts or ())


def _moment(update: StatusUpdate) -> dict[str, object]:
    return {
        f"set__times__{update.status.value}": update.at,
        "set__error_code": update.error_code,
        "set__error_message": update.error_message,
    }


def _changes(row: Message, update: StatusUpdate) -> dict[str, object]:
    changes: dict[str, object] = {
        "set__status": update.status.value,
        "set__rank": max(row.rank, int(domain.RANKS.get(update.status, 0))),
        **_moment(update),
    }
    if update.external_id and not row.external_id:
        changes["set__external_id"] = update.external_id
    return changes


def _attempt_in(update: StatusUpdate) -> int:
    """The attempt that a report names, 0 when it names none."""
    number = update.callback.partition(":")[2]
    return int(number) if number.isdigit() else 0


def _find(update: StatusUpdate) -> tuple[Message | None, int]:
    """The message and the attempt that a report is about; attempt 0 when only the external id says so."""
    message_id = update.callback.partition(":")[0]
    if is_id(message_id):
        found = Message.objects(tenant_id=update.tenant_id, account=update.account, id=message_id).first()
        if found is not None:
            return found, _attempt_in(update)
    if not update.external_id:
        return None, 0
    found = Message.objects(account=update.account, external_id=update.external_id, direction="outbound").first()
    if found is None:
        found = Message.objects(account=update.account, attempts__external_id=update.external_id).first()
    number = next((one.number for one in _attempts(found) if one.external_id == update.external_id), 0) if found else 0
    return found, number
