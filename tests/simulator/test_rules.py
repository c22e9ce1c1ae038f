"""Meta's rules, each with a wrong gateway that is refused; the paragraph is that of protocols/whatsapp.md."""

import hashlib
import hmac
import json
import time
from typing import Any

import httpx
import pytest

from apps.simulator.meta.errors import GraphError
from apps.simulator.meta.rules import check_message
from apps.simulator.meta.tokens import Token
from apps.simulator.phone.changes import PhoneCustomer
from apps.simulator.standin import MetaStandIn
from tests.simulator.test_sending import NUMBER, text_to

Json = dict[str, Any]


def body(kind: str, part: Any, **more: Any) -> Json:
    return {"messaging_product": "whatsapp", "to": "+5511900000002", "type": kind, kind: part, **more}


def interactive(kind: str, action: Json, **more: Any) -> Json:
    return body("interactive", {"type": kind, "body": {"text": "x"}, "action": action, **more})


def buttons(*replies: tuple[str, str]) -> Json:
    return {"buttons": [{"type": "reply", "reply": {"id": key, "title": title}} for key, title in replies]}


def rows(count: int, **more: str) -> list[Json]:
    return [{"id": f"r{n}", "title": f"t{n}", **more} for n in range(count)]


def menu(*sections: Json, button: str = "x") -> Json:
    return {"button": button, "sections": list(sections)}


RIGHT: list[Json] = [
    body("text", {"preview_url": False, "body": "x" * 4096}, context={"message_id": "wamid.TESTE0002"}),
    body("image", {"id": "770000000000100", "caption": "x" * 1024}),
    body("document", {"link": "https://arquivos.exemplo.invalid/boleto.pdf", "filename": "boleto.pdf"}),
    body("audio", {"id": "770000000000101", "voice": True}),
    body("location", {"latitude": "-23.5", "longitude": "-46.6", "name": "Loja Exemplo"}),
    body("contacts", [{"name": {"formatted_name": "Suporte Exemplo", "first_name": "Suporte"}}]),
    body("reaction", {"message_id": "wamid.TESTE0002", "emoji": ""}),
    body("template", {"name": "lembrete_visita", "language": {"code": "pt_BR"}}),
    interactive("button", buttons(("a", "A"), ("b", "B"), ("c", "C"))),
    interactive(
        "list", menu({"title": "s", "rows": rows(5)}, {"title": "t", "rows": rows(4, description="x" * 72)[:1]})
    ),
    interactive(
        "cta_url", {"name": "cta_url", "parameters": {"display_text": "Abrir", "url": "https://exemplo.invalid/r/1"}}
    ),
    interactive("location_request_message", {"name": "send_location"}),
    interactive(
        "button", buttons(("a", "A")), header={"type": "image", "image": {"link": "https://exemplo.invalid/a.jpg"}}
    ),
    interactive("carousel", {"cards": [{"body": {"text": "x" * 160}}] * 2}),
    interactive(
        "product_list", {"catalog_id": "1", "sections": [{"product_items": [{"product_retailer_id": "a"}] * 30}]}
    ),
    {"messaging_product": "whatsapp", "recipient": "BR.TESTE1", "type": "text", "text": {"body": "x"}},
]
RIGHT[9]["interactive"]["action"]["sections"][1]["rows"][0]["id"] = "other"

