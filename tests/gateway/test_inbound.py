"""Every recorded webhook, read into our words."""

import json
from typing import Any

import pytest

from apps.contracts.messages import InboundMessage
from apps.contracts.words import DeliveryStatus, MessageKind
from tests.gateway.payloads import NAMES, RECEIVED_NS, body_of, parse, payload_of

NO_MESSAGE = {
    "another_number",
    "echo_image",
    "echo_revoke",
    "errors",
    "errors_old_form",
    "field_account_review_update",
    "field_account_update",
    "field_account_update_disabled",
    "field_account_update_violation",
    "field_business_capability_update",
    "field_message_template_components_update",
    "field_message_template_quality_update",
    "field_message_template_status_update",
    "field_messaging_handovers",
    "field_phone_number_name_update",
    "field_phone_number_quality_update",
    "field_phone_number_quality_update_throughput",
    "field_smb_message_echoes",
    "field_standby",
    "field_template_category_update",
    "group",
    "nobody",
    "status_deleted",
    "status_delivered",
    "status_failed",
    "status_played",
}


def only_message(name: str) -> InboundMessage:
    (message,) = parse(body_of(name)).messages
    return message


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_leaves_something_to_see(name: str) -> None:
    parsed = parse(body_of(name))

    assert parsed.messages or parsed.echoes or parsed.news or parsed.statuses or parsed.notices or parsed.problems
    assert bool(parsed.messages) == (name not in NO_MESSAGE)
    assert bool(parsed.problems) == (name == "nobody")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("text", {"kind": "text", "text": "Quero falar com um atendente"}),
        ("envelope", {"kind": "text", "text": "Bom dia, meu pedido atrasou"}),
        ("image", {"kind": "image", "text": "Foto do produto quebrado"}),
        ("document", {"kind": "document", "text": "segue a nota"}),
        ("video", {"kind": "video", "text": ""}),
        ("sticker", {"kind": "sticker", "text": ""}),
        ("location", {"kind": "location", "text": "Loja Exemplo, Rua Inventada, 10"}),
        ("contacts", {"kind": "contacts", "text": "Carlos Exemplo"}),
        ("button_reply", {"kind": "button_reply", "text": "Falar com atendente"}),
        ("list_reply", {"kind": "list_reply", "text": "2ª via de boleto"}),
        ("button", {"kind": "button_reply", "text": "Confirmar"}),
        ("button_without_context", {"kind": "button_reply", "text": "Confirmar"}),
        ("nfm_reply", {"kind": "flow_reply", "text": "nota: 9", "fields": {"nota": "9"}}),
        ("nfm_reply_array", {"kind": "flow_reply", "fields": {"1": "9", "2": "muito bom"}}),
        ("reaction", {"kind": "reaction", "emoji": "👍", "target": "wamid.SAIDA0005"}),
        ("reaction_removed", {"kind": "reaction", "emoji": "", "target": "wamid.SAIDA0005"}),
        ("edit", {"kind": "edit", "text": "Quero falar com a Ana", "target": "wamid.TESTE0002"}),
        ("edit_caption", {"kind": "edit", "text": "Foto do produto novo", "target": "wamid.TESTE0003"}),
        ("revoke", {"kind": "revoke", "target": "wamid.TESTE0002"}),
        ("request_welcome", {"kind": "welcome"}),
        ("unsupported", {"kind": "unsupported", "fields": {"type": "poll", "error": "131051"}}),
        ("unknown_type", {"kind": "unsupported", "fields": {"type": "holograma"}}),
        ("interactive_without_body", {"kind": "unsupported"}),
        ("interactive_call_permission", {"kind": "unsupported", "fields": {"type": "interactive"}}),
        ("context_forwarded", {"is_forwarded": True, "is_forwarded_often": False}),
        ("context_forwarded_many", {"is_forwarded": True, "is_forwarded_often": True}),
        ("context_about_product", {"product": "SKU-1"}),
    ],
)
def test_each_kind_reads_as_what_it_says(name: str, expected: dict[str, Any]) -> None:
    content = only_message(name).content

    assert {field: getattr(content, field) for field in expected} == expected


