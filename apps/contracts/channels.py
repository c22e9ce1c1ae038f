"""The contract of a channel adapter: one folder under `gateway/channels/` implements it, nothing foreign passes inward."""

from typing import IO, Protocol, runtime_checkable

from pydantic import Field

from apps.contracts.base import Moment, Value
from apps.contracts.content import Content
from apps.contracts.messages import EchoedMessage, InboundMessage, OutboundMessage, Sender, StatusUpdate
from apps.contracts.people import ChannelAccountValue
from apps.contracts.templates import TemplateValue
from apps.contracts.words import AccountNewsKind, CheckState, MessageKind


class AccountField(Value):
    """One thing an administrator must give to connect an account. `name` is the account's own field, or a key of `settings`."""

    name: str
    label: str
    help: str = ""
    is_secret: bool = False
    is_required: bool = True


class ChannelAbilities(Value):
    """What a channel can do, so that nobody else needs to know its name.

    `window_seconds` None: a customer who wrote may be answered for ever. `longest_text` and `longest_caption` in
    characters, `media_bytes` the largest file per kind, `media_types` what a file of a kind may be: one of another type
    is converted before it is sent, and a kind that is not named takes anything. `reports_delivery` False: accepted is
    the last that is heard. `account_help` tells an administrator where the `account_fields` are found, `webhook_help`
    what to do with the webhook's address. `has_handshake`: the vendor confirms the address, and an administrator hands it
    the verify token; where it does not, that token stays a secret.
    """

    title: str
    sends: frozenset[MessageKind]
    window_seconds: int | None = None
    longest_text: int = 4096
    longest_caption: int = 1024
    most_buttons: int = 3
    most_rows: int = 10
    media_bytes: dict[MessageKind, int] = Field(default_factory=dict)
    media_types: dict[MessageKind, frozenset[str]] = Field(default_factory=dict)
    has_templates: bool = False
    reports_delivery: bool = True
    can_quote: bool = True
    account_fields: tuple[AccountField, ...] = ()
    account_help: str = ""
    webhook_help: str = ""
    has_handshake: bool = True


class AccountNews(Value):
    """What the vendor said about the account itself. `subject` names the template or limit it is about."""

    tenant_id: str
    account: str
    kind: AccountNewsKind
    state: str
    subject: str = ""
    language: str = ""
    reason: str = ""
    at: Moment


class AccountCheck(Value):
    """One thing that was looked at: is the token valid, does the vendor call us… `sentence` and `next_step` for people.

    `field` names the AccountField to correct when the check is bad. `learned` is what the vendor told of the account
    itself: "display_number", "messages_per_second".
    """

    name: str
    state: CheckState
    sentence: str
    next_step: str = ""
    field: str = ""
    learned: dict[str, str] = Field(default_factory=dict)


