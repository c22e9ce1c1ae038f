"""The page's further buttons: what each makes Meta send, and what the phone then shows."""

import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.simulator.engine import Engine
from apps.simulator.more_acts import DECISIONS, DEEDS
from tests.simulator.webhook_keeper import WebhookKeeper

#: What each deed makes of the first change: its field, and the type of the message when it is one.
ARRIVES = {
    "contacts": ("messages", "contacts"),
    "order": ("messages", "order"),
    "form": ("messages", "interactive"),
    "poll": ("messages", "unsupported"),
    "forward": ("messages", "text"),
    "ad": ("messages", "text"),
    "late": ("messages", "text"),
    "open": ("messages", "request_welcome"),
    "new_number": ("messages", "system"),
    "new_id": ("user_id_update", ""),
    "stop": ("user_preferences", ""),
    "resume": ("user_preferences", ""),
    "app": ("smb_message_echoes", ""),
}


def page(client: Client) -> str:
    return str(client.get("/simulator/?customer=carla").content.decode())


def post(client: Client, name: str, **fields: str) -> Any:
    return client.post(reverse(f"simulator:{name}", args=["carla"]), fields)


def test_every_deed_has_a_button(client: Client, play: Engine) -> None:
    drawn = page(client)

    assert set(ARRIVES) == set(DEEDS)
    assert all(f'name="does" value="{deed}"' in drawn for deed in DEEDS)
    assert all(f'value="{decision}"' in drawn for decision in DECISIONS)


@pytest.mark.parametrize(("deed", "arrives"), ARRIVES.items())
def test_a_button_sends_what_it_says(
    client: Client,
    play: Engine,
    product: WebhookKeeper,
    deed: str,
    arrives: tuple[str, str],
) -> None:
    answer = post(client, "do", does=deed)

    product.wait_for(requests=1)
    field, kind = arrives
    assert answer.status_code == 302
    assert product.fields() == [field]
    assert [message["type"] for message in product.messages()] == ([kind] if kind else [])


def test_a_late_message_is_older_than_the_window(client: Client, play: Engine, product: WebhookKeeper) -> None:
    post(client, "do", does="late", words="ontem")

    product.wait_for(messages=1)
    (message,) = product.messages()
    assert message["text"] == {"body": "ontem"}
    assert time.time() - int(message["timestamp"]) > 24 * 3600
    assert not play.platform.standing.is_open(play.world.customers["carla"])


def test_a_deed_that_nobody_knows_is_refused(client: Client, play: Engine) -> None:
    assert post(client, "do", does="fly").status_code == 400


@pytest.mark.parametrize(("sample", "kind"), [("sticker", "sticker"), ("video", "video")])
def test_a_sample_sticker_and_video_are_real_files(
    client: Client,
    play: Engine,
    product: WebhookKeeper,
    sample: str,
    kind: str,
) -> None:
    post(client, "send_file", sample=sample)

    product.wait_for(messages=1)
    part = product.messages()[0][kind]
    fetched = client.get(part["url"].removeprefix("http://testserver"), headers={"Authorization": "Bearer token"})
    assert fetched.content[:4] == (b"RIFF" if kind == "sticker" else b"\x00\x00\x00 ")


def test_a_text_is_edited_and_taken_back_from_its_bubble(
    client: Client,
    play: Engine,
    product: WebhookKeeper,
) -> None:
    post(client, "write", text="mesa redonda")
    product.wait_for(messages=1)
    wamid = product.messages()[0]["id"]

    post(client, "write", text="mesa quadrada", edited=wamid)
    after_edit = page(client)
    post(client, "delete", wamid=wamid)

    product.wait_for(messages=3)
    assert [message["type"] for message in product.messages()] == ["text", "edit", "revoke"]
    assert "mesa quadrada" in after_edit and "editada" in after_edit
    assert play.world.messages[wamid].text == ""
    assert "Você apagou esta mensagem" in page(client)


def test_nobody_edits_or_takes_back_what_another_wrote(
    client: Client,
    play: Engine,
    product: WebhookKeeper,
) -> None:
    client.post(reverse("simulator:write", args=["mariana"]), {"text": "da Mariana"})
    product.wait_for(messages=1)
    wamid = product.messages()[0]["id"]

    post(client, "delete", wamid=wamid)
    post(client, "write", text="da Carla", edited=wamid)

    product.wait_for(messages=2)
    assert [message["type"] for message in product.messages()] == ["text", "text"]
    assert play.world.messages[wamid].text == "da Mariana"


def test_a_decision_of_meta_is_shown_and_told(client: Client, play: Engine, product: WebhookKeeper) -> None:
    post(client, "decide", decision="lock")

    product.wait_for(news=1)
    assert product.fields() == ["account_update"]
    assert "A Meta bloqueou a conta" in page(client)


def test_statuses_are_spoilt_from_the_page(client: Client, play: Engine) -> None:
    post(client, "set_faults", statuses="doubled", confirms="on")

    assert play.world.faults.statuses == "doubled"
    assert '<option value="doubled" selected>' in page(client)


def test_a_fault_that_the_page_does_not_offer_is_not_taken(client: Client, play: Engine) -> None:
    post(client, "set_faults", next_send="nonsense", statuses="nonsense")

    assert (play.world.faults.next_send, play.world.faults.statuses) == ("", "")
