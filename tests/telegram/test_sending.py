"""What the customer gets, and what is tried again in another way when the vendor cannot read it."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from apps.common import clock
from apps.contracts.channels import ChannelAdapter, SendReceipt
from apps.contracts.content import Choice, Content, Media, Person, Place
from apps.contracts.errors import SendError, SendUnknown
from apps.contracts.words import Consequence, MessageKind
from apps.gateway.channels.telegram.choices import data_for
from apps.gateway.channels.telegram.markup import as_html
from apps.simulator.telegram.account import Customer
from apps.simulator.telegram.standin import TelegramStandIn
from tests.channels.conformance import outbound
from tests.channels.telegram_kit import TelegramKit

LONG_ID = "pedido:" + "é" * 60


@pytest.fixture
def shelf(tmp_path: Path, settings: LazySettings) -> Path:
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "sala.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 50)
    return tmp_path


def send(kit: TelegramKit, adapter: ChannelAdapter, joana: Customer, content: Content, **changes: Any) -> SendReceipt:
    message = outbound(kit, content, address=str(joana.id)).model_copy(update=changes)
    return adapter.send(kit.account, message)


def picture(**fields: Any) -> Content:
    media = Media(file="sala.png", mime_type="image/png", **fields)
    return Content(kind=MessageKind.IMAGE, text="a sala", media=media)


# -- texts ---------------------------------------------------------------------------------------------------------
def test_a_receipt_names_the_message_as_replies_to_it_will(
    kit: TelegramKit, adapter: ChannelAdapter, vendor: TelegramStandIn, joana: Customer
) -> None:
    receipt = send(kit, adapter, joana, Content(text="Olá!"))

    assert receipt.external_id == vendor.accepted[-1].key
    update = vendor.write(joana, "isso", quoted=int(receipt.external_id.partition(":")[2]))
    assert update["message"]["reply_to_message"]["text"] == "Olá!"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*5 & 6*", "<b>5 &amp; 6</b>"),
        ("Oi, *Carla*!", "Oi, <b>Carla</b>!"),
        ("Oi, **Carla**!", "Oi, <b>Carla</b>!"),
        ("_talvez_ ~não~ `x<y`", "<i>talvez</i> <s>não</s> <code>x&lt;y</code>"),
        ("```a\nb```", "<pre>a\nb</pre>"),
        ("2*3*4 e nome_de_arquivo e ~/pasta", None),
        ("a < b && c > d", None),
        ("*a* " * 101, None),
        ("* item\n* outro", None),
    ],
)
def test_our_marks_become_the_vendors_and_nothing_else_does(text: str, html: str | None) -> None:
    assert as_html(text) == html


def test_a_text_that_looks_like_markup_arrives_as_it_was_written(
    kit: TelegramKit, adapter: ChannelAdapter, vendor: TelegramStandIn, joana: Customer
) -> None:
    for text in ("a < b && <script>", "*sala* <b>&amp;</b>", "5 * 6 * 7"):
        send(kit, adapter, joana, Content(text=text))

    assert kit.texts() == ["a < b && <script>", "sala <b>&amp;</b>", "5 * 6 * 7"]


def test_markup_that_the_vendor_cannot_read_is_sent_plain_once(
    kit: TelegramKit,
    adapter: ChannelAdapter,
    vendor: TelegramStandIn,
    joana: Customer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("apps.gateway.channels.telegram.outbound.as_html", lambda text: "<b>quebrado")

    send(kit, adapter, joana, Content(text="*sala*"))

    assert kit.texts() == ["*sala*"]
    assert [call.status for call in vendor.calls] == [400, 200]


def test_a_long_text_arrives_whole_in_order_and_quotes_once(
    kit: TelegramKit, adapter: ChannelAdapter, vendor: TelegramStandIn, joana: Customer
) -> None:
    text = " ".join(f"palavra{number}" for number in range(1000))

    send(kit, adapter, joana, Content(text=text), replies_to=f"{joana.id}:11")

    assert " ".join(kit.texts()) == text
    assert ["reply_parameters" in sent.params for sent in vendor.accepted] == [True, False, False]


def test_half_a_text_is_nobodys_success(
    kit: TelegramKit, adapter: ChannelAdapter, vendor: TelegramStandIn, joana: Customer
) -> None:
    text = "a" * 4096 + " " + "b" * 10
    vendor.fail_next("nothing", "429")

    with pytest.raises(SendUnknown) as unknown:
        send(kit, adapter, joana, Content(text=text))

    assert unknown.value.code == "partly_sent"
    assert len(kit.texts()) == 1


# -- choices -------------------------------------------------------------------------------------------------------
def test_choices_are_one_below_the_other_and_ratings_side_by_side(
    kit: TelegramKit, adapter: ChannelAdapter, vendor: TelegramStandIn, joana: Customer
) -> None:
    offers = [("Continuar", "Falar com atendente"), ("1", "2", "3", "4", "5")]
    for titles in offers:
        choices = tuple(Choice(id=f"id:{title}", title=title) for title in titles)
        send(kit, adapter, joana, Content(kind=MessageKind.BUTTONS, text="Escolha", choices=choices))

    shapes = [[len(row) for row in sent.params["reply_markup"]["inline_keyboard"]] for sent in vendor.accepted]
    assert shapes == [[1, 1], [5]]


def test_what_describes_a_row_stands_in_the_text(
    kit: TelegramKit, adapter: ChannelAdapter, vendor: TelegramStandIn, joana: Customer
) -> None:
    choices = (Choice(id="a", title="Sala", description="R$ 1.900"), Choice(id="b", title="Quarto"))

    send(kit, adapter, joana, Content(kind=MessageKind.LIST, text="Ambientes", choices=choices, list_button="Ver"))

    assert kit.texts() == ["Ambientes\n\nSala: R$ 1.900"]


@pytest.mark.parametrize(
    "choice_id", ["sim", "csat:665000000000000000000001:5", "é" * 32, LONG_ID, "~falso", "x" * 256]
)
def test_no_button_carries_more_than_it_may(choice_id: str) -> None:
    assert 1 <= len(data_for(choice_id).encode()) <= 64


def test_different_ids_never_share_a_button() -> None:
    ids = [LONG_ID, LONG_ID + "2", "~x", "x", data_for(LONG_ID)]

    assert len({data_for(one) for one in ids}) == len(ids)


# -- files ---------------------------------------------------------------------------------------------------------
def test_a_file_is_uploaded_once_and_then_named(
    kit: TelegramKit, adapter: ChannelAdapter, vendor: TelegramStandIn, joana: Customer, shelf: Path
) -> None:
    for _ in range(2):
        send(kit, adapter, joana, picture())

    first, second = vendor.accepted
    assert "photo" not in first.params
    assert second.params["photo"] == first.result["photo"][-1]["file_id"]
    assert first.result["caption"] == second.result["caption"] == "a sala"


def test_a_file_that_the_vendor_forgot_is_uploaded_again(
    kit: TelegramKit, adapter: ChannelAdapter, vendor: TelegramStandIn, joana: Customer, shelf: Path
) -> None:
    send(kit, adapter, joana, picture())
    vendor.platform.files.forget(vendor.accepted[0].result["photo"][-1]["file_id"])

    send(kit, adapter, joana, picture())

    assert len(vendor.accepted) == 2
    assert "photo" not in vendor.accepted[1].params


def test_an_upload_of_one_account_is_never_used_by_another(
    kit: TelegramKit, adapter: ChannelAdapter, vendor: TelegramStandIn, joana: Customer, shelf: Path
) -> None:
    send(kit, adapter, joana, picture())
    message = outbound(kit, picture(), address=str(joana.id))

    adapter.send(kit.account.model_copy(update={"slug": "outro"}), message)

    assert "photo" not in vendor.accepted[1].params


def test_a_file_that_is_gone_is_refused_before_anything_is_sent(
    kit: TelegramKit, adapter: ChannelAdapter, vendor: TelegramStandIn, joana: Customer, shelf: Path
) -> None:
    (shelf / "sala.png").unlink()

    with pytest.raises(SendError) as refusal:
        send(kit, adapter, joana, picture())

    assert refusal.value.code == "not_sendable"
    assert vendor.calls == []


@pytest.mark.parametrize(
    ("kind", "media", "method"),
    [
        (MessageKind.IMAGE, Media(channel_media_id="x", mime_type="image/jpeg"), "sendPhoto"),
        (MessageKind.IMAGE, Media(channel_media_id="x", mime_type="image/gif"), "sendAnimation"),
        (MessageKind.IMAGE, Media(channel_media_id="x", mime_type="image/tiff"), "sendDocument"),
        (MessageKind.AUDIO, Media(channel_media_id="x", mime_type="audio/ogg"), "sendVoice"),
        (MessageKind.AUDIO, Media(channel_media_id="x", mime_type="audio/mpeg"), "sendAudio"),
        (MessageKind.VIDEO, Media(channel_media_id="x", mime_type="video/mp4"), "sendVideo"),
        (MessageKind.STICKER, Media(channel_media_id="x", mime_type="image/webp"), "sendSticker"),
        (MessageKind.DOCUMENT, Media(channel_media_id="x", mime_type="application/pdf"), "sendDocument"),
    ],
)
def test_each_file_goes_by_its_own_method(
    kit: TelegramKit,
    adapter: ChannelAdapter,
    vendor: TelegramStandIn,
    joana: Customer,
    kind: MessageKind,
    media: Media,
    method: str,
) -> None:
    with pytest.raises(SendError):
        send(kit, adapter, joana, Content(kind=kind, media=media))

    assert vendor.calls[-1].method == method


# -- the rest ------------------------------------------------------------------------------------------------------
def test_places_and_cards_arrive(
    kit: TelegramKit, adapter: ChannelAdapter, vendor: TelegramStandIn, joana: Customer
) -> None:
    plain = Place(latitude=-7.2, longitude=-35.9)
    people = (Person(name="Ana", phones=("+5583999999999",)), Person(name="Bruno", phones=("+5583988887777",)))

    send(kit, adapter, joana, Content(kind=MessageKind.LOCATION, place=plain))
    send(kit, adapter, joana, Content(kind=MessageKind.LOCATION, place=plain.model_copy(update={"name": "Urbana"})))
    send(kit, adapter, joana, Content(kind=MessageKind.CONTACTS, people=people))

    assert [sent.method for sent in vendor.accepted] == ["sendLocation", "sendVenue", "sendContact", "sendContact"]


def test_a_reaction_is_put_on_the_customers_message_and_taken_back(
    kit: TelegramKit, adapter: ChannelAdapter, vendor: TelegramStandIn, joana: Customer
) -> None:
    talk = vendor.platform.talks[joana.id]
    seen = []
    for emoji in ("❤️", ""):
        send(kit, adapter, joana, Content(kind=MessageKind.REACTION, emoji=emoji, target=f"{joana.id}:11"))
        seen.append(talk.reactions[11])

    assert seen == ["❤", ""]


def test_a_reaction_that_does_not_exist_there_is_refused_with_a_sentence(
    kit: TelegramKit, adapter: ChannelAdapter
) -> None:
    with pytest.raises(SendError) as refusal:
        adapter.check_content(kit.account, Content(kind=MessageKind.REACTION, emoji="🛋", target="1:2"))

    assert str(refusal.value) == "Este canal não aceita esta reação."


def test_a_conversation_that_moved_is_followed(
    kit: TelegramKit, adapter: ChannelAdapter, vendor: TelegramStandIn, joana: Customer
) -> None:
    vendor.platform.moved[-5] = joana.id

    receipt = send(kit, adapter, joana, Content(text="Olá!"), address="-5")

    assert receipt.address == str(joana.id)
    assert kit.texts() == ["Olá!"]


def test_who_blocked_the_account_asked_for_no_more(
    kit: TelegramKit, adapter: ChannelAdapter, vendor: TelegramStandIn, joana: Customer
) -> None:
    vendor.run(lambda: vendor.handset.block(joana))

    with pytest.raises(SendError) as refusal:
        send(kit, adapter, joana, Content(text="Olá!"))

    assert refusal.value.retry_after is None
    assert refusal.value.consequence is Consequence.OPTED_OUT


def test_typing_shows_until_the_answer(
    kit: TelegramKit, adapter: ChannelAdapter, vendor: TelegramStandIn, joana: Customer
) -> None:
    talk = vendor.platform.talks[joana.id]

    adapter.mark_read(kit.account, external_id=f"{joana.id}:11", typing=True)
    assert talk.typing_until > clock.now().timestamp()
    send(kit, adapter, joana, Content(text="Olá!"))

    assert talk.typing_until == 0