class ParsedWebhook(Value):
    """Everything one webhook body said. `problems` are parts that could not be read: (sentence, raw JSON).

    `notices` are parts that nobody here acts on; `business_account_id` is the vendor's account that the body names.
    `echoes` is what the business itself wrote elsewhere, `news` what the vendor says about the account.
    """

    messages: tuple[InboundMessage, ...] = ()
    echoes: tuple[EchoedMessage, ...] = ()
    news: tuple[AccountNews, ...] = ()
    statuses: tuple[StatusUpdate, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    notices: tuple[tuple[str, str], ...] = ()
    business_account_id: str = ""


class SendReceipt(Value):
    """The channel accepted a message. `address` is the id it really used, when it says so.

    `usage_percent` is how much of its own allowance the channel says is used up, 0 when it does not say.
    `used_other_address`: it took the other form of the customer's address, having refused the one that we know.
    """

    external_id: str
    address: str = ""
    usage_percent: float = 0.0
    used_other_address: bool = False


class ChannelAdapter(Protocol):
    """Translates one vendor's words and errors. Stateless; `account` carries every credential."""

    kind: str
    abilities: ChannelAbilities

    def verify(self, account: ChannelAccountValue, *, body: bytes, headers: dict[str, str]) -> bool:
        """Tell whether the vendor signed this body. Constant time, fails closed."""
        ...

    def answer_handshake(self, account: ChannelAccountValue, *, query: dict[str, str]) -> str | None:
        """The text to echo for a subscription handshake, None to refuse."""
        ...

    def parse_webhook(self, account: ChannelAccountValue, *, body: bytes, received_ns: int) -> ParsedWebhook:
        """Normalise one body. Never raises for any JSON: what cannot be read becomes a problem or an unsupported kind."""
        ...

    def check_content(self, account: ChannelAccountValue, content: Content) -> None:
        """Raise SendError ("not_sendable", with a sentence for people) when the channel would refuse this content."""
        ...

    def send(self, account: ChannelAccountValue, message: OutboundMessage) -> SendReceipt:
        """Send once. Raises SendError when refused before processing, SendUnknown when the outcome is unknown."""
        ...

    def mark_read(self, account: ChannelAccountValue, *, external_id: str, typing: bool) -> None:
        """Show the customer that the message was read and, with `typing`, that an answer is being written."""
        ...

    def download_media(
        self, account: ChannelAccountValue, *, media_id: str, url: str, limit_bytes: int
    ) -> tuple[bytes, str]:
        """Fetch a file and its declared type. Raises SendError."""
        ...


@runtime_checkable
class ManagedChannel(Protocol):
    """What an adapter adds when its vendor lets an account be looked after from here. Each raises SendError or SendUnknown."""

    def check_account(self, account: ChannelAccountValue) -> tuple[AccountCheck, ...]:
        """Ask the vendor whether this account can receive and send. What was asked and refused is a check, not an error."""
        ...

    def subscribe(self, account: ChannelAccountValue, *, callback_url: str) -> None:
        """Make the vendor call our webhook for this account. Safe to repeat."""
        ...


@runtime_checkable
class AcknowledgingChannel(Protocol):
    """What an adapter adds when the customer's app waits to hear that a tap on a button arrived."""

    def acknowledge(self, account: ChannelAccountValue, *, external_id: str) -> None:
        """Say so for the choice that has this id. Allowed to fail: raises SendError or SendUnknown."""
        ...


@runtime_checkable
class TemplatedChannel(Protocol):
    """What an adapter adds when its vendor approves templates."""

    def list_templates(self, account: ChannelAccountValue) -> tuple[TemplateValue, ...]:
        """Every template of the account, all pages. Raises SendError or SendUnknown."""
        ...

    def is_template_refusal(self, code: str) -> bool:
        """Tell whether this error code says that what we know of a template is out of date."""
        ...

    def sender_for(self, phone: str) -> Sender | None:
        """Who has this phone number on the channel, as a message of theirs would name them; None when it is no number."""
        ...


@runtime_checkable
class StreamingChannel(Protocol):
    """What an adapter adds when it can fetch a large file without holding it in memory."""

    def download_into(
        self, account: ChannelAccountValue, *, media_id: str, url: str, limit_bytes: int, into: IO[bytes]
    ) -> str:
        """Write a file into `into`, from its beginning, and give its declared type. Raises SendError."""
        ...


@runtime_checkable
class UploadingChannel(Protocol):
    """What an adapter adds when a file is uploaded before the message that carries it is sent."""

    def upload(self, account: ChannelAccountValue, *, content: Content, attempt: int) -> None:
        """Upload the file of a message that is about to be sent. Safe to repeat: what is uploaded already is kept,

        unless an earlier attempt failed. Raises SendError.
        """
        ...


@runtime_checkable
class ExplainingChannel(Protocol):
    """What an adapter adds when it knows the vendor's error codes."""

    def explain(self, code: str) -> str:
        """Say in the reader's language what a code means and what to do next."""
        ...
