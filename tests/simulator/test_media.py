"""Files: which are taken, how large, for how long, as what (protocols/whatsapp.md §8), each with a wrong client."""

from typing import Any

import httpx
import pytest

from apps.simulator.meta.media import StoredFile, new_media_id
from apps.simulator.phone.changes import PhoneCustomer
from apps.simulator.standin import MetaStandIn
from tests.simulator.test_rules import body, buttons, interactive
from tests.simulator.test_sending import NUMBER

MEGABYTE = 1024 * 1024
MOVING = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0"
#: Each kind: a type it takes, and its largest file.
KINDS = {
    "image": ("image/jpeg", 5 * MEGABYTE),
    "audio": ("audio/mpeg", 16 * MEGABYTE),
    "video": ("video/mp4", 16 * MEGABYTE),
    "sticker": ("image/webp", 500 * 1024),
    "document": ("application/pdf", 100 * MEGABYTE),
}


def upload(graph: httpx.Client, mime_type: str, content: bytes, **more: str) -> httpx.Response:
    form = {"messaging_product": "whatsapp", "type": mime_type, **more}
    return graph.post(f"/{NUMBER}/media", data=form, files={"file": ("a", content, mime_type)}, timeout=30)


def shelved(meta: MetaStandIn, mime_type: str, content: bytes) -> str:
    file = StoredFile(new_media_id(), mime_type, content)
    meta.platform.shelf.put(file)
    return file.id


def send(graph: httpx.Client, content: dict[str, Any]) -> httpx.Response:
    return graph.post(f"/{NUMBER}/messages", json=content)


def code(answer: httpx.Response) -> int:
    return int(answer.json()["error"]["code"])


@pytest.mark.parametrize(("kind", "limit"), KINDS.items())
def test_a_file_of_the_largest_size_is_uploaded_and_one_byte_more_is_refused(
    graph: httpx.Client, kind: str, limit: tuple[str, int]
) -> None:
    mime_type, size_bytes = limit

    taken = upload(graph, mime_type, bytes(size_bytes))
    refused = upload(graph, mime_type, bytes(size_bytes + 1))

    assert taken.status_code == 200
    assert (refused.status_code, code(refused)) == (400, 131053)


@pytest.mark.parametrize(("kind", "limit"), [item for item in KINDS.items() if item[0] != "document"])
def test_a_file_too_large_for_its_kind_is_not_attached(
    graph: httpx.Client, meta: MetaStandIn, kind: str, limit: tuple[str, int]
) -> None:
    mime_type, size_bytes = limit
    small, large = shelved(meta, mime_type, b"x"), shelved(meta, mime_type, bytes(size_bytes + 1))

    assert send(graph, body(kind, {"id": small})).status_code == 200
    assert code(send(graph, body(kind, {"id": large}))) == 131053


def test_a_large_picture_may_go_as_a_document(graph: httpx.Client, meta: MetaStandIn) -> None:
    large = shelved(meta, "image/jpeg", bytes(6 * MEGABYTE))

    assert send(graph, body("document", {"id": large})).status_code == 200


def test_a_still_sticker_must_be_smaller_than_a_moving_one(graph: httpx.Client, meta: MetaStandIn) -> None:
    still, moving = (shelved(meta, "image/webp", start + bytes(200 * 1024)) for start in (b"RIFF", MOVING))

    assert code(send(graph, body("sticker", {"id": still}))) == 131053
    assert send(graph, body("sticker", {"id": moving})).status_code == 200


def test_an_ogg_file_without_opus_is_refused(graph: httpx.Client, meta: MetaStandIn) -> None:
    vorbis = shelved(meta, "audio/ogg", b"OggS" + bytes(24) + b"\x01vorbis")
    opus = shelved(meta, "audio/ogg", b"OggS" + bytes(24) + b"OpusHead")

    assert code(send(graph, body("audio", {"id": vorbis}))) == 131053
    assert send(graph, body("audio", {"id": opus, "voice": True})).status_code == 200


def test_a_voice_note_must_be_ogg(graph: httpx.Client, meta: MetaStandIn) -> None:
    song = shelved(meta, "audio/mpeg", b"x")

    assert code(send(graph, body("audio", {"id": song, "voice": True}))) == 131053
    assert send(graph, body("audio", {"id": song})).status_code == 200


@pytest.mark.parametrize(
    ("form", "files", "expected"),
    [
        ({}, {"file": ("a", b"x", "image/png")}, 131008),
        ({"messaging_product": "whatsapp"}, {"other": ("a", b"x", "image/png")}, 131008),
        ({"messaging_product": "whatsapp", "type": "image/png"}, {"file": ("a", b"", "image/png")}, 131053),
    ],
    ids=["without product", "without file", "empty file"],
)
def test_a_wrong_form_is_refused(graph: httpx.Client, form: dict[str, str], files: Any, expected: int) -> None:
    assert code(graph.post(f"/{NUMBER}/media", data=form, files=files)) == expected