WRONG: list[tuple[str, int, Json]] = [
    ("§7", 100, body("text", {"body": "x"}, messaging_product="sms")),
    ("§7.1", 131008, {"messaging_product": "whatsapp", "to": "+5511900000002", "type": "text"}),
    ("§6.1", 131008, {"messaging_product": "whatsapp", "type": "text", "text": {"body": "x"}}),
    ("§6.2", 131009, body("text", {"body": "x"}, to="carla")),
    ("§6.1", 131009, {"messaging_product": "whatsapp", "recipient": "carla", "type": "text", "text": {"body": "x"}}),
    ("§11 D", 131051, body("telepathy", {})),
    ("§7.3", 100, body("text", {"body": "x" * 4097})),
    ("§7.3", 100, body("text", {"body": "x"}, biz_opaque_callback_data="x" * 513)),
    ("§7.1", 100, body("image", {"id": "1", "link": "https://exemplo.invalid/a.jpg"})),
    ("§7.1", 100, body("image", {})),
    ("§7.3", 100, body("image", {"id": "1", "caption": "x" * 1025})),
    ("§7.1", 100, body("audio", {"id": "1", "caption": "x"})),
    ("§8", 100, body("image", {"link": "ftp://exemplo.invalid/a.jpg"})),
    ("§7.1", 100, body("location", {"latitude": "north", "longitude": 1})),
    ("§7.1", 131009, body("location", {"latitude": 91, "longitude": 1})),
    ("§7.3", 100, body("contacts", [])),
    ("§7.1", 131009, body("contacts", [{"name": {"formatted_name": "x"}}])),
    ("§7.1", 131008, body("reaction", {"message_id": "wamid.x"})),
    ("§7.1", 131008, body("template", {"name": "x", "language": {}})),
    ("§7.1", 132018, body("template", {"name": "x", "language": {"code": "pt_BR"}, "components": [
        {"type": "body", "parameters": [{"type": "text", "text": "a\nb"}]}]})),
    ("§7.3", 100, interactive("button", buttons(*((str(n), str(n)) for n in range(4))))),
    ("§7.3", 100, interactive("button", buttons(("a", "x" * 21)))),
    ("§7.3", 131009, interactive("button", buttons(("a", "A"), ("a", "B")))),
    ("§7.3", 131009, interactive("button", buttons(("a", "A"), ("b", "A")))),
    ("§7.3", 100, interactive("button", buttons(("a", "A")), footer={"text": "x" * 61})),
    ("§7.3", 100, interactive("list", menu({"rows": rows(11)}))),
    ("§7.3", 100, interactive("list", menu({"rows": rows(1)}, button="x" * 21))),
    ("§7.3", 100, interactive("list", menu({"rows": [{"id": "a", "title": "x" * 25}]}))),
    ("§7.3", 100, interactive("list", menu({"rows": rows(1, description="x" * 73)}))),
    ("§7.3", 131008, interactive("list", menu({"rows": rows(1)}, {"rows": rows(1)}))),
    ("§7.1", 100, interactive("list", menu({"rows": rows(1)}), header={"type": "image", "image": {"id": "1"}})),
    ("§7.1", 131008, interactive("button", buttons(("a", "A")), header={"type": "image"})),
    ("§7.1", 100, interactive("button", buttons(("a", "A")), header={"type": "image", "image": {}})),
    ("§7.3", 100, interactive("button", buttons(("a", "A")), body={"text": "x" * 1025})),
    ("§7.3", 100, interactive("list", menu({"rows": rows(1)}), body={"text": "x" * 4097})),
    ("§7.3", 100, interactive("carousel", {"cards": [{"body": {"text": "x"}}]})),
    ("§7.3", 100, interactive("carousel", {"cards": [{"body": {"text": "x" * 161}}] * 2})),
    ("§7.3", 100, interactive("product_list", {"catalog_id": "1", "sections": [{"product_items": [{}] * 31}]})),
    ("§7.3", 100, interactive("flow", {"name": "flow", "parameters": {"flow_cta": "x" * 21}})),
    ("§7.1", 131009, interactive("telepathy", {})),
    ("§7", 131008, body("text", {"body": "x"}, context={})),
    ("§7.1", 100, body("text", {"body": "x", "preview_url": "yes"})),
    ("§7.3", 100, interactive("cta_url", {"parameters": {"display_text": "x" * 21, "url": "https://exemplo.invalid"}})),
]  # fmt: skip


@pytest.mark.parametrize("right", RIGHT, ids=lambda sample: str(sample["type"]))
def test_what_meta_accepts_is_accepted(right: Json) -> None:
    check_message(right)


