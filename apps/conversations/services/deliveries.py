"""Status reports of the channel: they name the attempt and only ever raise a message."""

from apps.common.mongo import atomic, is_id
from apps.contracts.messages import StatusUpdate
from apps.contracts.words import DeliveryStatus
from apps.conversations import domain
from apps.conversations.documents import Conversation, Message
from apps.conversations.services import writing
from apps.conversations.services.baton import free_lane


@atomic
def record_delivery(*, update: StatusUpdate) -> bool:
    """Apply what the channel says of a message. False when it is not (yet) one of ours.

    Found by the callback we sent along, which is here before the external id is; safe in any order and any number of
    times, because ranks only grow.
    """
    row, attempt = _find(update)
    if row is None:
        return False
    current = DeliveryStatus(row.status or DeliveryStatus.QUEUED.value)
    unsettled = current in (
        DeliveryStatus.SENDING,
        DeliveryStatus.UNCONFIRMED,
        DeliveryStatus.UNKNOWN,
        DeliveryStatus.QUEUED,
    )
    if attempt and attempt != row.attempt and update.status is DeliveryStatus.FAILED:
        return True
    if not domain.may_raise(current, rank=row.rank, to=update.status):
        return True
    Message.objects(id=row.id).update_one(**_changes(row, update))
    conversation = _show(row, update.status, is_settling=unsettled)
    writing.announce(
        conversation,
        "delivery",
        key=f"delivery:{row.id}:{attempt or row.attempt}:{update.status.value}",
        message_id=str(row.id),
        detail=update.status.value,
    )
    return True


def _show(row: Message, status: DeliveryStatus, *, is_settling: bool) -> Conversation:
    """Show the status in the list if the message is the latest; a report that settles a send also frees the lane."""
    if is_settling:
        return free_lane(row.conversation_id, str(row.id), status=status.value)
    Conversation.objects(id=row.conversation_id, last_message_id=str(row.id)).update_one(set__last_status=status.value)
    return Conversation(id=row.conversation_id, tenant_id=row.tenant_id)


def _changes(row: Message, update: StatusUpdate) -> dict[str, object]:
    changes: dict[str, object] = {
        "set__status": update.status.value,
        f"set__times__{update.status.value}": update.at,
        "set__rank": max(row.rank, int(domain.RANKS.get(update.status, 0))),
        "set__error_code": update.error_code,
        "set__error_message": update.error_message,
    }
    if update.external_id and not row.external_id:
        changes["set__external_id"] = update.external_id
    return changes


def _find(update: StatusUpdate) -> tuple[Message | None, int]:
    """The message and the attempt that a report is about; attempt 0 when only the external id says so."""
    message_id, _, number = update.callback.partition(":")
    if is_id(message_id):
        found = Message.objects(tenant_id=update.tenant_id, account=update.account, id=message_id).first()
        if found is not None:
            return found, int(number) if number.isdigit() else 0
    found = Message.objects(account=update.account, external_id=update.external_id, direction="outbound").first()
    if found is None:
        found = Message.objects(account=update.account, attempts__external_id=update.external_id).first()
    return found, 0
