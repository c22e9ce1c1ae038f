"""The stand-in refuses what the vendor refuses: each rule with a client that breaks it."""

import json
from typing import Any

import httpx
import pytest

from apps.simulator.telegram.account import Customer
from apps.simulator.telegram.errors import BotApiError
from apps.simulator.telegram.rules import DOWNLOAD_BYTES, PHOTO_BYTES, UPLOAD_BYTES, check_download, check_upload
from apps.simulator.telegram.standin import TelegramStandIn

ONE_BUTTON = [[{"text": "Sim", "callback_data": "sim"}]]


def refused(vendor: TelegramStandIn, response: httpx.Response, code: int, rule: str, *, said: str = "") -> None:
    body = response.json()
    assert (response.status_code, body["ok"], body["error_code"]) == (code, False, code)
    assert vendor.calls[-1].rule == rule
    assert said in body["description"]


# -- §1 webhooks ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"url": "http://exemplo.invalid/w"}, "HTTPS"),
        ({"url": "https://exemplo.invalid:8000/w"}, "ports"),
        ({"url": "https://exemplo.invalid/w", "secret_token": "com espaço"}, "secret"),
        ({"url": "https://exemplo.invalid/w", "secret_token": "a" * 257}, "secret"),
        ({"url": "https://exemplo.invalid/w", "max_connections": 0}, "max_connections"),
        ({"url": "https://exemplo.invalid/w", "max_connections": 101}, "max_connections"),
        ({"url": "https://exemplo.invalid/w", "allowed_updates": "message"}, "allowed_updates"),
    ],
)
def test_a_webhook_that_nobody_may_register(
    vendor: TelegramStandIn, client: httpx.Client, params: dict[str, Any], said: str
) -> None:
    refused(vendor, client.post("setWebhook", json=params), 400, "§1", said=said)


@pytest.mark.parametrize("port", [443, 80, 88, 8443])
def test_the_four_ports_are_accepted(client: httpx.Client, port: int) -> None:
    params = {"url": f"https://exemplo.invalid:{port}/w", "secret_token": "segredo_A-1", "max_connections": 100}

    assert client.post("setWebhook", json=params).json() == {"ok": True, "result": True}
    assert client.get("getWebhookInfo").json()["result"]["url"] == params["url"]


def test_this_machine_is_refused_unless_a_test_allows_it() -> None:
    with TelegramStandIn(allows_loopback=False) as vendor:
        url = f"{vendor.api_url}/bot{vendor.account.token}/setWebhook"
        answers = [
            httpx.post(url, json={"url": one}).status_code for one in ("http://127.0.0.1:8000/w", "https://localhost/w")
        ]

    assert answers == [400, 400]


def test_reading_by_hand_and_a_webhook_exclude_each_other(vendor: TelegramStandIn, client: httpx.Client) -> None:
    client.post("setWebhook", json={"url": "https://exemplo.invalid/w"})
    refused(vendor, client.get("getUpdates"), 409, "§1")

    client.post("deleteWebhook", json={"drop_pending_updates": True})

    assert client.get("getUpdates").json()["result"] == []


