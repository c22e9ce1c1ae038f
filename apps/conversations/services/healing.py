"""The safety net under the lanes: whatever left a queued message without a wake-up, the clock brings it one."""

from datetime import timedelta

from apps.common import clock
from apps.common.mongo import AlreadyExists, atomic
from apps.contracts.words import DeliveryStatus
from apps.conversations.documents import Conversation, Message
from apps.conversations.services import writing
from apps.conversations.services.freeing import free_lane, next_queued
from apps.events import selectors as events

#: A queued message that nobody looked at for so long has lost its wake-up.
STALLED_AFTER = timedelta(seconds=60)
MOST_AT_ONCE = 100
#: The handlers of what waits to be sent.
SENDERS = ("gateway.deliver", "gateway.deliver_bulk")

_UNDER_WAY = (DeliveryStatus.QUEUED.value, DeliveryStatus.SENDING.value, DeliveryStatus.UNCONFIRMED.value)


def heal_lanes() -> int:
    """Wake conversations whose queued messages nobody is going to send; give how many. Safe to repeat at any pace."""
    before = clock.now() - STALLED_AFTER
    stalled = Message.objects(status=DeliveryStatus.QUEUED.value, created_at__lt=before).order_by("created_at")
    woken = 0
    for tenant_id, conversation_id in dict.fromkeys(stalled.limit(MOST_AT_ONCE).scalar("tenant_id", "conversation_id")):
        if not any(events.is_pending(tenant_id, conversation_id, to) for to in SENDERS):
            woken += _heal(conversation_id)
    return woken


def _heal(conversation_id: str) -> bool:
    try:
        return _wake(conversation_id)
    except AlreadyExists:
        # Woken within this minute already.
        return False


@atomic
def _wake(conversation_id: str) -> bool:
    conversation = Conversation.objects(id=conversation_id).modify(new=True, inc__version=1)
    if conversation is None:
        return False
    if conversation.lane:
        in_lane = Message.objects(id=conversation.lane).only("status").first()
        if in_lane is None or in_lane.status not in _UNDER_WAY:
            free_lane(conversation_id, conversation.lane)
            return True
        if in_lane.status != DeliveryStatus.QUEUED.value:
            return False
    following = next_queued(conversation_id)
    if following is None:
        return False
    writing.wake_lane(conversation, following, after=f"stalled{clock.now():%Y%m%d%H%M}")
    return True
