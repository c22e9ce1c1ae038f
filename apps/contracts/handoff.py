"""Handoff as other apps see it: tickets, presence, the dossier, and how long a customer waits."""

from enum import StrEnum

from pydantic import Field

from apps.contracts.base import Moment, Value
from apps.contracts.words import HandoffOutcome, HandoffReason


class TicketState(StrEnum):
    """The steps of the saga, in order. `cancelled` ends it when the conversation went another way."""

    REQUESTED = "requested"
    OPENED = "opened"
    TOLD = "told"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    CONVERSING = "conversing"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Unaccepted(StrEnum):
    """What a queue does when nobody accepts within its limit. The customer gets an apology in every case."""

    APOLOGISE = "apologise"
    WIDEN = "widen"
    RETURN = "return"


class PresenceStatus(StrEnum):
    """`away` is only ever concluded from idleness, `offline` also from silence; the others are chosen."""

    ONLINE = "online"
    BUSY = "busy"
    BREAK = "break"
    AWAY = "away"
    OFFLINE = "offline"


class PresenceValue(Value):
    """Where an attendant is. `changed_by` names who forced it, "" when they chose themselves; `load` are open tickets."""

    attendant_id: str
    attendant_name: str = ""
    status: PresenceStatus
    break_name: str = ""
    since: Moment | None = None
    seen_at: Moment | None = None
    changed_by: str = ""
    load: int = 0
    capacity: int = 0

    @property
    def is_available(self) -> bool:
        """May be offered another conversation now."""
        return self.status is PresenceStatus.ONLINE and self.load < self.capacity


class Wait(Value):
    """What an honest sentence about waiting is made from. `estimate_minutes` is None without enough experience."""

    position: int
    estimate_minutes: int | None = None
    is_anyone_online: bool | None = None
    is_open: bool = True


class TicketValue(Value):
    """One handoff of one conversation. `position` is the place in the queue from 1, None once somebody accepted."""

    id: str
    tenant_id: str
    conversation_id: str
    queue: str
    reason: HandoffReason
    reason_detail: str = ""
    state: TicketState
    is_open: bool
    attendant_id: str = ""
    attendant_name: str = ""
    position: int | None = None
    times: dict[str, Moment] = Field(default_factory=dict)
    queued_at: Moment
    due_at: Moment | None = None
    transfer_reason: str = ""
    outcome: HandoffOutcome | None = None


class DossierFact(Value):
    """One thing the queue wants to know. `value` is "" while the customer has not told it."""

    name: str
    value: str = ""

    @property
    def is_missing(self) -> bool:
        return not self.value


class DossierAnswer(Value):
    """One of the assistant's last answers, with the articles it rests on."""

    message_id: str
    text: str
    sources: tuple[str, ...] = ()


class Dossier(Value):
    """What whoever takes a conversation reads first. `summary` is at most three lines, oldest first."""

    conversation_id: str
    reason: HandoffReason | None = None
    reason_detail: str = ""
    summary: tuple[str, ...] = ()
    intent: str = ""
    sentiment: str = ""
    facts: tuple[DossierFact, ...] = ()
    answers: tuple[DossierAnswer, ...] = ()
    suggested_queue: str = ""
    suggested_reply: str = ""
    transfer_reason: str = ""

    @property
    def missing_count(self) -> int:
        return sum(fact.is_missing for fact in self.facts)
