"""The recorded webhooks, and the account that they are for."""

import json
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from apps.contracts.channels import ParsedWebhook
from apps.contracts.people import ChannelAccountValue
from apps.contracts.templates import TemplateValue
from apps.gateway.channels.registry import adapter_for
from apps.gateway.channels.whatsapp.templates import read_template

FOLDER = Path(__file__).parent.parent / "payloads" / "whatsapp"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
RECEIVED_NS = 1_795_360_000 * 10**9

ACCOUNT = ChannelAccountValue(
    tenant_id="default",
    slug="default",
    kind="whatsapp",
    name="Urbana do Brasil",
    phone_number_id="330000000000001",
    graph_url="http://127.0.0.1:9",
    graph_version="v26.0",
    app_secrets=(SecretStr("segredo-de-teste"),),
    verify_token=SecretStr("segredo-de-verificacao"),
)


def body_of(name: str) -> bytes:
    return (FOLDER / f"{name}.json").read_bytes()


def payload_of(name: str) -> Any:
    return json.loads(body_of(name))


def parse(body: bytes, *, received_ns: int = RECEIVED_NS) -> ParsedWebhook:
    return adapter_for("whatsapp").parse_webhook(ACCOUNT, body=body, received_ns=received_ns)


def listed_templates() -> dict[str, TemplateValue]:
    """The templates of a recorded page of Meta's list, by name."""
    page = json.loads((FOLDER.parent / "templates" / "page.json").read_text())
    return {one["name"]: read_template(ACCOUNT, one) for one in page["data"]}
