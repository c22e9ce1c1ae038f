"""One webhook body → our messages and statuses. Every entry, change, message and status is read; nothing raises."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from apps.contracts.channels import ParsedWebhook
from apps.contracts.messages import InboundMessage, StatusUpdate
from apps.contracts.people import ChannelAccountValue
from apps.contracts.words import DeliveryStatus
from apps.gateway.channels.reading import Unreadable, as_json, items, mapping, read_json, text
from apps.gateway.channels.whatsapp.content import read_content, referral_of
from apps.gateway.channels.whatsapp.errors import explain
from apps.gateway.channels.whatsapp.identity import read_sender

STATUSES = {
    "sent": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.READ,
    "played": DeliveryStatus.READ,
    "failed": DeliveryStatus.FAILED,
}
FIRST_MILLISECOND = 10**12
#: Before WhatsApp existed, or further ahead than a wrong clock explains: the time of arrival serves instead.
EARLIEST_SECOND = 1_230_768_000
FURTHEST_AHEAD_SECONDS = 2 * 86_400
LONGEST_KEPT_RAW = 20_000
LONGEST_ACCOUNT_ID = 60


@dataclass
class _Reading:
    """One body being read; `index` keeps the order of messages inside it."""

    account: ChannelAccountValue
    received_ns: int
    index: int = 0
    messages: list[InboundMessage] = field(default_factory=list)
    statuses: list[StatusUpdate] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)
    notices: list[tuple[str, str]] = field(default_factory=list)
    business_account_id: str = ""

    @property
    def received_at(self) -> datetime:
        return datetime.fromtimestamp(self.received_ns / 1e9, tz=UTC)

    def moment(self, stamp: str) -> datetime:
        """Read a Unix time in seconds or, as has been observed, milliseconds."""
        try:
            seconds = int(stamp)
        except ValueError:
            return self.received_at
        if seconds >= FIRST_MILLISECOND:
            seconds //= 1000
        if not EARLIEST_SECOND <= seconds <= self.received_ns // 10**9 + FURTHEST_AHEAD_SECONDS:
            return self.received_at
        return datetime.fromtimestamp(seconds, tz=UTC)

    def problem(self, sentence: str, raw: Any) -> None:
        self.problems.append((sentence, as_json(raw)[:LONGEST_KEPT_RAW]))

    def notice(self, sentence: str, raw: Any) -> None:
        self.notices.append((sentence, as_json(raw)[:LONGEST_KEPT_RAW]))


def parse(account: ChannelAccountValue, *, body: bytes, received_ns: int) -> ParsedWebhook:
    """Normalise one body. What cannot be read becomes a problem, what nobody here acts on a notice."""
    reading = _Reading(account, received_ns)
    try:
        content = read_json(body)
    except Unreadable as error:
        return ParsedWebhook(problems=((f"the body is not JSON ({error})", ""),))
    if not isinstance(content, dict) or not isinstance(content.get("entry"), list):
        reading.problem("the body has no entries", content)
    for entry_id, change, value in _changes(content):
        _read_change(reading, entry_id, change, value)
    return ParsedWebhook(
        messages=tuple(reading.messages),
        statuses=tuple(reading.statuses),
        problems=tuple(reading.problems),
        notices=tuple(reading.notices),
        business_account_id=reading.business_account_id,
    )


def _changes(content: Any) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for entry in items(content, "entry"):
        for change in items(entry, "changes"):
            yield text(entry, "id"), change, mapping(change, "value")


def _read_change(reading: _Reading, entry_id: str, change: dict[str, Any], value: dict[str, Any]) -> None:
    field_name = text(change, "field")
    if field_name not in ("messages", ""):
        reading.notice(f"field {field_name}", value)
        return
    number_id = text(mapping(value, "metadata"), "phone_number_id")
    if reading.account.phone_number_id and number_id and number_id != reading.account.phone_number_id:
        # Another number of the same app. Its customers must not land in this account, perhaps another tenant's.
        reading.notice(f"another phone number id: {number_id}", value)
        return
    reading.business_account_id = entry_id[:LONGEST_ACCOUNT_ID]
    contacts = items(value, "contacts")
    for message in items(value, "messages"):
        _read_message(reading, message, contacts)
    for status in items(value, "statuses"):
        _read_status(reading, status)
    for error in items(value, "errors"):
        reading.notice(f"error {text(error, 'code')}", error)
    if not any(name in value for name in ("messages", "statuses", "errors")):
        reading.notice("a change without messages or statuses", value)


def _read_message(reading: _Reading, message: dict[str, Any], contacts: list[dict[str, Any]]) -> None:
    index = reading.index
    reading.index += 1
    external_id = text(message, "id")
    sender = read_sender(message, contacts)
    if text(message, "group_id"):
        # Nobody but the group's members may be answered there, and the assistant never is one.
        reading.notice("a group message", message)
    elif not external_id:
        reading.problem("a message without id", message)
    elif sender is None:
        reading.problem("a message whose sender nothing identifies", message)
    else:
        sent_at = reading.moment(text(message, "timestamp"))
        content = read_content(message).model_copy(update={"referral": referral_of(message)})
        reading.messages.append(
            InboundMessage(
                tenant_id=reading.account.tenant_id,
                account=reading.account.slug,
                channel=reading.account.kind,
                external_id=external_id,
                sender=sender,
                content=content,
                sent_at=sent_at,
                received_at=reading.received_at,
                order=f"{int(sent_at.timestamp()):012d}.{reading.received_ns:020d}.{index:04d}",
                replies_to=text(mapping(message, "context"), "id"),
            )
        )


def _read_status(reading: _Reading, status: dict[str, Any]) -> None:
    external_id = text(status, "id")
    found = STATUSES.get(text(status, "status"))
    if found is None:
        reading.notice(f"status {text(status, 'status') or 'without a name'}", status)
        return
    callback = text(status, "biz_opaque_callback_data")
    if not external_id and not callback:
        reading.problem("a status that names no message", status)
        return
    error = next(iter(items(status, "errors")), {}) if found is DeliveryStatus.FAILED else {}
    code = text(error, "code")
    reading.statuses.append(
        StatusUpdate(
            tenant_id=reading.account.tenant_id,
            account=reading.account.slug,
            external_id=external_id,
            status=found,
            at=reading.moment(text(status, "timestamp")),
            callback=callback,
            error_code=code,
            error_message=explain(code) if found is DeliveryStatus.FAILED else "",
        )
    )
