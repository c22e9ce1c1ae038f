"""What any channel must pass. A channel brings a kit: its stand-in, an account, recorded bodies, and how to sign.

`tests/channels/<kind>_kit.py` names its class `KIT`; test_conformance.py finds it by the kind of every adapter that the
registry finds, so a channel without a kit fails.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from apps.common import clock
from apps.contracts.channels import ChannelAdapter, ParsedWebhook
from apps.contracts.content import Choice, Content, Media, Person, Place
from apps.contracts.messages import OutboundMessage
from apps.contracts.people import ChannelAccountValue
from apps.contracts.words import MEDIA_KINDS, MessageKind

#: After the newest recorded body.
RECEIVED_NS = 1_795_360_000 * 10**9
#: What no text that leaves the product may hold; each kit's credentials are made of it.
CANARY = "canario"


@dataclass(frozen=True)
class Refusal:
    """What the contract wants of an error that the stand-in gives on order.

    `retries` whether trying again can help, `after` when exactly, if the vendor said so.
    """

    fault: str
    retries: bool = False
    after: timedelta | None = None
    counts: bool = True
    blocks_account: bool = False


@dataclass(frozen=True)
class Handshake:
    """A right query, what it is answered with, and which of its fields carries the secret."""

    query: dict[str, str]
    answer: str
    secret_field: str


@dataclass(frozen=True)
class Kinds:
    """Every kind that can be sent, as a content that the channel takes. `file` begins the paths of the files in storage."""

    file: str
    target: str
    template: dict[str, Any] = field(default_factory=dict)

    def content(self, kind: MessageKind) -> Content:
        if kind in MEDIA_KINDS:
            mime_type = {
                MessageKind.IMAGE: "image/png",
                MessageKind.AUDIO: "audio/ogg",
                MessageKind.VIDEO: "video/mp4",
                MessageKind.DOCUMENT: "application/pdf",
                MessageKind.STICKER: "image/webp",
            }[kind]
            return Content(
                # Each kind has a file of its own: an upload is remembered by its path.
                kind=kind,
                media=Media(file=f"{self.file}.{kind.value}", mime_type=mime_type, filename="amostra", size_bytes=64),
            )
        two = (Choice(id="sim", title="Sim"), Choice(id="nao", title="Não"))
        return {
            MessageKind.TEXT: Content(text="Olá, Carla! <b>5 & 6</b>"),
            MessageKind.BUTTONS: Content(kind=kind, text="Continuamos?", choices=two),
            MessageKind.LIST: Content(kind=kind, text="Escolha", choices=two, list_button="Ver"),
            MessageKind.LOCATION: Content(
                kind=kind, place=Place(latitude=-7.2, longitude=-35.9, name="Urbana", address="Rua A, 1")
            ),
            MessageKind.CONTACTS: Content(kind=kind, people=(Person(name="Ana", phones=("+5583999999999",)),)),
            MessageKind.REACTION: Content(kind=kind, emoji="👍", target=self.target),
            MessageKind.TEMPLATE: Content(kind=kind, template=self.template),
        }[kind]


class Kit(Protocol):
    """One channel under test. Use it as a context manager: its stand-in runs meanwhile."""

    kind: str
    #: How the contract wants each of these answered, by what happened.
    refusals: Mapping[str, Refusal]
    #: The stand-in's faults in which the customer has the message and we hear nothing of it.
    unknown_outcomes: tuple[str, ...]
    #: False when the vendor signs no body and only shows a secret.
    signs_body: bool
    handshake: Handshake | None

    def __enter__(self) -> "Kit": ...

    def __exit__(self, *_: object) -> None: ...

    @property
    def account(self) -> ChannelAccountValue:
        """The account that the stand-in knows, with credentials that contain CANARY."""
        ...

    def without_secrets(self) -> ChannelAccountValue:
        """The same account before anybody gave it what verifies webhooks."""
        ...

    def unreachable(self) -> ChannelAccountValue:
        """The same account with a vendor that nobody can connect to."""
        ...

    def sign(self, body: bytes) -> dict[str, str]:
        """The headers with which the vendor posts this body."""
        ...

    def meet_customer(self) -> tuple[str, str]:
        """Let somebody write; give the address to answer to, and the external id of what they wrote."""
        ...

    def content(self, kind: MessageKind, *, file: str, target: str) -> Content:
        """A content of this kind that the channel takes. Most kits take it from `Kinds`."""
        ...

    def refuse_next(self, fault: str) -> None: ...

    def hurry(self, seconds: float) -> Any:
        """A context in which the adapter waits no longer than this for an answer."""
        ...

    def texts(self) -> list[str]:
        """Every text that the vendor took, as the customer reads it, oldest first."""
        ...

    def call_count(self) -> int:
        """How many calls the stand-in answered."""
        ...

    def customer_file(self, content: bytes) -> tuple[str, str]:
        """Let the customer send a document; give its media id and address as a webhook would say them."""
        ...

    def redirect_downloads(self, url: str) -> None:
        """From now on every download is sent on to this address."""
        ...

    def is_wrong_client_refused(self) -> bool:
        """Whether the stand-in refuses a call with a wrong token, as the vendor does."""
        ...


def outbound(kit: Kit, content: Content, *, address: str, age_seconds: float = 0) -> OutboundMessage:
    """One freshly claimed message."""
    return OutboundMessage(
        tenant_id=kit.account.tenant_id,
        account=kit.account.slug,
        conversation_id="665000000000000000000001",
        message_id="665000000000000000000002",
        attempt=1,
        address=address,
        content=content,
        claimed_at=clock.now() - timedelta(seconds=age_seconds),
    )


def recorded(kind: str) -> list[Path]:
    """The recorded bodies of a channel."""
    return sorted((Path(__file__).parent.parent / "payloads" / kind).glob("*.json"))


def read(adapter: ChannelAdapter, account: ChannelAccountValue, body: bytes) -> ParsedWebhook:
    return adapter.parse_webhook(account, body=body, received_ns=RECEIVED_NS)


def places_in(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a payload, as (container, key)."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield value, key
        yield from places_in(inner)


def tampered(text: str) -> Iterator[str]:
    """The text with each of its characters changed, and with one too many or too few."""
    for position, character in enumerate(text):
        other = "0" if character != "0" else "1"
        yield text[:position] + other + text[position + 1 :]
    yield text[:-1]
    yield text + "0"
    yield ""


def as_body(value: Any) -> bytes:
    return json.dumps(value).encode("utf-8", "surrogatepass")
