"""The list: which tab a conversation stands in for this person, and what its card says."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from apps.common import clock
from apps.contracts.conversations import ConversationValue
from apps.contracts.people import AttendantValue, QueueValue
from apps.contracts.words import Author, ConversationStatus, HolderKind
from apps.tenants import selectors as tenants

#: From here on the time that is left is worth a colour.
SHORT_WINDOW = timedelta(hours=2)
NEAR_GOAL = timedelta(minutes=1)

TABS = ("waiting", "mine", "people", "assistant", "closed")


@dataclass(frozen=True)
class Card:
    """One line of the list, as one person sees it. `sort` orders the list, smallest first."""

    conversation: ConversationValue
    tab: str
    sort: int
    is_mine: bool
    unread: int
    queue: QueueValue | None
    holder_name: str
    goal_at: datetime | None
    is_late: bool
    is_near_goal: bool
    is_window_closed: bool
    is_window_short: bool
    awaits_me: bool
    draft: str = field(default="", compare=False)

    @property
    def can_take(self) -> bool:
        return self.tab in ("waiting", "assistant")

    @property
    def has_chips(self) -> bool:
        return bool(
            self.queue
            or self.holder_name
            or self.is_window_closed
            or self.is_window_short
            or self.awaits_me
            or self.conversation.rating
        )


def tab_of(conversation: ConversationValue, viewer: AttendantValue) -> str:
    if conversation.status is ConversationStatus.CLOSED:
        return "closed"
    if conversation.status is ConversationStatus.WAITING_HUMAN:
        return "waiting"
    if conversation.holder.kind is HolderKind.ATTENDANT:
        return "mine" if conversation.holder.id == viewer.id else "people"
    return "assistant"


def holder_name(conversation: ConversationValue, viewer: AttendantValue) -> str:
    """The first name of who holds it, "" when it is the viewer or nobody in particular."""
    if conversation.holder.kind is not HolderKind.ATTENDANT or conversation.holder.id == viewer.id:
        return ""
    return conversation.attendant_name.partition(" ")[0]


def card_for(conversation: ConversationValue, viewer: AttendantValue, *, draft: str = "") -> Card:
    now = clock.now()
    tab = tab_of(conversation, viewer)
    queue = tenants.queue(conversation.tenant_id, conversation.queue) if conversation.queue else None
    is_open = tab in ("mine", "people", "assistant")
    left = conversation.window_expires_at - now if conversation.window_expires_at else None
    goal_at = _goal(conversation, queue) if tab == "waiting" else None
    return Card(
        conversation=conversation,
        tab=tab,
        sort=_sort(conversation, tab),
        is_mine=tab == "mine",
        unread=conversation.unread if tab in ("mine", "waiting") else 0,
        queue=queue if tab != "assistant" else None,
        holder_name=holder_name(conversation, viewer),
        goal_at=goal_at,
        is_late=goal_at is not None and goal_at <= now,
        is_near_goal=goal_at is not None and now < goal_at <= now + NEAR_GOAL,
        is_window_closed=is_open and left is not None and left <= timedelta(0),
        is_window_short=is_open and left is not None and timedelta(0) < left < SHORT_WINDOW,
        awaits_me=tab == "mine" and conversation.last_author == Author.CUSTOMER,
        draft=draft if tab == "mine" else "",
    )


def _goal(conversation: ConversationValue, queue: QueueValue | None) -> datetime | None:
    if queue is None or conversation.waiting_since is None:
        return None
    return conversation.waiting_since + timedelta(seconds=queue.accept_limit_seconds)


def _sort(conversation: ConversationValue, tab: str) -> int:
    """Waiting: the oldest first. Everything else: what moved last first."""
    if tab == "waiting":
        return _milliseconds(conversation.waiting_since or conversation.last_message_at)
    if tab == "closed":
        return -_milliseconds(conversation.closed_at or conversation.last_message_at)
    return -_milliseconds(conversation.last_customer_message_at or conversation.last_message_at)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
