"""What can happen on the phones and on the wire: small facts from which every process builds the same picture."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from apps.contracts.base import Value
from apps.contracts.content import Choice
from apps.simulator.phone.business import BusinessState, Template


class PhoneCustomer(Value):
    """Somebody who can write. `key` names them here; `phone` is "" for one known by business-scoped id alone.

    `is_one_form` means that WhatsApp knows the number as it stands and not with (or without) its ninth digit.
    """

    key: str
    name: str
    phone: str = ""
    bsuid: str = ""
    username: str = ""
    note: str = ""
    is_one_form: bool = False


class PhoneMessage(Value):
    """One bubble. `status` is a tick ("waiting", "sent", "delivered", "read", "failed"); `at` is in Unix seconds."""

    wamid: str
    customer: str
    is_mine: bool
    kind: str = "text"
    text: str = ""
    at: float
    status: str = ""
    quoted: str = ""
    header: str = ""
    footer: str = ""
    media_id: str = ""
    mime_type: str = ""
    filename: str = ""
    voice: bool = False
    latitude: float | None = None
    longitude: float | None = None
    place: str = ""
    choices: tuple[Choice, ...] = ()
    choice_kind: str = ""
    list_button: str = ""
    chosen: str = ""
    emoji: str = ""
    callback: str = ""
    is_forwarded: bool = False
    is_edited: bool = False
    is_deleted: bool = False


class Call(Value):
    """One HTTP call. `is_inbound` means from Meta to the product; bodies are cut for display."""

    id: str
    at: float
    is_inbound: bool
    method: str
    path: str
    status: int
    duration_ms: int
    request: str = ""
    response: str = ""
    note: str = ""


class Faults(Value):
    """What goes wrong on order. A send's fault is a name of `meta.faults.send_fault`, "" for none.

    `next_send` strikes once and then `later_sends` in turn; `every_send` and `by_customer` (by key) last.
    `statuses` is "", "lost", "late" (by `late_seconds`), "reordered", "doubled", "skipped" (no `delivered`) or "revived"
    (`failed`, then `delivered`); without `confirms` only `sent` comes.
    `slow_seconds` delays every call both ways. `window_closed` names customers for whom 24 h have passed, `unreachable`
    numbers that WhatsApp does not know.
    """

    next_send: str = ""
    later_sends: tuple[str, ...] = ()
    every_send: str = ""
    by_customer: dict[str, str] = {}
    statuses: Literal["", "lost", "late", "reordered", "doubled", "skipped", "revived"] = ""
    late_seconds: float = 30
    slow_seconds: float = 0
    confirms: bool = True
    window_closed: tuple[str, ...] = ()
    unreachable: tuple[str, ...] = ()


class CustomerJoined(Value):
    kind: Literal["customer"] = "customer"
    customer: PhoneCustomer


class MessageShown(Value):
    kind: Literal["message"] = "message"
    message: PhoneMessage


class TickChanged(Value):
    kind: Literal["tick"] = "tick"
    wamid: str
    status: str


class TypingShown(Value):
    """The business is writing, until `until` (Unix seconds) or its next message."""

    kind: Literal["typing"] = "typing"
    customer: str
    until: float


class ReactionShown(Value):
    """`emoji` "" removes it."""

    kind: Literal["reaction"] = "reaction"
    wamid: str
    emoji: str


class ChoiceTaken(Value):
    kind: Literal["choice"] = "choice"
    wamid: str
    choice: str


class CallMade(Value):
    kind: Literal["call"] = "call"
    call: Call


class TrafficCleared(Value):
    kind: Literal["cleared"] = "cleared"


class FaultsChanged(Value):
    kind: Literal["faults"] = "faults"
    faults: Faults


class TemplateChanged(Value):
    """A template as it is now; `is_gone` when it was deleted."""

    kind: Literal["template"] = "template"
    template: Template
    is_gone: bool = False


class BusinessChanged(Value):
    kind: Literal["business"] = "business"
    business: BusinessState


Change = Annotated[
    CustomerJoined
    | MessageShown
    | TickChanged
    | TypingShown
    | ReactionShown
    | ChoiceTaken
    | CallMade
    | TrafficCleared
    | FaultsChanged
    | TemplateChanged
    | BusinessChanged,
    Field(discriminator="kind"),
]
CHANGE: TypeAdapter[Change] = TypeAdapter(Change)
