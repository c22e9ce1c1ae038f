"""What one change means for the people who watch: each fragment is drawn once per audience, and only for who may see it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.utils import translation

from apps.console import drafts, drawing
from apps.console.cards import card_for
from apps.console.threads import Entry, Thread, thread_for
from apps.contracts.conversations import ConversationValue
from apps.contracts.people import AttendantValue
from apps.contracts.words import MessageKind
from apps.conversations import selectors as conversations

#: Changes after which somebody has something new to do: these ring.
RINGING = frozenset({"handed_off", "requeued", "transferred", "message_added", "returned_to_queue"})
#: Changes after which some people may not see it any more, and those of them before which many could.
VANISHING = frozenset({"taken", "transferred", "handed_off", "requeued", "closed"})
FROM_MANY = frozenset({"taken", "handed_off"})
#: Kinds that change another message of the thread.
ABOUT_ANOTHER = frozenset({MessageKind.REACTION, MessageKind.EDIT, MessageKind.REVOKE})


@dataclass(frozen=True)
class Watcher:
    """One socket: whose it is, which conversation lies open on it, and what language its page is in."""

    attendant: AttendantValue
    open_id: str
    language: str


@dataclass
class Change:
    """What happened to one conversation since it was last drawn."""

    tenant_id: str
    conversation_id: str
    message_ids: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    tries: int = 0


def draw(change: Change, watchers: Iterable[Watcher]) -> list[tuple[Watcher, str]]:
    """Give every watcher the pushes for one change, read from the store now."""
    truth = conversations.conversation(change.tenant_id, change.conversation_id)
    audiences: dict[tuple[object, ...], list[Watcher]] = defaultdict(list)
    for watcher in watchers:
        if watcher.attendant.tenant_id == change.tenant_id:
            audiences[_audience(truth, watcher)].append(watcher)
    frames: list[tuple[Watcher, str]] = []
    for audience in audiences.values():
        with translation.override(audience[0].language):
            frame = "".join(_pushes(change, audience[0], was_seen=_was_seen(change, truth, audience[0])))
        frames.extend((watcher, frame) for watcher in audience)
    return frames


def _was_seen(change: Change, truth: ConversationValue | None, watcher: Watcher) -> bool:
    """Whether somebody who may not see it now may have seen it a moment ago; nobody else hears that it exists."""
    if not change.names or watcher.open_id == change.conversation_id:
        return True
    if not change.names & VANISHING:
        return False
    # While somebody holds it only they see it, so its transfer or end is news to those alone who took part.
    was_held = truth is not None and bool(truth.participants) and not change.names & FROM_MANY
    return not was_held or (truth is not None and watcher.attendant.id in truth.participants)


def _audience(truth: ConversationValue | None, watcher: Watcher) -> tuple[object, ...]:
    """People for whom the same query gives the same answer and the same fragment looks the same."""
    who = watcher.attendant
    is_open = truth is not None and watcher.open_id == truth.id
    if truth is None:
        return (None,)
    return (
        watcher.language,
        who.is_supervisor,
        truth.queue in who.queues,
        truth.holder.id == who.id or who.id in truth.participants,
        # A draft, "you" and the suggested reply belong to one person.
        who.id if is_open or truth.holder.id == who.id or who.id in truth.participants else "",
        is_open,
    )


def _pushes(change: Change, watcher: Watcher, *, was_seen: bool) -> Iterator[str]:
    viewer = watcher.attendant
    found = conversations.conversation_for(viewer, change.conversation_id)
    if found is None:
        if was_seen:
            yield drawing.gone(change.conversation_id)
        return
    drawn = card_for(found, viewer, draft=drafts.read(viewer, found.id))
    rings = bool(change.names & RINGING) and drawn.tab in ("waiting", "mine")
    yield drawing.card(drawn, rings=rings)
    if "transferred" in change.names and drawn.is_mine:
        yield drawing.arrival(found)
    if watcher.open_id == found.id:
        thread = thread_for(found, viewer)
        yield drawing.message_rows(thread, _touched(thread, change.message_ids))
        yield drawing.parts(thread)


def _touched(thread: Thread, message_ids: set[str]) -> list[Entry]:
    """The entries that may look different now: those named, those they are about, and the latest."""
    latest = {entry.message.id for entry in thread.entries[-drawing.LATEST :]}
    wanted = message_ids | latest
    about = {
        entry.message.content.target
        for entry in thread.entries
        if entry.message.id in wanted and entry.message.content.kind in ABOUT_ANOTHER
    }
    return [
        entry for entry in thread.entries if entry.message.id in wanted or entry.message.external_id in about - {""}
    ]
