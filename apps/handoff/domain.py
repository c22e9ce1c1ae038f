"""Rules of the handoff: which step follows which, who is present, how long a wait is, who may be offered what."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from statistics import median

from apps.contracts.base import Value
from apps.contracts.handoff import PresenceStatus, PresenceValue, TicketState
from apps.contracts.words import HandoffReason

#: Without a request or a heartbeat for this long a person is gone, and what they hold goes back to its queue.
GRACE = timedelta(seconds=120)

#: Without doing anything for this long a person who chose to be online counts as away.
AWAY_AFTER = timedelta(minutes=5)

#: If nobody watched presence for this long, nobody knows who was there meanwhile: every grace begins anew.
BLIND_AFTER = timedelta(seconds=60)

#: Fewer waits than these say nothing about the next one.
ENOUGH_WAITS = 5

#: A requeued conversation stands before those that never reached a person.
FRONT_OF_QUEUE = 1

WAITING = frozenset({TicketState.OPENED, TicketState.TOLD, TicketState.OFFERED})
HELD = frozenset({TicketState.ACCEPTED, TicketState.CONVERSING})
ENDED = frozenset({TicketState.COMPLETED, TicketState.CANCELLED})

_STEPS: dict[TicketState, frozenset[TicketState]] = {
    TicketState.REQUESTED: frozenset({TicketState.OPENED}) | ENDED,
    TicketState.OPENED: frozenset({TicketState.TOLD, TicketState.OFFERED}) | HELD | ENDED,
    TicketState.TOLD: frozenset({TicketState.OFFERED}) | HELD | ENDED,
    TicketState.OFFERED: frozenset({TicketState.TOLD}) | HELD | ENDED,
    TicketState.ACCEPTED: WAITING | HELD | ENDED,
    TicketState.CONVERSING: WAITING | HELD | ENDED,
    TicketState.COMPLETED: frozenset(),
    TicketState.CANCELLED: frozenset(),
}


def may_follow(state: TicketState) -> frozenset[TicketState]:
    """The states from which `state` may be reached: what a conditional update requires."""
    return frozenset(before for before, after in _STEPS.items() if state in after)


class SeenPresence(Value):
    """What an attendant chose and when they were last seen and last did something."""

    chosen: PresenceStatus = PresenceStatus.ONLINE
    break_name: str = ""
    since: datetime | None = None
    changed_by: str = ""
    seen_at: datetime | None = None
    active_at: datetime | None = None


def present_status(seen: SeenPresence, *, now: datetime) -> PresenceStatus:
    """Conclude where somebody is. Silence beats choice, idleness only beats "online"."""
    if seen.seen_at is None or now - seen.seen_at >= GRACE:
        return PresenceStatus.OFFLINE
    idle_since = seen.active_at or seen.seen_at
    if seen.chosen is PresenceStatus.ONLINE and now - idle_since >= AWAY_AFTER:
        return PresenceStatus.AWAY
    return seen.chosen


def chosen_on_return(seen: SeenPresence, *, now: datetime) -> PresenceStatus:
    """The status of somebody who does something: signing in again after "offline" means to be online."""
    is_back = seen.seen_at is None or now - seen.seen_at >= GRACE
    if is_back and seen.chosen is PresenceStatus.OFFLINE:
        return PresenceStatus.ONLINE
    return seen.chosen


def has_vanished(seen: SeenPresence, *, held_since: datetime, watching_since: datetime, now: datetime) -> bool:
    """Tell whether the holder of a conversation is gone.

    Counted from the latest of: last seen, the moment the conversation became theirs, the moment watching began
    (after a restart or a lost store everybody looks unseen, and nobody may lose a conversation for that).
    """
    last_sign = max(held_since, watching_since, seen.seen_at or held_since)
    return now - last_sign >= GRACE


def is_connected(status: PresenceStatus) -> bool:
    """Somebody who will see a new conversation soon, even if they are busy right now."""
    return status in (PresenceStatus.ONLINE, PresenceStatus.BUSY, PresenceStatus.AWAY)


def candidates(people: Iterable[PresenceValue]) -> list[PresenceValue]:
    """Who may be offered a conversation, the least loaded first, then whoever has been waiting longest."""
    available = [person for person in people if person.is_available]
    return sorted(available, key=lambda person: (person.load, str(person.since or ""), person.attendant_id))


def estimate_minutes(waits: Sequence[timedelta], *, position: int) -> int | None:
    """Whole minutes that the customer at `position` will probably wait; None when there is too little to go by.

    `waits` are recent waits of the same queue. The median already contains the people who stood before; only a
    place further back than usual adds to it, half a wait per place.
    """
    if len(waits) < ENOUGH_WAITS:
        return None
    typical = median(wait.total_seconds() for wait in waits)
    seconds = typical * (1 + 0.5 * max(0, position - 2))
    return max(1, round(seconds / 60))


def opening_words(reason: HandoffReason) -> str:
    """Which opening a customer reads: they asked, the assistant gave up, something broke, or none of these."""
    return {
        HandoffReason.ASKED_FOR_PERSON: "asked",
        HandoffReason.RULE: "asked",
        HandoffReason.ASSISTANT_DECIDED: "unsure",
        HandoffReason.ASSISTANT_FAILED: "failed",
        HandoffReason.BUDGET_SPENT: "broken",
        HandoffReason.MODEL_UNAVAILABLE: "broken",
        HandoffReason.SAFETY: "care",
    }.get(reason, "plain")


def should_tell_progress(*, told: int, position: int) -> bool:
    """The customer hears about the place again only when they become the next one, and only once."""
    return position == 1 and told > 1
