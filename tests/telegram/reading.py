"""The recorded updates, read."""

import json
from pathlib import Path
from typing import Any

from apps.contracts.channels import ParsedWebhook
from apps.contracts.messages import InboundMessage
from apps.contracts.people import ChannelAccountValue
from apps.gateway.channels.registry import adapter_for

FOLDER = Path(__file__).parent.parent / "payloads" / "telegram"
RECEIVED_NS = 1_795_360_000 * 10**9
ACCOUNT = ChannelAccountValue(tenant_id="default", slug="robo", kind="telegram", name="Urbana no Telegram")


def payload_of(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_bytes())


def parsed(payload: Any) -> ParsedWebhook:
    body = json.dumps(payload).encode("utf-8", "surrogatepass")
    return adapter_for("telegram").parse_webhook(ACCOUNT, body=body, received_ns=RECEIVED_NS)


def message_of(name: str, **changes: Any) -> InboundMessage:
    """The one message of a recorded update, with fields of its message changed."""
    payload = payload_of(name)
    kind = next(key for key in payload if key != "update_id")
    payload[kind].update(changes)
    (message,) = parsed(payload).messages
    return message