def test_a_voice_note_is_audio_without_type_parameters() -> None:
    for name in ("audio", "voice"):
        media = only_message(name).content.media

        assert media is not None
        assert media.mime_type == "audio/ogg"
    assert only_message("audio").content.media.voice  # type: ignore[union-attr]


def test_a_file_keeps_what_is_needed_to_fetch_and_check_it() -> None:
    image, document = only_message("image").content.media, only_message("document").content.media

    assert image is not None
    assert image.channel_media_id == "770000000000001"
    assert image.url.startswith("https://lookaside.fbsbx.com/")
    assert document is not None
    assert document.filename == "nota-fiscal.pdf"
    assert document.sha256.endswith("=")


def test_an_order_lists_its_items() -> None:
    content = only_message("order").content

    assert content.kind is MessageKind.ORDER
    assert content.text == "sem cebola"
    assert [(one.product, one.quantity, one.price, one.currency) for one in content.order] == [
        ("SKU-1", 2, "15.5", "BRL")
    ]


def test_a_number_change_names_the_new_ids() -> None:
    content = only_message("system_user_changed_number").content

    assert content.kind is MessageKind.SYSTEM
    assert content.fields == {
        "type": "user_changed_number",
        "wa_id": "5511900000009",
        "user_id": "BR.TESTE0000000000000009",
        "new_identities": "bsuid:BR.TESTE0000000000000009 wa:5511900000009",
        "new_address": "5511900000009",
        "new_phone": "5511900000009",
    }


def test_a_number_change_without_contacts_is_still_from_the_old_number() -> None:
    message = only_message("system_user_changed_number_no_contacts")

    assert message.sender.identities == ("wa:5511900000002",)
    assert message.content.fields["new_identities"] == "wa:5511900000009"


def test_an_id_change_names_the_new_id_and_keeps_the_number_as_address() -> None:
    by_message, by_field = only_message("system_user_changed_user_id"), only_message("field_user_id_update")

    assert by_message.content.fields["new_identities"].startswith("bsuid:BR.")
    assert by_field.sender.identities == ("bsuid:BR.TESTE0000000000000001", "wa:5511900000002")
    assert by_field.content.fields["new_identities"] == "bsuid:BR.TESTE0000000000000009"
    assert by_field.content.fields["new_address"] == "5511900000002"


@pytest.mark.parametrize(
    ("name", "consent"),
    [("field_user_preferences", "marketing_out"), ("field_user_preferences_resume", "marketing_in")],
)
def test_a_preference_says_what_the_customer_accepts(name: str, consent: str) -> None:
    message = only_message(name)

    assert message.content.kind is MessageKind.SYSTEM
    assert message.content.fields["consent"] == consent
    assert "wa:5511900000002" in message.sender.identities


@pytest.mark.parametrize("name", ["field_user_preferences", "field_user_id_update"])
def test_what_meta_gives_no_id_has_the_same_one_each_time_it_comes(name: str) -> None:
    again = parse(body_of(name), received_ns=RECEIVED_NS + 8 * 86_400 * 10**9).messages[0]
    other = payload_of(name)
    other["entry"][0]["changes"][0]["value"][name.removeprefix("field_")][0]["timestamp"] = "1795357999"

    assert again.external_id == only_message(name).external_id
    assert parse(json.dumps(other).encode()).messages[0].external_id != again.external_id


def test_a_card_shows_its_names_numbers_addresses_and_company() -> None:
    carlos, bia = only_message("contacts_full").content.people

    assert (carlos.name, carlos.phones) == ("Carlos Exemplo", ("+55 11 90000-0003", "5511900000004"))
    assert (carlos.emails, carlos.organisation) == (("carlos@exemplo.invalid",), "Marcenaria Exemplo")
    assert bia.name == "Bia Exemplo"


def test_an_unknown_kind_keeps_its_raw_form() -> None:
    assert only_message("unknown_type").content.raw["holograma"] == {"brilho": 7}


def test_an_advertisement_is_remembered() -> None:
    message = only_message("text_referral")

    assert message.content.text == "Vi o anúncio"
    assert message.content.referral["source_type"] == "ad"


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ("context_reply", "wamid.SAIDA0006"),
        ("context_about_product", "wamid.SAIDA0007"),
        ("context_forwarded", ""),
        ("context_forwarded_many", ""),
    ],
)
def test_a_quoted_message_is_named(name: str, quoted: str) -> None:
    assert only_message(name).replies_to == quoted


