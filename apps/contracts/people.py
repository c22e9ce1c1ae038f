"""Who and what a tenant configured, as values: accounts, queues, attendants."""

from pydantic import Field, SecretStr

from apps.contracts.base import Value
from apps.contracts.handoff import Unaccepted
from apps.contracts.words import HolderKind


class Holder(Value):
    """Who holds a conversation. Stored as "assistant", "queue:<slug>", "attendant:<id>" or "nobody"."""

    kind: HolderKind
    id: str = ""

    @classmethod
    def parse(cls, stored: str) -> "Holder":
        kind, _, holder_id = stored.partition(":")
        return cls(kind=HolderKind(kind), id=holder_id)

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.id}" if self.id else self.kind.value


ASSISTANT = Holder(kind=HolderKind.ASSISTANT)
NOBODY = Holder(kind=HolderKind.NOBODY)


def queue_holder(slug: str) -> Holder:
    return Holder(kind=HolderKind.QUEUE, id=slug)


def attendant_holder(attendant_id: str) -> Holder:
    return Holder(kind=HolderKind.ATTENDANT, id=attendant_id)


class ChannelAccountValue(Value):
    """A configured number or page. `secrets` verify webhooks, current first; rates are per second and in seconds."""

    tenant_id: str
    slug: str
    kind: str
    name: str
    is_active: bool = True
    phone_number_id: str = ""
    business_account_id: str = ""
    display_number: str = ""
    graph_url: str = ""
    graph_version: str = ""
    access_token: SecretStr = SecretStr("")
    app_secrets: tuple[SecretStr, ...] = ()
    verify_token: SecretStr = SecretStr("")
    messages_per_second: float = 80.0
    pair_interval_seconds: float = 6.0
    settings: dict[str, str] = Field(default_factory=dict)


class QueueValue(Value):
    """A queue. `wanted_facts` are what an attendant needs to know before starting, by the name they read."""

    tenant_id: str
    slug: str
    name: str
    colour: str = "q1"
    is_default: bool = False
    is_open: bool = True
    accept_limit_seconds: int = 600
    unaccepted: Unaccepted = Unaccepted.APOLOGISE
    wanted_facts: tuple[str, ...] = ()
    attendant_ids: tuple[str, ...] = ()


class AttendantValue(Value):
    """`id` is the attendant profile's id as text; `user_id` the Django login's."""

    id: str
    user_id: str
    tenant_id: str
    name: str
    initials: str = ""
    is_supervisor: bool = False
    capacity: int = 5
    queues: tuple[str, ...] = ()
