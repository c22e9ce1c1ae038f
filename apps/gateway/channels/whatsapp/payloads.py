"""One webhook body → our words. Every entry, change, message and status is read; nothing raises."""

from collections.abc import Callable, Iterator
from typing import Any

from apps.contracts.channels import ParsedWebhook
from apps.contracts.messages import StatusUpdate
from apps.contracts.people import ChannelAccountValue
from apps.contracts.words import DeliveryStatus
from apps.gateway.channels.reading import Unreadable, items, mapping, read_json, text
from apps.gateway.channels.whatsapp.account_news import read_account_news, read_errors
from apps.gateway.channels.whatsapp.body import Reading
from apps.gateway.channels.whatsapp.content import read_message_content
from apps.gateway.channels.whatsapp.customer_news import read_user_id_updates, read_user_preferences
from apps.gateway.channels.whatsapp.errors import Verdict, explain, verdict
from apps.gateway.channels.whatsapp.identity import digits_of, other_form, read_receiver, read_sender

STATUSES = {
    "sent": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.READ,
    "played": DeliveryStatus.READ,
    "failed": DeliveryStatus.FAILED,
}
LONGEST_ACCOUNT_ID = 60


def parse(account: ChannelAccountValue, *, body: bytes, received_ns: int) -> ParsedWebhook:
    """Normalise one body. What cannot be read becomes a problem, what nobody here acts on a notice."""
    reading = Reading(account, received_ns)
    try:
        content = read_json(body)
    except Unreadable as error:
        return ParsedWebhook(problems=((f"the body is not JSON ({error})", ""),))
    if not isinstance(content, dict) or not isinstance(content.get("entry"), list):
        reading.problem("the body has no entries", content)
    for entry, change, value in _changes(content):
        _read_change(reading, entry, change, value)
    return reading.parsed()


def _changes(content: Any) -> Iterator[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    for entry in items(content, "entry"):
        for change in items(entry, "changes"):
            yield entry, change, mapping(change, "value")


def _read_change(reading: Reading, entry: dict[str, Any], change: dict[str, Any], value: dict[str, Any]) -> None:
    if foreign := _foreign(reading.account, entry, value):
        # Another number of the same app. Its customers must not land in this account, perhaps another tenant's.
        reading.notice(foreign, value)
        return
    field_name = text(change, "field")
    reader = _FIELDS.get(field_name)
    if reader is not None:
        reader(reading, entry, value)
    elif not read_account_news(reading, field_name, entry, value):
        # Standby among them: messages that another application of this number answers.
        reading.notice(f"field {field_name}", value)


def _foreign(account: ChannelAccountValue, entry: dict[str, Any], value: dict[str, Any]) -> str:
    """Why this is about somebody else, "" when it is not known to be."""
    number_id = text(mapping(value, "metadata"), "phone_number_id")
    if number_id:
        is_other = bool(account.phone_number_id) and number_id != account.phone_number_id
        return f"another phone number id: {number_id}" if is_other else ""
    shown, ours = digits_of(text(value, "display_phone_number")), digits_of(account.display_number)
    if shown and ours and shown != ours:
        return f"another phone number: {shown}"
    named, known = text(entry, "id"), account.business_account_id
    if named and known and named != known and "waba_info" not in value and not items(value, "messages"):
        return f"another business account: {named}"
    return ""


def _read_messages(reading: Reading, entry: dict[str, Any], value: dict[str, Any]) -> None:
    reading.business_account_id = text(entry, "id")[:LONGEST_ACCOUNT_ID]
    contacts = items(value, "contacts")
    for message in items(value, "messages"):
        _read_message(reading, message, contacts)
    for status in items(value, "statuses"):
        _read_status(reading, status)
    read_errors(reading, value)
    if not any(name in value for name in ("messages", "statuses", "errors")):
        reading.notice("a change without messages or statuses", value)


def _read_message(reading: Reading, message: dict[str, Any], contacts: list[dict[str, Any]]) -> None:
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
        reading.add_message(
            sender,
            read_message_content(message),
            external_id=external_id,
            stamp=text(message, "timestamp"),
            replies_to=text(mapping(message, "context"), "id"),
        )


def _read_echoes(reading: Reading, entry: dict[str, Any], value: dict[str, Any]) -> None:
    """What somebody of the business wrote in the phone's own app."""
    reading.business_account_id = text(entry, "id")[:LONGEST_ACCOUNT_ID]
    contacts = items(value, "contacts")
    echoes = items(value, "message_echoes")
    for echo in echoes:
        external_id = text(echo, "id")
        customer = read_receiver(echo, contacts)
        if text(echo, "group_id"):
            reading.notice("a group message", echo)
        elif not external_id:
            reading.problem("an echo without id", echo)
        elif customer is None:
            reading.problem("an echo whose receiver nothing identifies", echo)
        else:
            stamp = text(echo, "timestamp")
            reading.add_echo(customer, read_message_content(echo), external_id=external_id, stamp=stamp)
    if not echoes:
        reading.notice("a change without echoes", value)


def _read_status(reading: Reading, status: dict[str, Any]) -> None:
    external_id = text(status, "id")
    found = STATUSES.get(text(status, "status"))
    if found is None:
        reading.notice(f"status {text(status, 'status') or 'without a name'}", status)
        return
    callback = text(status, "biz_opaque_callback_data")
    if not external_id and not callback:
        reading.problem("a status that names no message", status)
        return
    is_failed = found is DeliveryStatus.FAILED
    code = text(next(iter(items(status, "errors")), {}), "code") if is_failed else ""
    judged = verdict(code, has_other_form=bool(other_form(text(status, "recipient_id")))) if is_failed else Verdict()
    reading.statuses.append(
        StatusUpdate(
            tenant_id=reading.account.tenant_id,
            account=reading.account.slug,
            external_id=external_id,
            status=found,
            at=reading.moment(text(status, "timestamp")),
            callback=callback,
            error_code=code,
            error_message=explain(code) if is_failed else "",
            **judged._asdict(),
        )
    )


_FIELDS: dict[str, Callable[[Reading, dict[str, Any], dict[str, Any]], None]] = {
    "messages": _read_messages,
    "": _read_messages,
    "smb_message_echoes": _read_echoes,
    "user_id_update": read_user_id_updates,
    "user_preferences": read_user_preferences,
}