@pytest.mark.parametrize(
    ("name", "identities", "address"),
    [
        ("text", ("bsuid:BR.TESTE0000000000000001", "wa:5511900000002"), "5511900000002"),
        ("no_phone", ("bsuid:BR.TESTE0000000000000001",), "BR.TESTE0000000000000001"),
        ("bsuid_in_from", ("bsuid:BR.TESTE0000000000000001",), "BR.TESTE0000000000000001"),
        ("no_contacts", ("wa:5511900000002",), "5511900000002"),
        (
            "envelope",
            ("bsuid:BR.TESTE0000000000000001", "wa:5511900000002", "bsuid:BR.ENT.TESTE000000000000001"),
            "5511900000002",
        ),
        (
            "parent_bsuid",
            ("bsuid:BR.TESTE0000000000000001", "bsuid:BR.ENT.TESTE000000000000001"),
            "BR.TESTE0000000000000001",
        ),
        ("parent_bsuid_only", ("bsuid:BR.ENT.TESTE000000000000001",), "BR.ENT.TESTE000000000000001"),
        # Found with its ninth digit, answered without it.
        ("no_bsuid", ("wa:5531987651234",), "553187651234"),
    ],
)
def test_the_sender_is_named_by_whatever_is_there(name: str, identities: tuple[str, ...], address: str) -> None:
    sender = only_message(name).sender

    assert sender.identities == identities
    assert sender.address == address


def test_a_sender_without_any_id_is_kept_as_a_problem() -> None:
    ((_, raw),) = parse(body_of("nobody")).problems

    assert json.loads(raw)["id"] == "wamid.V5"


def test_times_in_seconds_and_in_milliseconds_agree() -> None:
    assert only_message("milliseconds").sent_at.timestamp() == 1_795_357_300


@pytest.mark.parametrize("stamp", ["0", "-5", "soon", "99999999999", ""])
def test_an_impossible_time_becomes_the_time_of_arrival(stamp: str) -> None:
    payload = payload_of("text")
    payload["entry"][0]["changes"][0]["value"]["messages"][0]["timestamp"] = stamp

    (message,) = parse(json.dumps(payload).encode()).messages

    assert message.sent_at.timestamp() == RECEIVED_NS / 1e9


def test_every_entry_change_message_and_status_of_a_batch_is_read() -> None:
    parsed = parse(body_of("batch"))

    assert len(parsed.messages) == 12
    assert len(parsed.statuses) == 4
    assert [one.external_id for one in sorted(parsed.messages, key=lambda one: one.order)] == [
        f"wamid.LOTE{entry}{change}{index}" for entry in range(2) for change in range(2) for index in range(3)
    ]


def test_messages_of_one_second_keep_their_place_in_the_body() -> None:
    payload = payload_of("batch")
    for entry in payload["entry"]:
        for change in entry["changes"]:
            for message in change["value"]["messages"]:
                message["timestamp"] = "1795357400"

    parsed = parse(json.dumps(payload).encode())

    orders = [one.order for one in parsed.messages]
    assert orders == sorted(orders)
    assert len(set(orders)) == 12


@pytest.mark.parametrize(
    ("name", "status", "callback"),
    [
        ("status_delivered", DeliveryStatus.DELIVERED, "conv-1:msg-7"),
        ("status_failed", DeliveryStatus.FAILED, "conv-1:msg-8"),
        ("status_played", DeliveryStatus.READ, "msg:1"),
    ],
)
def test_a_status_names_the_attempt(name: str, status: DeliveryStatus, callback: str) -> None:
    (found,) = parse(body_of(name)).statuses

    assert (found.status, found.callback) == (status, callback)


def test_a_failure_is_explained_in_portuguese_with_the_next_step() -> None:
    (found,) = parse(body_of("status_failed")).statuses

    assert found.error_code == "131047"
    assert "24 horas" in found.error_message
    assert "modelo aprovado" in found.error_message


def test_customers_of_another_number_do_not_land_in_this_account() -> None:
    parsed = parse(body_of("another_number"))

    assert not parsed.messages
    assert "999999999999999" in parsed.notices[0][0]
