"""A machine says everything that a person can say, and reads why not."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from apps.api.services import create_key
from apps.common import clock
from apps.contracts.words import MessageKind
from apps.conversations import selectors
from apps.conversations.documents import Conversation, Message
from tests.api.conftest import Machine


@pytest.fixture(autouse=True)
def _shelf(tmp_path: Path, settings: LazySettings) -> None:
    settings.MEDIA_ROOT = tmp_path


def picture() -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "#2e6f73").save(file, "WEBP")
    return SimpleUploadedFile("sala.webp", file.getvalue(), "image/webp")


def upload(machine: Machine, file: SimpleUploadedFile) -> Any:
    return machine.client.post("/api/v1/files", {"file": file}, **machine.headers)


def last(conversation_id: str) -> Any:
    return selectors.messages("default", conversation_id)[-1]


def test_a_file_is_uploaded_and_then_sent(machine, carla):
    given = upload(machine, picture()).json()
    assert (given["kind"], given["mime_type"], given["filename"]) == ("image", "image/webp", "sala.webp")

    response = machine.post(
        f"conversations/{carla}/reply", {"kind": "image", "file": given["id"], "text": "A sala", "replies_to": ""}
    )

    assert response.status_code == 201
    message = last(carla)
    assert (message.content.kind, message.content.text) == (MessageKind.IMAGE, "A sala")
    assert message.content.media.size_bytes == given["size_bytes"]


def test_another_keys_file_does_not_exist(machine, carla):
    stranger = Machine(create_key(tenant_id="default", name="Outra", can_write=True))
    file_id = upload(stranger, picture()).json()["id"]

    response = machine.post(f"conversations/{carla}/reply", {"kind": "image", "file": file_id})

    assert (response.status_code, response.json()["error"]["code"]) == (400, "parse_error")


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({"kind": "location", "place": {"latitude": -7.23, "longitude": -35.88, "name": "Loja"}}, "place"),
        ({"kind": "contacts", "people": [{"name": "Marcos", "phones": ["+55 83 98888-7777"]}]}, "people"),
        ({"kind": "buttons", "text": "Qual dia?", "choices": [{"title": "Terça"}, {"title": "Quinta"}]}, "choices"),
        ({"kind": "list", "text": "Qual dia?", "choices": [{"title": "Terça", "description": "à tarde"}]}, "choices"),
    ],
)
def test_every_kind_is_queued(machine, carla, body, shown):
    response = machine.post(f"conversations/{carla}/reply", body)

    assert response.status_code == 201
    message = last(carla)
    assert message.content.kind == body["kind"]
    assert getattr(message.content, shown)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid"),
        ({"kind": "image"}, "invalid"),
        ({"kind": "reaction", "text": "x"}, "invalid"),
        ({"kind": "location", "place": {"latitude": 91, "longitude": 0}}, "invalid"),
        ({"kind": "location", "place": {"latitude": "{'$gt': 0}", "longitude": 0}}, "invalid"),
        ({"kind": "contacts", "people": [{"name": "Marcos", "phones": []}]}, "invalid"),
        ({"kind": "buttons", "text": "Qual?", "choices": [{"title": "x" * 21}]}, "not_sendable"),
        ({"kind": "buttons", "text": "Qual?", "choices": [{"title": "a"}, {"title": "a"}]}, "not_sendable"),
        ({"text": "Oi", "replies_to": "wamid.NINGUEM"}, "not_sendable"),
    ],
)
def test_what_cannot_be_sent_is_a_400_with_a_sentence_and_changes_nothing(machine, carla, body, code):
    before = Message.objects(conversation_id=carla).count()

    response = machine.post(f"conversations/{carla}/reply", body)

    assert response.status_code == 400
    assert response.json()["error"]["code"] == code
    assert response.json()["error"]["message"].endswith(".")
    assert Message.objects(conversation_id=carla).count() == before
    assert selectors.conversation("default", carla).holder.kind == "queue", "it was not even taken"


def test_a_reply_quotes_by_either_id(machine, carla):
    quoted = selectors.messages("default", carla)[0]

    for name in (quoted.id, quoted.external_id):
        machine.post(f"conversations/{carla}/reply", {"text": "Sobre isso", "replies_to": name})

        assert last(carla).replies_to == quoted.external_id


def test_a_reaction_is_set_and_taken_back_by_the_holder_only(machine, carla):
    target = selectors.messages("default", carla)[0]
    assert machine.post(f"messages/{target.id}/reaction", {"emoji": "👍"}).json()["error"]["code"] == "not_holder"
    machine.post(f"conversations/{carla}/take")

    assert machine.post(f"messages/{target.id}/reaction", {"emoji": "👍"}).status_code == 201
    assert selectors.message("default", target.id).reactions == {"business": "👍"}

    machine.post(f"messages/{target.id}/reaction", {"emoji": ""})
    assert selectors.message("default", target.id).reactions == {}


def test_reading_is_said_by_the_holder_only(machine, carla):
    assert machine.post(f"conversations/{carla}/read").status_code == 403
    machine.post(f"conversations/{carla}/take")
    Conversation.objects(id=carla).update(set__unread=3)

    assert machine.post(f"conversations/{carla}/read").status_code == 200
    assert selectors.conversation("default", carla).unread == 0


def test_after_the_window_closed_a_reply_is_a_conflict(machine, carla):
    Conversation.objects(id=carla).update(set__window_expires_at=clock.now() - timedelta(minutes=1))

    response = machine.post(f"conversations/{carla}/reply", {"text": "Ainda dá?"})

    assert (response.status_code, response.json()["error"]["code"]) == (409, "window_closed")


def test_an_empty_file_and_no_file_are_explained(machine):
    empty = upload(machine, SimpleUploadedFile("a.pdf", b"", "application/pdf"))
    none = machine.client.post("/api/v1/files", {}, **machine.headers)

    assert [one.status_code for one in (empty, none)] == [400, 400]
    assert empty.json()["error"]["message"] == "O arquivo está vazio."


def test_the_schema_names_every_kind_and_the_upload(machine):
    schema = machine.get("schema").json()

    reply = schema["components"]["schemas"]["ReplyCommand"]["properties"]
    assert {"kind", "text", "file", "place", "people", "choices", "replies_to"} <= set(reply)
    assert "multipart/form-data" in schema["paths"]["/api/v1/files"]["post"]["requestBody"]["content"]
