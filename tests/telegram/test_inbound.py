"""Every kind of update, read as a person would: who wrote, what it says, what it is about."""

import json

import pytest

from apps.contracts.content import Choice, Person
from apps.contracts.words import MessageKind
from tests.telegram.reading import message_of, parsed, payload_of


def test_a_text_says_who_wrote_what_and_when() -> None:
    message = message_of("text")

    assert (message.content.kind, message.content.text) == (MessageKind.TEXT, "Quero um orçamento 😊 para a sala")
    assert message.external_id == "900000001:11"
    assert message.sender.identities == ("telegram:900000001",)
    assert (message.sender.name, message.sender.username, message.sender.address) == (
        "Joana Lima",
        "joana_teste",
        "900000001",
    )
    assert message.sent_at.timestamp() == payload_of("text")["message"]["date"]


def test_who_wrote_once_may_be_answered_for_ever() -> None:
    assert message_of("text").window_seconds is None


def test_pressing_start_is_a_button_and_not_a_command_to_read() -> None:
    message = message_of("start")

    assert message.content.kind is MessageKind.BUTTON_REPLY
    assert (message.content.text, message.content.referral) == ("Iniciar", {})


def test_a_link_tells_where_the_customer_came_from() -> None:
    assert message_of("start_campaign").content.referral == {"source_type": "link", "source_id": "campanha_nov"}


def test_a_reply_names_what_it_replies_to() -> None:
    assert message_of("reply").replies_to == "900000001:9"


def test_of_a_photo_the_largest_size_is_taken() -> None:
    media = message_of("photo").content.media

    assert media is not None
    assert (media.channel_media_id, media.size_bytes, media.mime_type) == ("AgACAgEXEMPLOP3", 120000, "image/jpeg")


def test_an_album_is_one_message_per_picture_and_only_the_first_has_the_text() -> None:
    first, second = message_of("album_first"), message_of("album_second")

    assert (first.content.text, second.content.text) == ("as duas salas", "")
    assert first.external_id != second.external_id


@pytest.mark.parametrize(
    ("name", "kind", "mime_type", "voice", "animated"),
    [
        ("voice", MessageKind.AUDIO, "audio/ogg", True, False),
        ("audio", MessageKind.AUDIO, "audio/mpeg", False, False),
        ("video", MessageKind.VIDEO, "video/mp4", False, False),
        ("video_note", MessageKind.VIDEO, "video/mp4", False, False),
        ("animation", MessageKind.VIDEO, "video/mp4", False, True),
        ("document", MessageKind.DOCUMENT, "application/pdf", False, False),
        ("sticker", MessageKind.STICKER, "image/webp", False, False),
        ("sticker_animated", MessageKind.STICKER, "application/x-tgsticker", False, True),
    ],
)
def test_files_say_what_they_are(name: str, kind: MessageKind, mime_type: str, *, voice: bool, animated: bool) -> None:
    content = message_of(name).content

    assert content.media is not None
    assert (content.kind, content.media.mime_type) == (kind, mime_type)
    assert (content.media.voice, content.media.animated) == (voice, animated)
    assert content.media.url == "", "the address of a file holds the token and is never kept"


def test_a_document_keeps_its_name_and_caption() -> None:
    content = message_of("document").content

    assert content.media is not None
    assert (content.media.filename, content.text) == ("planta.pdf", "segue a planta")


def test_places_with_and_without_a_name() -> None:
    plain, named = message_of("location").content, message_of("venue").content

    assert plain.place is not None
    assert named.place is not None
    assert (plain.place.latitude, plain.text) == (-7.2219, "")
    assert (named.place.name, named.text) == ("Urbana do Brasil", "Urbana do Brasil, Rua das Acácias, 10")


def test_a_card_of_somebody_else_is_a_card() -> None:
    message = message_of("contact")

    assert message.content.people == (Person(name="Carla Souza", phones=("+55 83 98888-8888",)),)
    assert message.sender.phone == ""


