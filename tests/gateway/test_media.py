"""Customers' files: fetched with the token, checked, stored, and never asked of a foreign host."""

import base64
import hashlib
import io
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from apps.contracts.errors import SendError
from apps.contracts.people import ChannelAccountValue
from apps.conversations.documents import Message
from apps.gateway import file_types, services
from apps.gateway.channels.whatsapp import media
from apps.simulator.meta.media import StoredFile
from apps.simulator.phone.changes import PhoneCustomer
from apps.simulator.standin import MetaStandIn
from apps.tenants.selectors import account as account_of
from tests.gateway.payloads import parse
from tests.gateway.product import Product
from tests.simulator.webhook_keeper import WebhookKeeper

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100


@pytest.fixture
def shelf(tmp_path: Path, settings: LazySettings) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def send_picture(meta: MetaStandIn, carla: PhoneCustomer, content: bytes = PNG) -> None:
    file = StoredFile(id="770000000000009", mime_type="image/png", content=content, filename="sala.png")
    meta.run(lambda: meta.handset.send_file(meta.account, carla, file, caption="a sala"))


def stored_media() -> dict[str, Any]:
    (message,) = Message.objects(direction="inbound")
    found: dict[str, Any] = message.content["media"]
    return found


def fetch(keeper: WebhookKeeper) -> None:
    (message,) = parse(keeper.requests[0].body, received_ns=time.time_ns()).messages
    services.fetch_media(message=message)


def test_a_picture_is_fetched_and_kept(
    product: Product, meta: MetaStandIn, keeper: WebhookKeeper, carla: PhoneCustomer, shelf: Path
) -> None:
    send_picture(meta, carla)
    product.take_in(messages=1)

    fetch(keeper)

    found = stored_media()
    assert (shelf / found["file"]).read_bytes() == PNG
    assert found["file"].startswith("default/default/")
    assert (found["mime_type"], found["size_bytes"]) == ("image/png", len(PNG))


def test_a_file_that_meta_has_no_more_is_explained(
    product: Product, meta: MetaStandIn, keeper: WebhookKeeper, carla: PhoneCustomer, shelf: Path
) -> None:
    send_picture(meta, carla)
    product.take_in(messages=1)
    (message,) = parse(keeper.requests[0].body, received_ns=time.time_ns()).messages
    lost = message.model_copy(
        update={"content": message.content.model_copy(update={"media": _lost(message.content.media)})}
    )

    services.fetch_media(message=lost)

    assert stored_media()["error"].endswith(".")
    assert not list(shelf.rglob("*.png"))


def test_a_file_that_arrived_damaged_is_not_kept(
    product: Product, meta: MetaStandIn, keeper: WebhookKeeper, carla: PhoneCustomer, shelf: Path
) -> None:
    send_picture(meta, carla)
    product.take_in(messages=1)
    (message,) = parse(keeper.requests[0].body, received_ns=time.time_ns()).messages
    assert message.content.media is not None
    other = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    damaged = message.content.media.model_copy(update={"sha256": other})
    claimed = message.model_copy(update={"content": message.content.model_copy(update={"media": damaged})})

    with pytest.raises(SendError) as refusal:
        services.fetch_media(message=claimed)

    assert refusal.value.code == "media_damaged"
    assert not [path for path in shelf.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("url", "trusted"),
    [
        ("http://127.0.0.1:9/file", True),
        ("http://127.0.0.1:10/file", False),
        ("http://127.0.0.1:9@evil.example/file", False),
        ("https://evil.example/file", False),
        ("http://lookaside.fbsbx.com/file", False),
        ("https://lookaside.fbsbx.com.evil.example/file", False),
        ("https://lookaside.fbsbx.com:8443/file", False),
        ("http://169.254.169.254/latest", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_the_token_goes_to_the_channels_own_hosts_only(url: str, *, trusted: bool) -> None:
    account = ChannelAccountValue(
        tenant_id="default", slug="default", kind="whatsapp", name="x", graph_url="http://127.0.0.1:9"
    )

    assert media.is_trusted(account, url) is trusted


def test_a_meta_host_that_resolves_to_a_private_address_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    account = ChannelAccountValue(
        tenant_id="default", slug="default", kind="whatsapp", name="x", graph_url="https://graph.facebook.com"
    )
    monkeypatch.setattr(media.outgoing, "is_public_host", lambda host, port: False)

    assert not media.is_trusted(account, "https://lookaside.fbsbx.com/file")


def test_a_file_larger_than_its_kind_may_be_is_not_held(
    product: Product, meta: MetaStandIn, carla: PhoneCustomer
) -> None:
    send_picture(meta, carla)
    account = account_of("default")
    assert account is not None

    into = io.BytesIO()
    with pytest.raises(SendError) as refusal:
        media.download_into(account, media_id="770000000000009", url="", limit_bytes=10, into=into)

    assert refusal.value.code == "media_too_large"
    assert into.getvalue() == b""


@pytest.mark.parametrize(
    ("content", "declared", "found"),
    [
        (PNG, "image/jpeg", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg", "image/jpeg"),
        (b"RIFF1234WEBPVP8 ", "image/webp", "image/webp"),
        (b"OggS" + b"\x00" * 20, "audio/ogg", "audio/ogg"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4", "video/mp4"),
        (b"\x00\x00\x00\x18ftypM4A ", "audio/mp4", "audio/mp4"),
        (b"%PDF-1.7", "application/pdf", "application/pdf"),
        (b"<svg onload='x'>", "image/svg+xml", "application/octet-stream"),
        (b"<html><script>", "image/png", "application/octet-stream"),
        (b"<script>", "text/plain", "application/octet-stream"),
        (b"ol\xc3\xa1", "text/plain", "text/plain"),
        (b"PK\x03\x04", "application/x-msdownload", "application/zip"),
        (b"\x00\x00\x00\x18ftypheic", "image/jpeg", "image/heic"),
        (b"\x00\x00\x00\x14ftypqt  ", "video/mp4", "video/quicktime"),
        (b"\x1aE\xdf\xa3" + b"\x00" * 9, "audio/webm;codecs=opus", "audio/webm"),
        (b"RIFF1234WAVEfmt ", "image/webp", "audio/wav"),
    ],
)
def test_the_first_bytes_decide_what_a_file_is(content: bytes, declared: str, found: str) -> None:
    assert file_types.sniff(content, declared=declared) == found


def _lost(found: Any) -> Any:
    return found.model_copy(update={"channel_media_id": "779999999999999", "url": ""})
