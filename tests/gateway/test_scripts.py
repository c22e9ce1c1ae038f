"""Scripts in whatever a customer controls: the console shows them as the text that they are (S6), and searches are literal (S4)."""

import json
import re
from html import escape
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from apps.common.cache import forget_memory
from apps.conversations.documents import Conversation, Message
from apps.gateway import services
from apps.tenants import models
from tests.gateway.asgi import text_webhook
from tests.gateway.payloads import NAMES, payload_of
from tests.gateway.product import arrive
from tests.gateway.test_inbound import NO_MESSAGE
from tests.handoff.cast import make_attendant, make_queue

pytestmark = pytest.mark.usefixtures("account")

SCRIPT = "<script>alert(1)</script>"
ATTRIBUTE = "\" onmouseover='alert(2)' x=\""
ADDRESS = "javascript:alert(3)"
HOSTILE = f"{ADDRESS}//{SCRIPT}{ATTRIBUTE}<img src=x onerror=alert(4)>{{{{7*7}}}}"
#: What a vendor says with these decides how the body is read; everything else is whatever the customer wrote.
STRUCTURE = {
    *("object", "field", "type", "messaging_product", "phone_number_id", "display_phone_number", "timestamp", "status"),
    *("id", "from", "from_user_id", "from_parent_user_id", "parent_user_id", "wa_id", "user_id", "mime_type", "sha256"),
}
ADDRESSES = ("href", "src", "action", "formaction", "data", "hx-get", "hx-post")


class Page(HTMLParser):
    """What a browser would find in a page that could run."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.runs: list[str] = []
        self._is_in_script = False
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._is_in_script = tag == "script"
        for name, value in attributes:
            address = re.sub(r"\s", "", value or "").lower()
            is_address = name in ADDRESSES and address.startswith(("javascript:", "data:text", "vbscript:"))
            if name.startswith("on") or is_address or (tag == "img" and address == "x"):
                self.runs.append(f"<{tag} {name}={value}>")

    def handle_data(self, data: str) -> None:
        if self._is_in_script and "alert" in data:
            self.runs.append(f"<script>{data}")

    def handle_endtag(self, tag: str) -> None:
        self._is_in_script = False


@pytest.fixture
def console() -> Client:
    forget_memory()
    sofia = make_attendant("Sofia", make_queue("default"), is_supervisor=True)
    client = Client()
    client.force_login(models.User.objects.get(pk=sofia.user_id), "django.contrib.auth.backends.ModelBackend")
    return client


def poisoned(value: Any, key: str = "") -> Any:
    """The same payload with every text that a customer controls replaced."""
    if isinstance(value, dict):
        return {name: poisoned(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [poisoned(inner, key) for inner in value]
    return HOSTILE if isinstance(value, str) and key not in STRUCTURE else value


@pytest.mark.parametrize("name", sorted(name for name in set(NAMES) - NO_MESSAGE if not name.startswith("field_")))
def test_no_page_runs_what_a_customer_sent(console: Client, name: str) -> None:
    arrive(json.dumps(poisoned(payload_of(name))).encode())
    services.drain()
    conversations, messages = list(Conversation.objects), list(Message.objects)
    assert messages, "nothing arrived, so nothing was shown"

    pages = [
        "/console/",
        *(f"/console/conversations/{row.id}/" for row in conversations),
        *(f"/console/messages/{row.id}/timeline/" for row in messages),
        "/console/history/?q=alert",
    ]
    for page in pages:
        response = console.get(page)
        assert response.status_code == 200, page
        assert Page(response.content.decode()).runs == [], page
        assert "script-src 'self'" in response["Content-Security-Policy"]
        assert "unsafe-inline" not in response["Content-Security-Policy"].split("style-src")[0]


@pytest.mark.parametrize("html", [f"<p>{SCRIPT}</p>", f'<a title="{ATTRIBUTE}">', f'<a href=" {ADDRESS}">'])
def test_what_is_not_escaped_is_found(html: str) -> None:
    assert Page(html).runs
    assert Page(escape(html)).runs == []


@pytest.mark.parametrize("wanted", [".*", "^", "(a+)+$", "[", "\\", "{'$ne': 1}", "*", "%", "\x00", "a" * 5_000])
def test_a_search_is_literal_and_never_fails(console: Client, wanted: str) -> None:
    arrive(text_webhook(1, text="a" * 500))
    services.drain()

    for page in ("/console/", "/console/history/"):
        response = console.get(page, {"q": wanted})
        assert response.status_code == 200
        assert "/timeline/" not in response.content.decode() or page == "/console/"


@pytest.mark.parametrize(
    "query", ["q[$ne]=1", "q[$regex]=.*", "q=a&q=b", "status[$ne]=closed", "before[$gt]=", "$where=1"]
)
def test_operators_in_the_address_are_no_operators(console: Client, query: str) -> None:
    for page in ("/console/", "/console/history/"):
        assert console.get(f"{page}?{query}").status_code in (200, 400, 404)
