"""Files: only for who may see the conversation, and nothing that a browser would execute."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from apps.common.object_storage import StorageAway
from apps.contracts.content import Content, Media
from apps.contracts.words import MessageKind
from tests.console.conftest import last_message, receive

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
PAGE = b"<html><script>alert(1)</script></html>"


def stored(content: bytes, *, mime_type: str, filename: str = "arquivo") -> str:
    """Carla sends a file; gives its address."""
    file = default_storage.save("whatsapp/teste", ContentFile(content))
    kind = MessageKind.IMAGE if mime_type.startswith("image") else MessageKind.DOCUMENT
    conversation_id = receive(Content(kind=kind, media=Media(mime_type=mime_type, file=file, filename=filename)))
    return f"/console/media/{last_message(conversation_id).id}/"


@pytest.mark.parametrize(
    ("content", "mime_type", "shown_as"),
    [
        (PNG, "image/png", "image/png"),
        (b"OggS" + b"\0" * 40, "audio/ogg; codecs=opus", "audio/ogg"),
        (b"\0\0\0\x18ftypmp42" + b"\0" * 40, "video/mp4", "video/mp4"),
        (b"%PDF-1.7 ...", "application/pdf", "application/pdf"),
        (PAGE, "image/png", ""),
        (PAGE, "text/html", ""),
        (b"<svg onload='alert(1)'/>", "image/svg+xml", ""),
        (PNG + PAGE, "text/html", ""),
        (b"MZ\x90", "application/octet-stream", ""),
    ],
)
def test_only_what_proves_its_harmless_type_is_shown_in_place(signed_in, ana, queue, content, mime_type, shown_as):
    response = signed_in(ana).get(stored(content, mime_type=mime_type))

    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == (shown_as or "application/octet-stream")
    assert response["Content-Disposition"].startswith("inline" if shown_as else "attachment")
    assert "sandbox" in response["Content-Security-Policy"]


def test_a_file_name_cannot_break_the_header(signed_in, ana, queue):
    response = signed_in(ana).get(stored(PNG, mime_type="image/png", filename='a"\r\nSet-Cookie: x=1/../b.png'))

    assert "\n" not in response["Content-Disposition"]
    assert "Set-Cookie" not in response.headers


def test_a_neighbour_gets_nothing(signed_in, vera, queue):
    address = stored(PNG, mime_type="image/png")

    assert signed_in(vera).get(address).status_code == 404


def test_players_may_ask_for_a_part(signed_in, ana, queue):
    client, address = signed_in(ana), stored(PNG, mime_type="image/png")

    part = client.get(address, headers={"Range": "bytes=0-3"})
    tail = client.get(address, headers={"Range": "bytes=-2"})
    beyond = client.get(address, headers={"Range": "bytes=999-"})

    assert (part.status_code, b"".join(part.streaming_content)) == (206, PNG[:4])
    assert part["Content-Range"] == f"bytes 0-3/{len(PNG)}"
    assert (tail.status_code, tail["Content-Length"]) == (206, "2")
    assert beyond.status_code == 416


def test_a_file_that_is_not_here_yet_is_not_found(signed_in, ana, queue):
    conversation_id = receive(Content(kind=MessageKind.IMAGE, media=Media(mime_type="image/png")))

    assert signed_in(ana).get(f"/console/media/{last_message(conversation_id).id}/").status_code == 404


def test_a_store_that_is_away_is_no_error_of_ours(signed_in, ana, queue, monkeypatch):
    address = stored(PNG, mime_type="image/png")
    monkeypatch.setattr(default_storage, "open", _away)

    response = signed_in(ana).get(address)

    assert (response.status_code, response["Retry-After"]) == (503, "10")


def _away(name: str) -> None:
    raise StorageAway(name)