def test_the_customers_own_card_tells_their_number() -> None:
    assert message_of("contact_own").sender.phone == "5583988887777"


def test_a_tap_is_the_choice_that_was_offered() -> None:
    message = message_of("callback_query")

    assert message.content.kind is MessageKind.BUTTON_REPLY
    assert message.content.choice == Choice(id="falar_humano", title="Falar com atendente")
    assert message.replies_to == "900000001:12"
    assert message.external_id == "900000001:tap:4000000000000001"
    assert message.sent_at == message.received_at, "the time of the offer would be the past"


def test_a_tap_on_an_old_message_keeps_what_the_button_carried() -> None:
    choice = message_of("callback_query_old_message").content.choice

    assert choice is not None
    assert choice.id == "csat:665000000000000000000001:5"


def test_two_taps_on_one_button_are_two_messages() -> None:
    assert message_of("callback_query").external_id != message_of("callback_query", id="4000000000000009").external_id


def test_an_edit_tells_what_it_changed() -> None:
    message = message_of("edited_message")

    assert message.content.kind is MessageKind.EDIT
    assert (message.content.target, message.content.text) == ("900000001:12", "Quero um orçamento para o quarto")


def test_two_edits_of_one_message_are_two_messages() -> None:
    again = payload_of("edited_message") | {"update_id": 700009999}

    assert message_of("edited_message").external_id != parsed(again).messages[0].external_id


def test_reactions_come_and_go() -> None:
    given, taken = message_of("reaction").content, message_of("reaction_removed").content

    assert (given.kind, given.emoji, given.target) == (MessageKind.REACTION, "❤", "900000001:12")
    assert (taken.kind, taken.emoji) == (MessageKind.REACTION, "")


def test_a_reaction_that_has_no_sign_is_not_mistaken_for_one_taken_back() -> None:
    assert message_of("reaction_custom").content.kind is MessageKind.UNSUPPORTED


def test_blocking_is_a_wish_to_hear_no_more_and_unblocking_takes_it_back() -> None:
    blocked, unblocked = message_of("blocked").content, message_of("unblocked").content

    assert (blocked.kind, unblocked.kind) == (MessageKind.SYSTEM, MessageKind.SYSTEM)
    assert (blocked.fields["consent"], unblocked.fields["consent"]) == ("opt_out", "opt_in")


@pytest.mark.parametrize(
    ("name", "said"),
    [("poll", "poll"), ("dice", "dice"), ("future_kind", "hologram"), ("callback_query_game", "callback_query")],
)
def test_what_nobody_here_can_show_is_kept_whole(name: str, said: str) -> None:
    content = message_of(name).content

    assert (content.kind, content.fields) == (MessageKind.UNSUPPORTED, {"type": said})
    assert content.raw


@pytest.mark.parametrize(
    "name",
    ["group", "added_to_group", "channel_post", "from_program", "inline_query", "poll_answer", "unknown_update"],
)
def test_only_private_conversations_are_read(name: str) -> None:
    found = parsed(payload_of(name))

    assert (found.messages, found.problems) == ((), ())
    assert found.notices


def test_what_names_no_sender_is_a_problem_to_look_at() -> None:
    found = parsed(payload_of("without_sender"))

    assert found.messages == ()
    assert found.problems


def test_updates_that_overtook_one_another_sort_as_they_were_written() -> None:
    earlier, later = payload_of("text"), payload_of("text")
    later["update_id"] += 1
    later["message"]["message_id"] += 1

    backwards = [parsed(one).messages[0].order for one in (later, earlier)]

    assert sorted(backwards) == backwards[::-1]


def test_ids_beyond_32_bits_stay_exact() -> None:
    payload = json.loads(json.dumps(payload_of("text")).replace("900000001", str(2**52 - 1)))

    (message,) = parsed(payload).messages

    assert message.sender.address == "4503599627370495"
    assert message.sender.identities == ("telegram:4503599627370495",)