# -- §3 sending ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("method", "params", "rule", "said"),
    [
        ("sendMessage", {"text": " "}, "§4", "empty"),
        ("sendMessage", {"text": "a" * 4097}, "§3", "too long"),
        ("sendMessage", {"text": "😀" * 2049}, "§3", "too long"),
        ("sendMessage", {"text": "<b>" + "a" * 4097 + "</b>", "parse_mode": "HTML"}, "§3", "too long"),
        ("sendMessage", {"text": "<b>x</b>" * 101, "parse_mode": "HTML"}, "§3", "entities"),
        ("sendMessage", {"text": "a < b", "parse_mode": "HTML"}, "§3", "can't parse entities"),
        ("sendMessage", {"text": "<b>a", "parse_mode": "HTML"}, "§3", "can't parse entities"),
        ("sendMessage", {"text": "<b><i>a</b></i>", "parse_mode": "HTML"}, "§3", "can't parse entities"),
        ("sendMessage", {"text": "<img>", "parse_mode": "HTML"}, "§3", "can't parse entities"),
        ("sendMessage", {"text": "a", "parse_mode": "Word"}, "§3", "parse_mode"),
        ("sendMessage", {"text": "a", "reply_parameters": {"message_id": 999}}, "§3", "replied not found"),
        ("sendLocation", {"latitude": 91, "longitude": 0}, "§3", "latitude"),
        ("sendLocation", {"latitude": 0}, "§3", "longitude"),
        ("sendVenue", {"latitude": 0, "longitude": 0, "title": "a"}, "§3", "address"),
        ("sendContact", {"phone_number": "1"}, "§3", "first_name"),
        ("sendPhoto", {}, "§3", "photo"),
        ("sendPhoto", {"photo": "id-de-outra-conta"}, "§3", "wrong file identifier"),
        ("setMessageReaction", {"message_id": 999, "reaction": []}, "§4", "not found"),
        ("setMessageReaction", {"message_id": 11, "reaction": ["👍"]}, "§3", "REACTION_INVALID"),
        ("sendChatAction", {"action": "thinking"}, "§3", "action"),
    ],
)
def test_a_message_that_cannot_be_sent(
    vendor: TelegramStandIn,
    client: httpx.Client,
    joana: Customer,
    method: str,
    params: dict[str, Any],
    rule: str,
    said: str,
) -> None:
    refused(vendor, client.post(method, json={"chat_id": joana.id, **params}), 400, rule, said=said)
    assert vendor.accepted == []


@pytest.mark.parametrize(
    "keyboard",
    [
        [[{"text": "Sim", "callback_data": "é" * 33}]],
        [[{"text": "Sim", "callback_data": ""}]],
        [[{"text": " ", "callback_data": "sim"}]],
        [ONE_BUTTON[0] * 9],
        [ONE_BUTTON[0]] * 101,
        "sim",
    ],
)
def test_buttons_that_cannot_be_shown(
    vendor: TelegramStandIn, client: httpx.Client, joana: Customer, keyboard: Any
) -> None:
    params = {"chat_id": joana.id, "text": "Escolha", "reply_markup": {"inline_keyboard": keyboard}}

    refused(vendor, client.post("sendMessage", json=params), 400, "§3")


def test_the_limits_themselves_are_accepted(client: httpx.Client, joana: Customer) -> None:
    edges: list[dict[str, Any]] = [
        {"text": "a" * 4096},
        {"text": "😀" * 2048},
        {"text": "&lt;" * 4096, "parse_mode": "HTML"},
        {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "é" * 32}] * 8] * 12}},
    ]

    answers = [client.post("sendMessage", json={"chat_id": joana.id, **one}).status_code for one in edges]

    assert answers == [200] * 4


@pytest.mark.parametrize(
    ("method", "size_bytes", "code"),
    [("sendDocument", UPLOAD_BYTES + 1, 413), ("sendPhoto", PHOTO_BYTES + 1, 400), ("sendVideo", 0, 400)],
)
def test_uploads_that_are_too_large_or_empty(method: str, size_bytes: int, code: int) -> None:
    with pytest.raises(BotApiError) as refusal:
        check_upload(method, size_bytes)

    assert (refusal.value.code, refusal.value.rule) == (code, "§3")
    check_upload("sendDocument", UPLOAD_BYTES)
    check_upload("sendPhoto", PHOTO_BYTES)


def test_a_customers_file_beyond_twenty_megabytes_is_out_of_reach(
    vendor: TelegramStandIn, client: httpx.Client, joana: Customer
) -> None:
    update = vendor.run(lambda: vendor.handset.send_file(joana, "document", b"x", stated_bytes=DOWNLOAD_BYTES + 1))
    file_id = update["message"]["document"]["file_id"]

    refused(vendor, client.post("getFile", json={"file_id": file_id}), 400, "§3", said="too big")
    check_download(DOWNLOAD_BYTES)


