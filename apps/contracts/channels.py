"""The contract of a channel adapter: one folder under `gateway/channels/` implements it, nothing foreign passes inward."""

from typing import Protocol

from apps.contracts.base import Value
from apps.contracts.messages import InboundMessage, OutboundMessage, StatusUpdate
from apps.contracts.people import ChannelAccountValue


class ParsedWebhook(Value):
    """Everything one webhook body said. `problems` are parts that could not be read: (sentence, raw JSON).

    `notices` are parts that nobody here acts on; `business_account_id` is the vendor's account that the body names.
    """

    messages: tuple[InboundMessage, ...] = ()
    statuses: tuple[StatusUpdate, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    notices: tuple[tuple[str, str], ...] = ()
    business_account_id: str = ""


class SendReceipt(Value):
    """The channel accepted a message. `address` is the id it really used, when it says so."""

    external_id: str
    address: str = ""


class ChannelAdapter(Protocol):
    """Translates one vendor's words and errors. Stateless; `account` carries every credential."""

    kind: str

    def verify(self, account: ChannelAccountValue, *, body: bytes, headers: dict[str, str]) -> bool:
        """Tell whether the vendor signed this body. Constant time, fails closed."""
        ...

    def answer_handshake(self, account: ChannelAccountValue, *, query: dict[str, str]) -> str | None:
        """The text to echo for a subscription handshake, None to refuse."""
        ...

    def parse_webhook(self, account: ChannelAccountValue, *, body: bytes, received_ns: int) -> ParsedWebhook:
        """Normalise one body. Never raises for any JSON: what cannot be read becomes a problem or an unsupported kind."""
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
