"""The phone's page: what its forms make Meta do, and what it draws."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.simulator import engine as engines
from apps.simulator.engine import Engine
from apps.simulator.meta.account import MetaAccount
from apps.simulator.meta.courier import pretty
from apps.simulator.meta.limits import PAIR_BURST
from apps.simulator.phone.business import BusinessState, Template
from apps.simulator.phone.changes import (
    CHANGE,
    BusinessChanged,
    Call,
    CallMade,
    CustomerJoined,
    Faults,
    FaultsChanged,
    MessageShown,
    PhoneCustomer,
    PhoneMessage,
    TemplateChanged,
    TickChanged,
)
from apps.simulator.phone.drawing import Drawing, dom_id
from apps.simulator.phone.world import World
from apps.simulator.templatetags.simulator import coloured_json
from tests.simulator.webhook_keeper import WebhookKeeper

HOSTILE = "<script>alert(1)</script>"


def drawing(world: World, key: str) -> Drawing:
    account = MetaAccount("1", "2", "558330000001", "t", "s", "http://g", "http://w")
    return Drawing(world, account, key)


def test_a_text_typed_on_the_phone_leaves_as_a_signed_webhook(
    client: Client, play: Engine, product: WebhookKeeper
) -> None:
    answer = client.post(reverse("simulator:write", args=["carla"]), {"text": "uma pergunta"})

    product.wait_for(messages=1)
    assert answer.status_code == 302
    assert product.messages()[0]["text"] == {"body": "uma pergunta"}
    assert product.values()[0]["contacts"][0]["profile"]["name"] == "Carla Souza"
    assert "uma pergunta" in client.get(answer.headers["Location"]).content.decode()


@pytest.mark.parametrize(("sample", "kind"), [("image", "image"), ("audio", "audio"), ("document", "document")])
def test_a_sample_file_can_be_fetched_by_the_business_with_its_token(
    client: Client, play: Engine, product: WebhookKeeper, sample: str, kind: str
) -> None:
    client.post(reverse("simulator:send_file", args=["carla"]), {"sample": sample})

    product.wait_for(messages=1)
    part = product.messages()[0][kind]
    path = part["url"].removeprefix("http://testserver")
    assert client.get(path).status_code == 401
    assert client.get(path, headers={"Authorization": "Bearer token"}).status_code == 200


def test_the_graph_address_answers_like_meta(client: Client, play: Engine, product: WebhookKeeper) -> None:
    body = {"messaging_product": "whatsapp", "to": "+5583988124471", "type": "text", "text": {"body": "resposta"}}
    path = "/simulator/graph/v26.0/330000000000001/messages"

    refused = client.post(path, json.dumps(body), content_type="application/json")
    taken = client.post(
        path, json.dumps(body), content_type="application/json", headers={"Authorization": "Bearer token"}
    )

    assert refused.json()["error"]["code"] == 190
    assert taken.json()["contacts"][0]["wa_id"] == "5583988124471"
    assert "resposta" in client.get("/simulator/?customer=carla").content.decode()


def test_the_graph_address_keeps_metas_pair_limit(client: Client, play: Engine, product: WebhookKeeper) -> None:
    body = {"messaging_product": "whatsapp", "to": "+5583988124471", "type": "text", "text": {"body": "x"}}

    def send() -> int:
        answer = client.post(
            "/simulator/graph/v26.0/330000000000001/messages",
            json.dumps(body),
            content_type="application/json",
            headers={"Authorization": "Bearer token"},
        )
        return int(answer.json().get("error", {}).get("code", 0))

    answers = [0]
    while answers[-1] == 0 and len(answers) < 3 * PAIR_BURST:
        answers.append(send())

    assert answers[-1] == 131056
    assert len(answers) > PAIR_BURST + 1


def test_somebody_invented_has_the_identities_that_were_chosen(
    client: Client, play: Engine, product: WebhookKeeper
) -> None:
    answer = client.post(reverse("simulator:invent"), {"name": "Zefa", "identity": "bsuid"})
    key = answer.headers["Location"].partition("customer=")[2]
    client.post(reverse("simulator:write", args=[key]), {"text": "x"})

    product.wait_for(messages=1)
    assert "from" not in product.messages()[0]
    assert product.messages()[0]["from_user_id"].startswith("BR.")


def test_after_a_restart_the_phone_shows_what_it_showed_before(
    client: Client, play: Engine, product: WebhookKeeper
) -> None:
    client.post(reverse("simulator:write", args=["carla"]), {"text": "antes do reinício"})
    product.wait_for(messages=1)

    engines.forget_engines()

    assert "antes do reinício" in client.get("/simulator/?customer=carla").content.decode()


def test_a_form_without_a_token_is_refused(play: Engine) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(reverse("simulator:write", args=["carla"]), {"text": "x"}).status_code == 403


def test_a_file_that_a_browser_could_run_is_only_downloaded(client: Client, play: Engine) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    page = SimpleUploadedFile("a.html", HOSTILE.encode(), content_type="text/html")
    client.post(reverse("simulator:send_file", args=["carla"]), {"file": page})
    media_id = play.world.thread("carla")[-1].media_id

    answer = client.get(reverse("simulator:media", args=[media_id]))

    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == "attachment"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_without_an_account_the_page_says_what_to_do(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.simulator.views.current_account", lambda: None)

    answer = client.get("/simulator/")

    assert answer.status_code == 503
    assert "seed_demo" in answer.content.decode()


def test_a_change_draws_only_the_phone_that_it_is_about(carla: PhoneCustomer) -> None:
    world = World()
    bruna = PhoneCustomer(key="bruna", name="Bruna")
    for customer in (carla, bruna):
        world.apply(CustomerJoined(customer=customer))
    shown = MessageShown(message=PhoneMessage(wamid="wamid.a==", customer="carla", is_mine=True, text=HOSTILE, at=1))
    world.apply(shown)

    hers = list(drawing(world, "carla").fragments(shown, now=2))
    others = list(drawing(world, "bruna").fragments(shown, now=2))

    assert dom_id("wamid.a==") in [fragment.id for fragment in hers]
    assert [fragment.id for fragment in others] == ["person-carla"]
    assert not any(HOSTILE in fragment.html for fragment in hers + others)


def test_ticks_never_go_back(carla: PhoneCustomer) -> None:
    world = World()
    world.apply(MessageShown(message=PhoneMessage(wamid="w", customer="carla", is_mine=True, at=1, status="sent")))

    for status in ("read", "delivered", "sent"):
        world.apply(TickChanged(wamid="w", status=status))

    assert world.messages["w"].status == "read"


def test_the_world_forgets_its_oldest_entries() -> None:
    world = World(customers=3, messages=5, calls=4, thread=2)
    for number in range(10):
        world.apply(CustomerJoined(customer=PhoneCustomer(key=str(number), name="x", phone=f"55839{number:08d}")))
        world.apply(
            MessageShown(message=PhoneMessage(wamid=f"w{number}", customer=str(number), is_mine=True, at=number))
        )
        call = Call(id=str(number), at=1, is_inbound=True, method="POST", path="/", status=200, duration_ms=1)
        world.apply(CallMade(call=call))

    assert (len(world.customers), len(world.messages), len(world.calls)) == (3, 5, 4)
    assert len(world.threads) == 3
    assert world.customer_at("5583900000000") is None


def test_every_change_survives_the_journal(carla: PhoneCustomer) -> None:
    template = Template(id="1", name="a", language="pt_BR", components=({"type": "BODY", "text": "x"},))
    changes: list[Any] = [
        CustomerJoined(customer=carla),
        TemplateChanged(template=template),
        BusinessChanged(business=BusinessState(quality="RED", blocked=("carla",))),
        FaultsChanged(faults=Faults(by_customer={"carla": "500"}, statuses="late")),
    ]

    assert [CHANGE.validate_json(change.model_dump_json()) for change in changes] == changes


def test_the_graph_address_lists_templates_page_by_page(client: Client, play: Engine) -> None:
    token = {"Authorization": "Bearer token"}

    first = client.get("/simulator/graph/v26.0/210000000000001/message_templates?limit=6", headers=token)
    rest = client.get(first.json()["paging"]["next"].removeprefix("http://testserver"), headers=token)

    assert len(first.json()["data"]) == 6
    assert {row["name"] for row in first.json()["data"] + rest.json()["data"]} >= {
        "lembrete_visita",
        "retomar_conversa",
    }
    assert "call_count" in first.headers["X-Business-Use-Case-Usage"]


def test_the_graph_address_subscribes_blocks_and_describes(
    client: Client, play: Engine, product: WebhookKeeper
) -> None:
    token = {"Authorization": "Bearer token"}
    client.post(reverse("simulator:write", args=["carla"]), {"text": "x"})
    people = json.dumps({"messaging_product": "whatsapp", "block_users": [{"user": "+5583988124471"}]})

    taken = client.post("/simulator/graph/v26.0/210000000000001/subscribed_apps", headers=token)
    blocked = client.post(
        "/simulator/graph/v26.0/330000000000001/block_users", people, content_type="application/json", headers=token
    )
    token_told = client.get("/simulator/graph/v26.0/debug_token?input_token=token", headers=token)

    assert taken.json() == {"success": True}
    assert blocked.json()["block_users"]["added_users"][0]["wa_id"] == "5583988124471"
    assert token_told.json()["data"]["is_valid"] is True


def test_coloured_json_escapes_what_it_colours() -> None:
    drawn = coloured_json(pretty(json.dumps({"a": HOSTILE, "n": 12}).encode()))

    assert HOSTILE not in drawn
    assert '<span class="k">' in drawn
    assert '<span class="v">12</span>' in drawn