def test_a_download_address_ends_after_an_hour() -> None:
    now = [1_795_357_200.0]
    with TelegramStandIn(clock=lambda: now[0]) as vendor:
        update = vendor.run(lambda: vendor.handset.send_file(Customer(1, "Joana"), "document", b"planta"))
        base = f"{vendor.api_url}/bot{vendor.account.token}"
        file_id = update["message"]["document"]["file_id"]
        path = httpx.get(f"{base}/getFile", params={"file_id": file_id}).json()["result"]["file_path"]
        address = f"{vendor.api_url}/file/bot{vendor.account.token}/{path}"
        in_time = httpx.get(address)
        now[0] += 3601
        late = httpx.get(address)
        foreign = httpx.get(address.replace(vendor.account.token, "1:x"))

    assert (in_time.status_code, in_time.content) == (200, b"planta")
    assert (late.status_code, foreign.status_code) == (404, 401)


# -- §2, §4, §5 ----------------------------------------------------------------------------------------------------
def test_a_tap_is_answered_once_and_soon(vendor: TelegramStandIn, client: httpx.Client, joana: Customer) -> None:
    offer = {"chat_id": joana.id, "text": "?", "reply_markup": {"inline_keyboard": ONE_BUTTON}}
    number = client.post("sendMessage", json=offer).json()["result"]["message_id"]
    query = vendor.run(lambda: vendor.handset.tap(joana, number, "sim"))["callback_query"]["id"]

    first = client.post("answerCallbackQuery", json={"callback_query_id": query})

    assert first.status_code == 200
    refused(vendor, client.post("answerCallbackQuery", json={"callback_query_id": query}), 400, "§4", said="too old")


def test_nobody_can_tap_what_was_not_offered(vendor: TelegramStandIn, client: httpx.Client, joana: Customer) -> None:
    number = client.post("sendMessage", json={"chat_id": joana.id, "text": "?"}).json()["result"]["message_id"]

    with pytest.raises(LookupError):
        vendor.run(lambda: vendor.handset.tap(joana, number, "sim"))


def test_tokens_that_open_nothing(vendor: TelegramStandIn) -> None:
    answers = [httpx.get(f"{vendor.api_url}{path}").status_code for path in ("/bot1:x/getMe", "/botx/getMe", "/getMe")]

    assert answers == [401, 404, 404]
    refused(vendor, httpx.get(f"{vendor.api_url}/bot{vendor.account.token}/getCoffee"), 404, "§4")


def test_an_account_cannot_begin_and_cannot_reach_who_blocked_it(
    vendor: TelegramStandIn, client: httpx.Client, joana: Customer
) -> None:
    stranger = Customer(900000077, "Rui")
    vendor.run(lambda: vendor.platform.talk_with(stranger))

    refused(vendor, client.post("sendMessage", json={"chat_id": 5, "text": "oi"}), 400, "§4", said="chat not found")
    refused(vendor, client.post("sendMessage", json={"chat_id": stranger.id, "text": "oi"}), 403, "§5")
    vendor.run(lambda: vendor.handset.block(joana))
    refused(vendor, client.post("sendMessage", json={"chat_id": joana.id, "text": "oi"}), 403, "§4", said="blocked")


def test_who_sends_too_fast_is_told_how_long_to_wait() -> None:
    with TelegramStandIn(messages_per_second=2, clock=lambda: 1_795_357_200.0) as vendor:
        vendor.write(Customer(1, "Joana"), "oi")
        url = f"{vendor.api_url}/bot{vendor.account.token}/sendMessage"
        answers = [httpx.post(url, json={"chat_id": 1, "text": "oi"}) for _ in range(3)]

    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[2].json()["parameters"] == {"retry_after": 1}


def test_a_conversation_that_moved_says_where_to(vendor: TelegramStandIn, client: httpx.Client) -> None:
    vendor.platform.moved[-5] = -1005

    response = client.post("sendMessage", json={"chat_id": -5, "text": "oi"})

    assert (response.status_code, response.json()["parameters"]) == (400, {"migrate_to_chat_id": -1005})


def test_a_body_that_is_no_request_is_refused(vendor: TelegramStandIn, client: httpx.Client) -> None:
    refused(vendor, client.post("sendMessage", content=b"{"), 400, "§3")
    refused(vendor, client.post("sendMessage", content=json.dumps([1])), 400, "§3")
