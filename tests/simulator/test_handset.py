"""Everything a customer can do with a phone, as the webhook that the product gets (protocols/whatsapp.md §3, §5, §6)."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from apps.simulator.meta.media import StoredFile, new_media_id
from apps.simulator.phone.cast import AD, CARDS, FORM, ORDER
from apps.simulator.phone.changes import PhoneCustomer
from apps.simulator.standin import MetaStandIn
from tests.simulator.test_sending import NUMBER, text_to
from tests.simulator.webhook_keeper import WebhookKeeper

Json = dict[str, Any]


def act(meta: MetaStandIn, does: Callable[[], Any]) -> Any:
    return meta.run(does)


def only(product: WebhookKeeper) -> Json:
    product.wait_for(messages=1)
    (message,) = product.messages()
    return message


def test_contact_cards_arrive_as_they_were_shared(
    meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer
) -> None:
    act(meta, lambda: meta.handset.share_contacts(meta.account, carla, CARDS))

    message = only(product)
    assert message["type"] == "contacts"
    assert message["contacts"][0]["phones"][0]["phone"].startswith("+55")
    assert message["contacts"][0]["name"]["formatted_name"] in meta.platform.world.thread("carla")[0].text


def test_an_order_arrives_with_its_items(meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer) -> None:
    act(meta, lambda: meta.handset.order(meta.account, carla, ORDER))

    message = only(product)
    assert message["order"] == ORDER
    assert {"product_retailer_id", "quantity", "item_price", "currency"} == set(message["order"]["product_items"][0])


def test_a_form_arrives_as_a_string_of_json(meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer) -> None:
    act(meta, lambda: meta.handset.fill_form(meta.account, carla, FORM, quoted="wamid.SAIDA"))

    message = only(product)
    assert message["interactive"]["type"] == "nfm_reply"
    assert json.loads(message["interactive"]["nfm_reply"]["response_json"]) == FORM
    assert message["context"]["id"] == "wamid.SAIDA"


@pytest.mark.parametrize(
    ("mime_type", "kind"),
    [
        ("image/webp", "sticker"),
        ("video/mp4", "video"),
        ("application/pdf", "document"),
        ("audio/ogg; codecs=opus", "audio"),
    ],
)
def test_a_file_arrives_as_the_kind_it_is_and_can_be_fetched(
    graph: httpx.Client, meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer, mime_type: str, kind: str
) -> None:
    file = StoredFile(new_media_id(), mime_type, b"content", "a.bin")
    act(meta, lambda: meta.handset.send_file(meta.account, carla, file, voice=True))

    message = only(product)
    part = message[kind]
    assert message["type"] == kind
    assert part["sha256"] == file.sha256_base64
    assert graph.get(part["url"]).content == b"content"
    assert ("filename" in part, "voice" in part, "animated" in part) == (
        kind == "document",
        kind == "audio",
        kind == "sticker",
    )


def test_an_edit_names_the_message_and_brings_its_new_text(
    meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer
) -> None:
    wamid = meta.write(carla, "antes")
    own = act(meta, lambda: meta.happenings.edit(meta.account, carla, wamid, "depois"))

    product.wait_for(messages=2)
    edit = product.messages()[1]
    assert (edit["id"], edit["type"]) == (own, "edit")
    assert edit["edit"]["original_message_id"] == wamid
    assert edit["edit"]["message"]["text"] == {"body": "depois"}
    (shown,) = meta.platform.world.thread("carla")
    assert (shown.text, shown.is_edited) == ("depois", True)


def test_a_deletion_names_the_message(meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer) -> None:
    wamid = meta.write(carla, "engano")
    act(meta, lambda: meta.happenings.delete(meta.account, carla, wamid))

    product.wait_for(messages=2)
    assert product.messages()[1]["revoke"] == {"original_message_id": wamid}
    (shown,) = meta.platform.world.thread("carla")
    assert (shown.text, shown.is_deleted) == ("", True)


def test_a_click_on_an_advertisement_comes_with_the_first_text(
    meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer
) -> None:
    act(meta, lambda: meta.handset.come_from_ad(meta.account, carla, "Vi o anúncio", AD))

    message = only(product)
    assert message["text"] == {"body": "Vi o anúncio"}
    assert message["referral"]["source_type"] == "ad"
    assert message["referral"]["ctwa_clid"]


@pytest.mark.parametrize("often", [False, True])
def test_a_forwarded_text_says_so(meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer, often: bool) -> None:
    act(meta, lambda: meta.handset.forward(meta.account, carla, "olha isso", often=often))

    assert only(product)["context"] == {"frequently_forwarded" if often else "forwarded": True}


def test_a_poll_arrives_as_something_unsupported(
    meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer
) -> None:
    act(meta, lambda: meta.handset.send_unsupported(meta.account, carla))

    message = only(product)
    assert (message["type"], message["unsupported"]) == ("unsupported", {"type": "poll"})
    assert message["errors"][0]["code"] == 131051


def test_opening_the_chat_says_nothing_and_opens_no_window(
    meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer
) -> None:
    act(meta, lambda: meta.handset.open_chat(meta.account, carla))

    assert only(product)["type"] == "request_welcome"
    assert meta.platform.world.thread("carla") == []
    assert "carla" not in meta.platform.world.last_inbound


def test_a_new_number_is_told_by_the_old_one_and_the_old_one_is_gone(
    graph: httpx.Client, meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer
) -> None:
    meta.write(carla, "x")
    moved = act(meta, lambda: meta.happenings.change_number(meta.account, carla, "5583977777777", bsuid="BR.CARLA2"))
    meta.write(moved, "y")

    product.wait_for(messages=3)
    told, after = product.messages()[1:]
    assert (told["from"], told["type"]) == ("5583988888888", "system")
    assert told["system"]["type"] == "user_changed_number"
    assert (told["system"]["wa_id"], told["system"]["user_id"]) == ("5583977777777", "BR.CARLA2")
    assert (after["from"], after["from_user_id"]) == ("5583977777777", "BR.CARLA2")
    assert graph.post(f"/{NUMBER}/messages", json=text_to("+5583977777777")).status_code == 200
    assert meta.platform.world.customer_at("5583988888888") is None


def test_a_new_business_scoped_id_is_told_in_its_own_field(
    meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer
) -> None:
    act(meta, lambda: meta.happenings.change_id(meta.account, carla, "BR.CARLA2"))

    product.wait_for(news=1)
    (value,) = product.values()
    assert product.fields() == ["user_id_update"]
    assert value["user_id_update"][0]["user_id"] == {"previous": "BR.CARLA1", "current": "BR.CARLA2"}
    assert value["metadata"]["phone_number_id"] == NUMBER


def test_a_new_business_scoped_id_may_be_told_as_a_message(
    meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer
) -> None:
    act(meta, lambda: meta.happenings.change_id(meta.account, carla, "BR.CARLA2", as_message=True))

    message = only(product)
    assert message["from_user_id"] == "BR.CARLA1"
    assert (message["system"]["type"], message["system"]["user_id"]) == ("user_changed_user_id", "BR.CARLA2")


def test_who_stops_offers_is_told_and_gets_none_until_they_want_them_again(
    graph: httpx.Client, meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer
) -> None:
    offer = {
        "messaging_product": "whatsapp",
        "to": "+5583988888888",
        "type": "template",
        "template": {
            "name": "pesquisa_satisfacao",
            "language": {"code": "pt_BR"},
            "components": [{"type": "header", "parameters": [{"type": "text", "text": "Carla"}]}],
        },
    }
    meta.write(carla, "x")
    act(meta, lambda: meta.happenings.change_consent(meta.account, carla, wants_marketing=False))
    refused = graph.post(f"/{NUMBER}/messages", json=offer)
    act(meta, lambda: meta.happenings.change_consent(meta.account, carla, wants_marketing=True))

    product.wait_for(news=2)
    told = [value["user_preferences"][0] for value in product.values() if "user_preferences" in value]
    assert sorted(preference["value"] for preference in told) == ["resume", "stop"]
    assert isinstance(told[0]["timestamp"], int)
    assert refused.json()["error"]["code"] == 131050
    assert graph.post(f"/{NUMBER}/messages", json=offer).status_code == 200


def test_what_the_business_writes_in_its_app_is_echoed(
    meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer
) -> None:
    wamid = act(meta, lambda: meta.happenings.answer_from_app(meta.account, carla, "Oi, aqui é a Ana"))

    product.wait_for(news=1)
    (echo,) = product.values()[0]["message_echoes"]
    assert product.fields() == ["smb_message_echoes"]
    assert (echo["id"], echo["to"], echo["text"]) == (wamid, "5583988888888", {"body": "Oi, aqui é a Ana"})
    assert not meta.platform.world.thread("carla")[0].is_mine


def test_a_text_can_be_days_old_when_it_arrives(
    meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer
) -> None:
    act(meta, lambda: meta.handset.write(meta.account, carla, "oi", at=1_795_000_000))

    assert only(product)["timestamp"] == "1795000000"
