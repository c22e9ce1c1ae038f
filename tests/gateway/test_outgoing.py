"""Files on their way out: converted and uploaded before their message is claimed, and nothing posted that Meta would refuse."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from apps.common import clock
from apps.contracts.content import Content, Media, text_content
from apps.contracts.conversations import ConversationValue
from apps.contracts.errors import SendError
from apps.contracts.people import AttendantValue
from apps.contracts.words import Author, ConversationStatus, MessageKind
from apps.conversations import selectors
from apps.conversations.documents import Conversation, Message
from apps.conversations.services import add_reply, resend
from apps.gateway import converting
from apps.gateway.converting import ffmpeg
from apps.gateway.services import files, outgoing
from apps.simulator.phone.changes import PhoneCustomer
from apps.simulator.standin import MetaStandIn
from tests.gateway.product import Product

ANA = AttendantValue(id="1", user_id="1", tenant_id="default", name="Ana")


@pytest.fixture(autouse=True)
def _shelf(tmp_path: Path, settings: LazySettings) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(autouse=True)
def _carla_wrote(product: Product, meta: MetaStandIn, carla: PhoneCustomer) -> None:
    meta.write(carla, "Oi")
    product.take_in(messages=1)


@pytest.fixture
def conversation(_carla_wrote: None, product: Product) -> ConversationValue:
    found = selectors.conversation("default", str(product.conversation().id))
    assert found is not None
    return found


def picture(kind: str = "WEBP") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "#2e6f73").save(file, kind)
    return file.getvalue()


def stored(content: bytes, mime_type: str, kind: MessageKind = MessageKind.IMAGE) -> Content:
    file = default_storage.save("default/sent/a", ContentFile(content))
    return Content(kind=kind, media=Media(file=file, mime_type=mime_type, size_bytes=len(content), filename="a"))


def uploads(meta: MetaStandIn) -> list[str]:
    """The types of what Meta was given, in order."""
    return [file.mime_type for file in meta.platform.shelf._files.values()]


def sent_texts(meta: MetaStandIn) -> list[str]:
    return [body["text"]["body"] for _, body in meta.accepted]


def test_a_picture_that_meta_would_refuse_arrives_as_one_that_it_takes(product: Product, meta: MetaStandIn) -> None:
    message_id = product.reply(stored(picture(), "image/webp"))

    product.deliver()

    assert uploads(meta) == ["image/jpeg"]
    assert [body["type"] for _, body in meta.accepted] == ["image"]
    kept = product.message(message_id).content["media"]
    assert (kept["mime_type"], kept["is_ready"]) == ("image/jpeg", True)
    assert default_storage.open(kept["file"]).read(3) == b"\xff\xd8\xff"


def test_the_same_file_is_uploaded_once(product: Product, meta: MetaStandIn) -> None:
    content = stored(picture("PNG"), "image/png")

    for _ in range(2):
        product.reply(content)
        product.deliver()

    assert len(meta.accepted) == 2
    assert len(uploads(meta)) == 1


def test_a_file_that_meta_cannot_use_is_uploaded_anew(product: Product, meta: MetaStandIn) -> None:
    message_id = product.reply(stored(picture("PNG"), "image/png"))
    meta.fail_next("131053")

    with pytest.raises(SendError):
        product.deliver()
    product.let_retry_pass()
    product.deliver()

    assert len(uploads(meta)) == 2
    assert product.message(message_id).status == "sent"


def test_a_file_that_cannot_be_converted_fails_with_a_sentence_and_costs_meta_nothing(
    product: Product, meta: MetaStandIn
) -> None:
    message_id = product.reply(stored(b"RIFF0000WEBP damaged", "image/webp"))
    product.reply("E o texto depois")

    product.deliver()
    product.deliver()

    failed = product.message(message_id)
    assert (failed.status, failed.error_code) == ("failed", "not_sendable")
    assert failed.error_message == "O arquivo não pôde ser convertido para o que o canal aceita."
    assert uploads(meta) == []
    assert sent_texts(meta) == ["E o texto depois"], "what comes behind it goes on"


def test_a_file_that_lacked_its_converter_leaves_when_a_person_sends_it_again(
    product: Product, meta: MetaStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object, **__: object) -> None:
        raise converting.NoConverter

    message_id = product.reply(stored(picture(), "image/webp"))
    with monkeypatch.context() as without:
        without.setattr(converting, "convert", missing)
        product.deliver()
    assert "ffmpeg" in product.message(message_id).error_message

    resend(tenant_id="default", conversation_id=str(product.conversation().id), message_id=message_id)
    product.deliver()

    assert product.message(message_id).status == "sent"


def test_nothing_is_uploaded_twice_because_a_worker_began_again(product: Product, meta: MetaStandIn) -> None:
    product.reply(stored(picture(), "image/webp"))
    meta.fail_next("131056")

    with pytest.raises(SendError):
        product.deliver()
    product.let_retry_pass()
    product.deliver()

    assert len(uploads(meta)) == 1
    assert len(meta.accepted) == 1


@pytest.mark.parametrize("author", [Author.SYSTEM, Author.ASSISTANT])
def test_a_window_that_closed_meanwhile_keeps_the_message_here(
    product: Product, meta: MetaStandIn, author: Author
) -> None:
    message_id = queue(product, author, "Chegou tarde")
    Conversation.objects.update(set__window_expires_at=clock.now())

    product.deliver()

    assert meta.accepted == []
    failed = product.message(message_id)
    assert (failed.status, failed.error_code) == ("failed", "window_closed")
    waits = product.conversation().status == ConversationStatus.WAITING_HUMAN.value
    assert waits is (author is Author.ASSISTANT), "what the assistant could not say is a person's to say"


@pytest.mark.parametrize("author", [Author.SYSTEM, Author.ASSISTANT])
def test_what_is_said_after_the_window_closed_is_shown_and_never_queued(product: Product, author: Author) -> None:
    Conversation.objects.update(set__window_expires_at=clock.now() - timedelta(hours=1))

    message_id = queue(product, author, "A janela já fechou")

    kept = product.message(message_id)
    assert (kept.status, kept.error_code) == ("failed", "window_closed")
    assert Message.objects(status="queued").count() == 0
    waits = product.conversation().status == ConversationStatus.WAITING_HUMAN.value
    assert waits is (author is Author.ASSISTANT)


def test_a_template_leaves_at_any_time(product: Product, meta: MetaStandIn) -> None:
    Conversation.objects.update(set__window_expires_at=clock.now() - timedelta(days=3))
    template = Content(kind=MessageKind.TEMPLATE, template={"name": "retomar_conversa", "language": "pt_BR"})

    message_id = product.reply(template)

    assert product.message(message_id).status == "queued"


def test_a_text_too_long_for_one_message_is_split_at_a_paragraph_and_only_the_first_part_quotes(
    product: Product, meta: MetaStandIn
) -> None:
    quoted = Message.objects(direction="inbound").first().external_id
    long = "\n\n".join(["Parágrafo. " * 200, "Segundo. " * 200, "Terceiro. " * 150])
    message_id = add_reply(
        tenant_id="default",
        conversation_id=str(product.conversation().id),
        author=Author.SYSTEM,
        content=text_content(long),
        replies_to=quoted,
    )
    assert message_id is not None

    product.deliver()

    parts = sent_texts(meta)
    assert [part.split(".")[0] for part in parts] == ["Parágrafo", "Segundo"]
    assert all(len(part) <= 4096 for part in parts)
    assert [("context" in body) for _, body in meta.accepted] == [True, False]
    assert product.message(message_id).status == "sent"


@pytest.mark.parametrize(
    ("kind", "media", "sentence"),
    [
        (MessageKind.IMAGE, Media(mime_type="application/pdf", size_bytes=9), "não pode ir como imagem"),
        (MessageKind.IMAGE, Media(mime_type="image/heic", size_bytes=50 * 2**20), "passa de 40 MB"),
        (MessageKind.DOCUMENT, Media(mime_type="application/pdf", size_bytes=101 * 2**20), "passa de 100 MB"),
        (MessageKind.STICKER, Media(mime_type="video/mp4", size_bytes=9), "escolha uma imagem"),
        (MessageKind.VIDEO, Media(mime_type="video/quicktime", size_bytes=9), "ffmpeg"),
        (MessageKind.AUDIO, None, "Falta o arquivo"),
    ],
)
def test_what_meta_would_refuse_is_refused_before_anything_is_queued(
    conversation: ConversationValue, monkeypatch: pytest.MonkeyPatch, kind: MessageKind, media: Media, sentence: str
) -> None:
    monkeypatch.setattr(ffmpeg, "program", lambda: "")

    with pytest.raises(SendError) as refusal:
        outgoing.prepare(conversation, Content(kind=kind, media=media))

    assert refusal.value.code == "not_sendable"
    assert sentence in str(refusal.value)


def test_what_nobody_sends_is_gone_after_a_day_and_what_was_sent_stays() -> None:
    kept = [keep(b"%PDF-1.7 a"), keep(b"%PDF-1.7 b")]
    files.mark_sent(tenant_id="default", path=kept[0].path)
    files.StoredFile.objects.update(set__created_at=clock.now() - timedelta(days=2))

    assert files.sweep_files() == 1

    assert [default_storage.exists(one.path) for one in kept] == [True, False]


def test_a_file_is_its_owners_alone() -> None:
    kept = keep(b"%PDF-1.7 a")

    assert files.kept_file(ANA, kept.id) is not None
    assert files.kept_file(ANA.model_copy(update={"id": "2"}), kept.id) is None
    assert files.kept_file(ANA.model_copy(update={"tenant_id": "vizinha"}), kept.id) is None
    assert files.kept_file(ANA, "{'$ne': 1}") is None


def keep(content: bytes) -> files.KeptFile:
    file = io.BytesIO(content)
    media = files.look_at(file, filename="a.pdf", declared="application/pdf", size_bytes=len(content))
    return files.keep_file(owner=ANA, file=file, media=media)


def queue(product: Product, author: Author, text: str) -> str:
    conversation = product.conversation()
    message_id = add_reply(
        tenant_id="default",
        conversation_id=str(conversation.id),
        author=author,
        content=text_content(text),
        turn=conversation.turn,
    )
    assert message_id is not None
    return message_id