@pytest.mark.parametrize(("rule", "code", "wrong"), WRONG)
def test_what_meta_refuses_is_refused_with_the_broken_rule(rule: str, code: int, wrong: Json) -> None:
    with pytest.raises(GraphError) as refusal:
        check_message(wrong)

    assert (refusal.value.code, refusal.value.rule) == (code, rule)


def test_a_wrong_token_is_refused_everywhere(graph: httpx.Client, meta: MetaStandIn) -> None:
    headers = {"Authorization": "Bearer wrong"}

    answers = [
        graph.post(f"/{NUMBER}/messages", json=text_to("+5583988888888"), headers=headers),
        graph.post(f"/{NUMBER}/media", headers=headers),
        graph.get("/770000000000001", headers=headers),
    ]

    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert {answer.json()["error"]["code"] for answer in answers} == {190}
    assert not meta.accepted


def test_a_strict_stand_in_refuses_who_never_wrote(product: Any) -> None:
    with MetaStandIn(webhook_url=product.url, app_secret="s", is_strict=True) as strict:
        answer = httpx.post(
            f"{strict.graph_url}/v26.0/{NUMBER}/messages",
            json=text_to("+5583988888888"),
            headers={"Authorization": f"Bearer {strict.account.access_token}"},
        )

    assert answer.json()["error"]["code"] == 131047


@pytest.mark.parametrize("path", ["messages", "graph/v26.0/1", "26.0/1"])
def test_a_path_without_a_version_is_refused(graph: httpx.Client, meta: MetaStandIn, path: str) -> None:
    answer = httpx.get(f"{meta.graph_url}/{path}", headers=dict(graph.headers))

    assert answer.json()["error"]["code"] == 2500


def test_a_proof_must_be_right_when_it_is_given(graph: httpx.Client, meta: MetaStandIn) -> None:
    key, token = meta.account.app_secret.encode(), meta.account.access_token.encode()
    right = hmac.new(key, token, hashlib.sha256).hexdigest()

    answers = [
        graph.post(f"/{NUMBER}/messages", params={"appsecret_proof": proof}, json=text_to("+5583988888888"))
        for proof in (right, "wrong")
    ]

    assert [answer.status_code for answer in answers] == [200, 400]
    assert answers[1].json()["error"]["code"] == 100


@pytest.mark.parametrize(
    "content",
    [
        body("text", {"body": "x"}, context={"message_id": "wamid.TARGET"}),
        body("reaction", {"message_id": "wamid.TARGET", "emoji": "👍"}),
        {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.TARGET"},
    ],
    ids=["quote", "reaction", "read mark"],
)
def test_a_message_can_be_meant_for_thirty_days(product: Any, carla: PhoneCustomer, content: Json) -> None:
    with MetaStandIn(webhook_url=product.url, app_secret="s", is_strict=True) as strict:
        wamid = strict.write(carla, "x")
        meant = json.loads(json.dumps(content).replace("wamid.TARGET", wamid).replace("5511900000002", carla.phone))
        headers = {"Authorization": f"Bearer {strict.account.access_token}"}
        with httpx.Client(base_url=f"{strict.graph_url}/v26.0/{NUMBER}", headers=headers) as graph:
            right = graph.post("/messages", json=meant)
            wrong = graph.post("/messages", json={**json.loads(json.dumps(meant).replace(wamid, "wamid.x"))})
            strict.let_pass(days=31)
            strict.write(carla, "y")
            late = graph.post("/messages", json=meant)

    assert right.status_code == 200
    assert [answer.json()["error"]["code"] for answer in (wrong, late)] == [131009, 131009]


def test_a_token_expires_while_it_is_used(graph: httpx.Client, meta: MetaStandIn) -> None:
    meta.give_token(meta.account.access_token, Token(expires_at=time.time() + 3600))
    early = graph.post(f"/{NUMBER}/messages", json=text_to("+5583988888888"))
    meta.let_pass(hours=1.1)
    late = graph.post(f"/{NUMBER}/messages", json=text_to("+5583988888888"))

    assert early.status_code == 200
    assert (late.status_code, late.json()["error"]["code"]) == (401, 190)