def test_json_is_no_upload(graph: httpx.Client) -> None:
    assert code(graph.post(f"/{NUMBER}/media", json={"messaging_product": "whatsapp"})) == 100


def test_an_uploaded_file_is_forgotten_after_thirty_days(graph: httpx.Client, meta: MetaStandIn) -> None:
    media_id = upload(graph, "image/png", b"x").json()["id"]
    short = upload(graph, "image/png", b"x", ttl_minutes="1").json()["id"]

    meta.let_pass(seconds=61)
    early = [send(graph, body("image", {"id": one})).status_code for one in (media_id, short)]
    meta.let_pass(days=30)

    assert early == [200, 400]
    assert graph.get(f"/{media_id}").status_code == 400


def test_a_customers_file_is_forgotten_after_seven_days(
    graph: httpx.Client, meta: MetaStandIn, carla: PhoneCustomer
) -> None:
    file = StoredFile(new_media_id(), "image/png", b"x")
    meta.run(lambda: meta.handset.send_file(meta.account, carla, file))

    meta.let_pass(days=6)
    early = graph.get(f"/{file.id}").status_code
    meta.let_pass(days=1, seconds=1)

    assert (early, graph.get(f"/{file.id}").status_code) == (200, 400)


def test_a_download_address_lasts_five_minutes(graph: httpx.Client, meta: MetaStandIn) -> None:
    media_id = upload(graph, "image/png", b"x").json()["id"]
    address = graph.get(f"/{media_id}").json()["url"]

    early = graph.get(address).status_code
    meta.let_pass(seconds=301)

    assert (early, graph.get(address).status_code) == (200, 404)
    assert graph.get(graph.get(f"/{media_id}").json()["url"]).status_code == 200


def test_a_deleted_file_is_gone(graph: httpx.Client) -> None:
    media_id = upload(graph, "image/png", b"x").json()["id"]

    assert graph.delete(f"/{media_id}").json() == {"success": True}
    assert code(graph.get(f"/{media_id}")) == 100
    assert code(graph.delete(f"/{media_id}")) == 100


def test_a_file_of_another_number_is_unknown(graph: httpx.Client) -> None:
    media_id = upload(graph, "image/png", b"x").json()["id"]

    assert code(graph.get(f"/{media_id}", params={"phone_number_id": "999"})) == 100
    assert graph.get(f"/{media_id}", params={"phone_number_id": NUMBER}).status_code == 200


def test_the_picture_over_buttons_must_be_one(graph: httpx.Client, meta: MetaStandIn) -> None:
    picture, paper = shelved(meta, "image/png", b"x"), shelved(meta, "application/pdf", b"x")

    answers = [
        send(graph, interactive("button", buttons(("a", "A")), header={"type": "image", "image": {"id": media_id}}))
        for media_id in (picture, paper, "1")
    ]

    assert answers[0].status_code == 200
    assert [code(answer) for answer in answers[1:]] == [131053, 131009]


def test_a_file_is_uploaded_sent_and_fetched_with_the_token(graph: httpx.Client, meta: MetaStandIn) -> None:
    media_id = upload(graph, "image/png", b"\x89PNG\r\n--x").json()["id"]

    sent = graph.post(f"/{NUMBER}/messages", json=body("image", {"id": media_id}))
    found = graph.get(f"/{media_id}").json()
    fetched = graph.get(found["url"])
    without_token = httpx.get(found["url"])

    assert sent.status_code == 200
    assert (found["mime_type"], found["file_size"]) == ("image/png", 9)
    assert fetched.content == b"\x89PNG\r\n--x"
    assert without_token.status_code == 401


@pytest.mark.parametrize(
    ("kind", "mime_type", "code"),
    [("image", "application/pdf", 131053), ("sticker", "image/png", 131053), ("audio", "", 131009)],
)
def test_a_file_of_another_kind_is_refused(graph: httpx.Client, kind: str, mime_type: str, code: int) -> None:
    media_id = "1"
    if mime_type:
        form = {"messaging_product": "whatsapp", "type": mime_type}
        media_id = graph.post(f"/{NUMBER}/media", data=form, files={"file": ("a", b"x", mime_type)}).json()["id"]

    answer = graph.post(f"/{NUMBER}/messages", json=body(kind, {"id": media_id}))

    assert answer.json()["error"]["code"] == code
