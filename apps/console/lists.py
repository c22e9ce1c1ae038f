"""The left pane: one tab of conversations, or what a search found, and the counters above it."""

from dataclasses import dataclass

from apps.console import drafts
from apps.console.cards import TABS, Card, card_for
from apps.contracts.people import AttendantValue, QueueValue
from apps.conversations import selectors as conversations
from apps.handoff import selectors as handoff
from apps.tenants import selectors as tenants

PAGE = 40


@dataclass(frozen=True)
class Asked:
    """What the address of a list page asks for."""

    tab: str
    q: str = ""
    queue: str = ""
    tag: str = ""
    cursor: str = ""


@dataclass(frozen=True)
class CardList:
    tab: str
    q: str
    queue: str
    tag: str
    cards: list[Card]
    next: str
    queues: list[QueueValue]

    @property
    def is_filtered(self) -> bool:
        return bool(self.q or self.queue or self.tag)


def asked_for(query: dict[str, str], *, viewer: AttendantValue, tab: str = "waiting") -> Asked:
    """Read a list's address; an unknown tab is the first one. Only supervisors have the team's tab."""
    wanted = query.get("tab", "")
    allowed = [name for name in TABS if name != "people" or viewer.is_supervisor]
    return Asked(
        tab=wanted if wanted in allowed else tab if tab in allowed else "waiting",
        q=query.get("q", "").replace("\x00", "").strip()[:100],
        queue=query.get("queue", "")[:60],
        tag=query.get("tag", "")[:40],
        cursor=query.get("cursor", "")[:200],
    )


def card_list(viewer: AttendantValue, asked: Asked) -> CardList:
    """Load one tab. A search looks into every tab, because who searches does not know where it stands."""
    kept = drafts.read_all(viewer)
    searched = tabs_for(viewer) if asked.q else [asked.tab]
    pages = [
        conversations.conversations_for(
            viewer, tab, q=asked.q, queue=asked.queue, tag=asked.tag, cursor=asked.cursor, limit=PAGE
        )
        for tab in searched
    ]
    return CardList(
        tab=asked.tab,
        q=asked.q,
        queue=asked.queue,
        tag=asked.tag,
        cards=[card_for(found, viewer, draft=kept.get(found.id, "")) for page in pages for found in page.items],
        next=pages[0].next if len(pages) == 1 else "",
        queues=tenants.queues(viewer.tenant_id),
    )


def tabs_for(viewer: AttendantValue) -> list[str]:
    return [tab for tab in TABS if tab != "people" or viewer.is_supervisor]


def counters(viewer: AttendantValue) -> dict[str, int]:
    """The numbers above the list and on the rail."""
    counts = dict(conversations.counts_for(viewer))
    if viewer.is_supervisor:
        counts["people"] = sum(held for holder, held in handoff.loads(viewer.tenant_id).items() if holder != viewer.id)
    unread = conversations.conversations_for(viewer, "mine", unread=True, limit=PAGE)
    return counts | {"unread": len(unread.items)}
