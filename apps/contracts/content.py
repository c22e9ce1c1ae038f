"""What a message says, in one shape for every channel and both directions."""

from typing import Any

from pydantic import Field

from apps.contracts.base import Value
from apps.contracts.words import MessageKind


class Media(Value):
    """A file that travels with a message.

    `channel_media_id` is the channel's own id, valid for days; `file` is the path in our storage once
    downloaded. `sha256` is the channel's claim, base64 or hex, checked on download. `is_ready` of an outbound file says
    that it is as the channel wants it, `error` what went wrong with it, in a sentence for people.
    """

    channel_media_id: str = ""
    url: str = ""
    mime_type: str = ""
    sha256: str = ""
    filename: str = ""
    size_bytes: int | None = None
    voice: bool = False
    animated: bool = False
    file: str = ""
    is_ready: bool = False
    error: str = ""


class Place(Value):
    latitude: float
    longitude: float
    name: str = ""
    address: str = ""
    url: str = ""


class Person(Value):
    """A contact card inside a message."""

    name: str
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    organisation: str = ""


class Choice(Value):
    """A reply button or list row, offered (outbound) or chosen (inbound)."""

    id: str
    title: str
    description: str = ""


class OrderItem(Value):
    product: str
    quantity: float
    price: str
    currency: str = ""


class Content(Value):
    """The content of one message. `kind` decides which fields mean something; `text` is always what a person reads first.

    text: the body, caption or choice title. choices: offered buttons or rows; `list_button` opens the list.
    target: external id of the message that a reaction, edit or revoke is about. fields: a flow's answers by name.
    template: name, language and parameters of an approved template. raw: the vendor's object of an unknown kind.
    product: the catalogue's product that the message asks about.

    A system message says in `fields` what the channel reports of the customer: "type" in the channel's word;
    "new_identities" (canonical, separated by spaces), "new_address" and "new_phone" when the same person is known by
    other ids from now on; "consent" ("marketing_out" or "marketing_in") when they told the channel what they accept.
    """

    kind: MessageKind = MessageKind.TEXT
    text: str = ""
    media: Media | None = None
    place: Place | None = None
    people: tuple[Person, ...] = ()
    choice: Choice | None = None
    choices: tuple[Choice, ...] = ()
    list_button: str = ""
    emoji: str = ""
    target: str = ""
    order: tuple[OrderItem, ...] = ()
    fields: dict[str, str] = Field(default_factory=dict)
    template: dict[str, Any] = Field(default_factory=dict)
    referral: dict[str, str] = Field(default_factory=dict)
    raw: dict[str, Any] = Field(default_factory=dict)
    product: str = ""
    is_forwarded: bool = False
    is_forwarded_often: bool = False


def text_content(text: str) -> Content:
    return Content(kind=MessageKind.TEXT, text=text)
