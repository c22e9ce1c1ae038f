"""After a gap: everything that changed since a cursor, so that the page equals the server again."""

from collections.abc import Iterator

from apps.console import drafts, drawing
from apps.console.cards import card_for
from apps.console.lists import tabs_for
from apps.console.threads import thread_for
from apps.contracts.people import AttendantValue
from apps.conversations import selectors as conversations
from apps.events import selectors as events

#: Cards drawn per frame, so that the first ones show while the rest is drawn.
BATCH = 20
#: Of the closed ones only the latest: the list loads more on demand.
MOST_CLOSED = 200


def catch_up(viewer: AttendantValue, *, cursor: str, open_id: str) -> Iterator[str]:
    """Push what changed since `cursor`, all cards without one, then the open thread, the counters, the next cursor."""
    changed, following = events.changed_conversations(viewer.tenant_id, since=cursor)
    yield from _cards_of(viewer, changed) if cursor else all_cards(viewer)
    if open_id:
        yield open_thread(viewer, open_id)
    yield drawing.counts(viewer)
    yield drawing.cursor(following)


def all_cards(viewer: AttendantValue) -> Iterator[str]:
    """The cards of everything this person may see, the queue first."""
    kept = drafts.read_all(viewer)
    for tab in tabs_for(viewer):
        position, drawn = "", 0
        while True:
            page = conversations.conversations_for(viewer, tab, cursor=position, limit=BATCH)
            if page.items:
                yield "".join(drawing.card(card_for(one, viewer, draft=kept.get(one.id, ""))) for one in page.items)
            position, drawn = page.next, drawn + len(page.items)
            if not position or (tab == "closed" and drawn >= MOST_CLOSED):
                break


def open_thread(viewer: AttendantValue, conversation_id: str) -> str:
    """The open conversation as it is now: its latest messages and everything around them."""
    found = conversations.conversation_for(viewer, conversation_id)
    if found is None:
        return drawing.gone(conversation_id)
    thread = thread_for(found, viewer)
    return drawing.message_rows(thread, thread.entries) + drawing.parts(thread)


def _cards_of(viewer: AttendantValue, changed: list[str]) -> Iterator[str]:
    kept = drafts.read_all(viewer)
    for conversation_id in changed:
        found = conversations.conversation_for(viewer, conversation_id)
        if found is None:
            yield drawing.gone(conversation_id)
        else:
            yield drawing.card(card_for(found, viewer, draft=kept.get(conversation_id, "")))
