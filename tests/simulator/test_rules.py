"""Meta's rules, each with a wrong gateway that is refused; the paragraph is that of protocols/whatsapp.md."""

from typing import Any

import httpx
import pytest

from apps.simulator.meta.errors import GraphError
from apps.simulator.meta.rules import check_message
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


def test_a_file_is_uploaded_sent_and_fetched_with_the_token(graph: httpx.Client, meta: MetaStandIn) -> None:
    form = {"messaging_product": "whatsapp", "type": "image/png"}
    media_id = graph.post(
        f"/{NUMBER}/media", data=form, files={"file": ("a.png", b"\x89PNG\r\n--x", "image/png")}
    ).json()["id"]

    sent = graph.post(f"/{NUMBER}/messages", json=body("image", {"id": media_id}))
    found = graph.get(f"/{media_id}").json()
    fetched = graph.get(found["url"])
    without_token = httpx.get(found["url"])

    assert sent.status_code == 200
    assert (found["mime_type"], found["file_size"]) == ("image/png", 9)
    assert fetched.content == b"\x89PNG\r\n--x"
    assert without_token.status_code == 401


@pytest.mark.parametrize(
    ("kind", "mime_type", "code"),
    [("image", "application/pdf", 131053), ("sticker", "image/png", 131053), ("audio", "", 131009)],
)
def test_a_file_of_another_kind_is_refused(graph: httpx.Client, kind: str, mime_type: str, code: int) -> None:
    media_id = "1"
    if mime_type:
        form = {"messaging_product": "whatsapp", "type": mime_type}
        media_id = graph.post(f"/{NUMBER}/media", data=form, files={"file": ("a", b"x", mime_type)}).json()["id"]

    answer = graph.post(f"/{NUMBER}/messages", json=body(kind, {"id": media_id}))

    assert answer.json()["error"]["code"] == code


def test_an_oversize_picture_is_refused(graph: httpx.Client) -> None:
    form = {"messaging_product": "whatsapp", "type": "image/jpeg"}

    answer = graph.post(
        f"/{NUMBER}/media", data=form, files={"file": ("a.jpg", bytes(5 * 1024 * 1024 + 1), "image/jpeg")}
    )

    assert answer.json()["error"]["code"] == 131053


def test_an_expired_download_address_is_404(graph: httpx.Client, meta: MetaStandIn, carla: PhoneCustomer) -> None:
    form = {"messaging_product": "whatsapp", "type": "image/png"}
    media_id = graph.post(f"/{NUMBER}/media", data=form, files={"file": ("a.png", b"x", "image/png")}).json()["id"]

    answer = graph.get(f"{meta.graph_url}/download/{media_id}?ext=1")

    assert answer.status_code == 404


def test_a_strict_stand_in_refuses_who_never_wrote(product: Any) -> None:
    with MetaStandIn(webhook_url=product.url, app_secret="s", is_strict=True) as strict:
        answer = httpx.post(
            f"{strict.graph_url}/v26.0/{NUMBER}/messages",
            json=text_to("+5583988888888"),
            headers={"Authorization": f"Bearer {strict.account.access_token}"},
        )

    assert answer.json()["error"]["code"] == 131047
