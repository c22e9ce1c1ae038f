"""What an attendant sends besides text: files, places, cards, choices, reactions, quotes. Plain posts, as without scripts."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from apps.common import clock
from apps.contracts.content import Content, Media
from apps.contracts.people import AttendantValue
from apps.contracts.words import MessageKind
from apps.conversations import selectors, services
from apps.conversations.documents import Conversation, Message
from apps.conversations.domain import FOR_EVER
from apps.gateway.converting import ffmpeg
from apps.gateway.documents import StoredFile
from apps.gateway.services import files
from apps.handoff import services as handoff
from apps.tenants import models
from tests.console.conftest import SignIn, last_message, receive, said


@pytest.fixture(autouse=True)
def _shelf(tmp_path: Path, settings: LazySettings) -> None:
    settings.MEDIA_ROOT = tmp_path


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "#2e6f73").save(file, kind)
    return file.getvalue()


def upload(content: bytes, name: str = "sala.png", declared: str = "image/png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, declared)


def post(client: Client, address: str, **fields: Any):
    return client.post(f"/console/{address}", fields, follow=True)


def replies(conversation_id: str) -> str:
    return f"conversations/{conversation_id}/replies/"


@pytest.fixture
def browser(signed_in: SignIn, ana: AttendantValue, held_by_ana: str) -> Client:
    return signed_in(ana)


def customers_message(conversation_id: str) -> Any:
    return next(one for one in selectors.messages("default", conversation_id) if one.author.value == "customer")


def test_a_photo_leaves_with_its_caption(browser, held_by_ana, tmp_path):
    post(browser, replies(held_by_ana), text="A sala pronta", files=upload(picture()))

    message = last_message(held_by_ana)
    assert (message.content.kind, message.content.text) == (MessageKind.IMAGE, "A sala pronta")
    assert message.content.media.mime_type == "image/png"
    assert (tmp_path / message.content.media.file).read_bytes() == picture()
    assert message.status == "queued"


def test_several_files_leave_in_order_and_a_sound_takes_no_caption(browser, held_by_ana):
    sound = upload(b"ID3" + b"\0" * 200, "recado.mp3", "audio/mpeg")

    post(browser, replies(held_by_ana), text="Ouça e veja", files=[sound, upload(picture())])

    sent = selectors.messages("default", held_by_ana)[-3:]
    assert [one.content.kind for one in sent] == [MessageKind.TEXT, MessageKind.AUDIO, MessageKind.IMAGE]
    assert [one.content.text for one in sent] == ["Ouça e veja", "", ""]


def test_a_photo_posted_twice_is_one_message_and_leaves_no_file_behind(browser, held_by_ana):
    for _ in range(2):
        post(browser, replies(held_by_ana), files=upload(picture()), client_id="abc")

    photos = [one for one in selectors.messages("default", held_by_ana) if one.content.kind is MessageKind.IMAGE]
    assert len(photos) == 1
    StoredFile.objects.update(set__created_at=clock.now() - timedelta(days=2))
    assert files.sweep_files() == 1
    assert default_storage.exists(photos[0].content.media.file)


def test_what_a_file_is_called_never_decides_what_it_is(browser, held_by_ana):
    post(browser, replies(held_by_ana), files=upload(b"<html><script>", "../../férias\u202egpj.exe", "image/png"))

    media = last_message(held_by_ana).content.media
    assert last_message(held_by_ana).content.kind is MessageKind.DOCUMENT
    assert (media.filename, media.mime_type) == ("fériasgpj.exe", "application/octet-stream")
    assert ".." not in media.file


@pytest.mark.parametrize(
    ("field", "file", "sentence"),
    [
        ("files", upload(b""), "O arquivo está vazio."),
        ("sticker", upload(b"%PDF-1.7", "plano.pdf", "application/pdf"), "Para figurinha, escolha uma imagem."),
    ],
)
def test_what_cannot_be_sent_is_refused_at_once_and_nothing_is_kept(
    browser, held_by_ana, tmp_path, field, file, sentence
):
    before = said(held_by_ana)

    response = post(browser, replies(held_by_ana), text="Olhe", **{field: file})

    assert sentence in response.content.decode()
    assert said(held_by_ana) == before
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert "Olhe" in response.content.decode(), "what was written is still there"


def test_a_full_disk_is_explained_and_what_was_written_stays(browser, held_by_ana, monkeypatch):
    before = said(held_by_ana)

    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(default_storage, "save", full)

    response = post(browser, replies(held_by_ana), text="Olhe", files=upload(picture()))

    assert "não pôde ser guardado agora" in response.content.decode()
    assert "Olhe" in response.content.decode()
    assert said(held_by_ana) == before


def test_our_own_script_is_told_why_and_keeps_the_files(browser, held_by_ana):
    response = browser.post(f"/console/{replies(held_by_ana)}", {"files": upload(b"")}, headers={"X-Push": "1"})

    assert response.status_code == 422
    assert "O arquivo está vazio." in response.content.decode()


def test_a_recording_without_a_converter_is_explained(browser, held_by_ana, monkeypatch):
    monkeypatch.setattr(ffmpeg, "program", lambda: "")

    response = post(
        browser, replies(held_by_ana), recording=upload(b"\x1aE\xdf\xa3" + b"\0" * 99, "a.weba", "audio/webm")
    )

    assert "falta neste servidor o programa que converte (ffmpeg)" in response.content.decode()


def test_a_place_is_sent_from_the_address_of_a_map(browser, held_by_ana):
    address = "https://www.google.com/maps/place/Urbana/@-7.2306103,-35.8811261,17z"

    post(browser, f"conversations/{held_by_ana}/compose/place/", position=address, name="Loja")

    place = last_message(held_by_ana).content.place
    assert (round(place.latitude, 4), round(place.longitude, 4), place.name) == (-7.2306, -35.8811, "Loja")


def test_a_card_needs_a_phone(browser, held_by_ana):
    form = f"conversations/{held_by_ana}/compose/person/"
    refused = post(browser, form, name="Marcos", phone=["", ""])
    assert refused.status_code == 400
    assert "Cada contato precisa de um nome e de um telefone." in refused.content.decode()

    post(browser, form, name="Marcos", phone=["+55 83 98888-7777", ""])

    (person,) = last_message(held_by_ana).content.people
    assert (person.name, person.phones) == ("Marcos", ("+55 83 98888-7777",))


@pytest.mark.parametrize(("what", "kind"), [("buttons", MessageKind.BUTTONS), ("list", MessageKind.LIST)])
def test_a_question_offers_its_answers(browser, held_by_ana, what, kind):
    post(browser, f"conversations/{held_by_ana}/compose/{what}/", text="Qual dia?", title=["Terça", "Quinta", ""])

    content = last_message(held_by_ana).content
    assert content.kind is kind
    assert [one.title for one in content.choices] == ["Terça", "Quinta"]


def test_two_equal_buttons_are_refused_with_what_was_typed_still_there(browser, held_by_ana):
    before = said(held_by_ana)

    response = post(
        browser, f"conversations/{held_by_ana}/compose/buttons/", text="Qual dia?", title=["Terça", "Terça"]
    )

    assert response.status_code == 400
    assert "Duas opções têm o mesmo título" in response.content.decode()
    assert 'value="Terça"' in response.content.decode()
    assert said(held_by_ana) == before


def test_a_quoted_message_is_named_to_the_channel(browser, held_by_ana):
    quoted = customers_message(held_by_ana)

    page = post(browser, replies(held_by_ana), text="Sobre isso", quote=quoted.id)

    assert last_message(held_by_ana).replies_to == quoted.external_id
    assert f'href="#message-{quoted.id}"' in page.content.decode()


def test_a_quick_reply_brings_its_file(browser, held_by_ana):
    reply = models.QuickReply.objects.create(
        tenant_id="default", shortcut="catalogo", title="Catálogo", body="Segue", file="quick_replies/catalogo.pdf"
    )
    default_storage.save("quick_replies/catalogo.pdf", ContentFile(b"%PDF-1.7 x"))

    post(browser, replies(held_by_ana), text="Segue o catálogo", quick=str(reply.pk))

    content = last_message(held_by_ana).content
    assert (content.kind, content.text) == (MessageKind.DOCUMENT, "Segue o catálogo")
    assert (content.media.filename, content.media.mime_type) == ("catalogo.pdf", "application/pdf")


def test_a_neighbours_quick_reply_brings_nothing(browser, held_by_ana, vera):
    foreign = models.QuickReply.objects.create(
        tenant_id="vizinha", shortcut="segredo", title="Segredo", body="x", file="quick_replies/segredo.pdf"
    )

    post(browser, replies(held_by_ana), text="Oi", quick=str(foreign.pk))

    assert last_message(held_by_ana).content.media is None


def test_a_message_of_another_conversation_cannot_be_quoted(browser, held_by_ana, with_assistant):
    response = post(browser, replies(held_by_ana), text="x", quote=customers_message(with_assistant).id)

    assert "não pode ser citada" in response.content.decode()
    assert last_message(held_by_ana).content.text != "x"


def test_a_reaction_shows_on_its_message_and_can_be_taken_back(browser, held_by_ana):
    target = customers_message(held_by_ana)

    post(browser, f"messages/{target.id}/reaction/", emoji="👍")
    assert selectors.message("default", target.id).reactions == {"business": "👍"}
    assert last_message(held_by_ana).content.emoji == "👍"

    post(browser, f"messages/{target.id}/reaction/", emoji="")
    assert selectors.message("default", target.id).reactions == {}


def test_a_reaction_is_no_answer(browser, held_by_ana):
    Conversation.objects(id=held_by_ana).update(set__turn=9, set__answered=8)
    before = selectors.conversation("default", held_by_ana)

    post(browser, f"messages/{customers_message(held_by_ana).id}/reaction/", emoji="👍")

    after = selectors.conversation("default", held_by_ana)
    assert after.awaits_reply
    assert after.last_text == before.last_text


@pytest.mark.parametrize("emoji", ["ok", "<b>", "👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍"])
def test_only_an_emoji_is_a_reaction(browser, held_by_ana, emoji):
    target = customers_message(held_by_ana)

    post(browser, f"messages/{target.id}/reaction/", emoji=emoji)

    assert len(selectors.message("default", target.id).reactions.get("business", "")) <= 16
    assert selectors.message("default", target.id).reactions.get("business", "") not in ("ok", "<b>")


def test_after_the_window_closed_nothing_free_is_queued(browser, held_by_ana):
    Conversation.objects(id=held_by_ana).update(set__window_expires_at=clock.now() - timedelta(minutes=1))
    before = Message.objects(conversation_id=held_by_ana).count()

    response = post(browser, replies(held_by_ana), text="Ainda dá?")

    assert "só um modelo aprovado chega até o cliente" in response.content.decode()
    assert Message.objects(conversation_id=held_by_ana).count() == before


def test_a_channel_without_a_window_shows_no_countdown(browser, held_by_ana):
    page = f"/console/conversations/{held_by_ana}/"
    assert "janela de 24 horas:" in browser.get(page).content.decode()

    Conversation.objects(id=held_by_ana).update(set__window_expires_at=FOR_EVER)

    assert "janela" not in browser.get(page).content.decode().lower()


def test_a_file_that_could_not_be_fetched_can_be_asked_for_again(signed_in, ana, queue):
    lost = Content(
        kind=MessageKind.IMAGE, media=Media(channel_media_id="77", error="O WhatsApp não entregou o arquivo.")
    )
    conversation_id = receive(lost)
    handoff.accept_conversation(attendant=ana, conversation_id=conversation_id)
    client, message = signed_in(ana), customers_message(conversation_id)
    assert "Tentar de novo" in client.get(f"/console/conversations/{conversation_id}/").content.decode()

    page = post(client, f"messages/{message.id}/file/")

    assert "o arquivo está chegando" in page.content.decode()
    assert not services.fetch_again(tenant_id="default", message_id=message.id), "asked for once, not twice"
