"""From the state of the world to what the templates show."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.template.loader import render_to_string

from apps.simulator.meta.account import MetaAccount
from apps.simulator.phone.changes import (
    BusinessChanged,
    Call,
    CallMade,
    Change,
    ChoiceTaken,
    CustomerJoined,
    FaultsChanged,
    MessageShown,
    PhoneCustomer,
    PhoneMessage,
    ReactionShown,
    TickChanged,
    TrafficCleared,
    TypingShown,
)
from apps.simulator.phone.world import World

THREAD_SHOWN = 80
CALLS_SHOWN = 60
PEOPLE_SHOWN = 100


@dataclass(frozen=True)
class Fragment:
    """A piece of the page. It takes the place of the element `id`, or joins the element `into` at its end or start."""

    id: str
    html: str
    into: str = ""
    at_start: bool = False


@dataclass(frozen=True)
class Bubble:
    message: PhoneMessage
    quoted: PhoneMessage | None

    @property
    def at(self) -> datetime:
        return moment(self.message.at)

    @property
    def dom_id(self) -> str:
        return dom_id(self.message.wamid)


@dataclass(frozen=True)
class CallRow:
    call: Call

    @property
    def at(self) -> datetime:
        return moment(self.call.at)

    @property
    def label(self) -> str:
        """The end of the path, which says what the call is about."""
        return self.call.path if self.call.is_inbound else "/" + self.call.path.rstrip("/").rpartition("/")[2]

    @property
    def note(self) -> str:
        return self.call.note.partition(":")[0]

    @property
    def detail(self) -> str:
        return self.call.note.partition(":")[2]


@dataclass(frozen=True)
class Person:
    """A line of the list of customers, with what their phone shows last."""

    customer: PhoneCustomer
    last: PhoneMessage | None
    is_current: bool

    @property
    def initials(self) -> str:
        words = [word for word in self.customer.name.split() if word[0].isalpha()]
        if not words:
            return self.customer.phone[-2:]
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


class Drawing:
    """Draws for one page: the phone of `key`, and what all phones share."""

    def __init__(self, world: World, account: MetaAccount, key: str) -> None:
        self.world = world
        self.account = account
        self.key = key

    def page(self, *, now: float) -> dict[str, object]:
        """The context of the whole page."""
        return {
            "account": self.account,
            "customer": self.world.customers.get(self.key),
            "people": self.people(),
            "bubbles": [self.bubble(message) for message in self.world.thread(self.key)[-THREAD_SHOWN:]],
            "calls": [CallRow(call) for call in list(self.world.calls)[:CALLS_SHOWN]],
            "call_count": self.world.call_count,
            **self.state(now=now),
        }

    def state(self, *, now: float) -> dict[str, object]:
        faults = self.world.faults
        return {
            "account": self.account,
            "key": self.key,
            "typing_until": self.world.typing.get(self.key, 0) if self.world.is_typing(self.key, at=now) else 0,
            "faults": faults,
            "is_window_closed": self.key in faults.window_closed,
            "business": self.world.business,
            "wants_offers": self.key not in self.world.business.without_marketing,
        }

    def people(self) -> list[Person]:
        return [self.person(key) for key in list(self.world.customers)[:PEOPLE_SHOWN]]

    def person(self, key: str) -> Person:
        thread = self.world.thread(key)
        return Person(self.world.customers[key], thread[-1] if thread else None, key == self.key)

    def bubble(self, message: PhoneMessage) -> Bubble:
        return Bubble(message, self.world.messages.get(message.quoted) if message.quoted else None)

    def fragments(self, change: Change, *, now: float) -> Iterator[Fragment]:
        """What a change does to this page."""
        match change:
            case MessageShown(message=message):
                yield self._person(message.customer)
                if message.customer == self.key:
                    yield from self._bubbles(message.wamid)
                    yield self._top(now)
            case TickChanged(wamid=wamid) | ReactionShown(wamid=wamid) | ChoiceTaken(wamid=wamid):
                yield from self._bubbles(wamid)
            case TypingShown(customer=key):
                if key == self.key:
                    yield self._top(now)
            case CustomerJoined(customer=customer):
                yield self._person(customer.key)
            case CallMade(call=call):
                html = _html("_call", {"row": CallRow(call)})
                yield Fragment(f"call-{call.id}", html, into="calls", at_start=True)
                yield Fragment("call-count", _html("_call_count", {"call_count": self.world.call_count}))
            case TrafficCleared():
                yield Fragment("calls", _html("_calls", {"calls": []}))
                yield Fragment("call-count", _html("_call_count", {"call_count": 0}))
            case FaultsChanged() | BusinessChanged():
                yield Fragment("faults", _html("_faults", self.state(now=now)))

    def everything(self, *, now: float) -> list[Fragment]:
        """All live parts of the page, for one that was away."""
        context = self.page(now=now)
        names = {"people": "_people", "thread": "_thread", "calls": "_calls", "call-count": "_call_count"}
        parts = [Fragment(dom, _html(name, context)) for dom, name in names.items()]
        return [*parts, self._top(now), Fragment("faults", _html("_faults", context))]

    def _bubbles(self, wamid: str) -> Iterator[Fragment]:
        message = self.world.messages.get(wamid)
        if message is not None and message.customer == self.key:
            context = {"bubble": self.bubble(message), **self.state(now=message.at)}
            yield Fragment(dom_id(wamid), _html("_bubble", context), into="thread")

    def _person(self, key: str) -> Fragment:
        return Fragment(f"person-{key}", _html("_person", {"person": self.person(key)}), into="people")

    def _top(self, now: float) -> Fragment:
        return Fragment("handset-top", _html("_handset_top", self.state(now=now)))


def as_json(fragments: list[Fragment]) -> str:
    return json.dumps({"fragments": [fragment.__dict__ for fragment in fragments]})


def moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def dom_id(wamid: str) -> str:
    """An id for HTML: wamids carry characters that selectors do not like."""
    return "m-" + "".join(letter if letter.isalnum() else f"_{ord(letter):x}" for letter in wamid)


def _html(name: str, context: dict[str, object]) -> str:
    return render_to_string(f"simulator/{name}.html", context)
