"""Templates are held against their definition; every wrong client is refused with Meta's code (protocols/whatsapp.md §7.1, §11 D)."""

from typing import Any

import httpx
import pytest

from apps.simulator.phone.changes import PhoneCustomer
from apps.simulator.standin import MetaStandIn
from tests.simulator.test_sending import NUMBER
from tests.simulator.webhook_keeper import WebhookKeeper

Json = dict[str, Any]
CODE_CHARACTERS = 15


def template(name: str, *components: Json, language: str = "pt_BR") -> Json:
    part: Json = {"name": name, "language": {"code": language}}
    if components:
        part["components"] = list(components)
    return {"messaging_product": "whatsapp", "to": "+5583988888888", "type": "template", "template": part}


def words(*values: str) -> list[Json]:
    return [{"type": "text", "text": value} for value in values]


def body(*values: str) -> Json:
    return {"type": "body", "parameters": words(*values)}


def named(**values: str) -> Json:
    given = [{"type": "text", "parameter_name": name, "text": value} for name, value in values.items()]
    return {"type": "body", "parameters": given}


def header(kind: str, part: Any) -> Json:
    return {"type": "header", "parameters": [{"type": kind, kind: part}]}


def button(kind: str, index: int, **parameter: str) -> Json:
    return {"type": "button", "sub_type": kind, "index": str(index), "parameters": [parameter]}


LINK = {"link": "https://exemplo.invalid/proposta.pdf"}
PLACE = {"latitude": "-7.22", "longitude": "-35.88", "name": "Urbana", "address": "Rua Inventada, 10"}
URL = button("url", 0, type="text", text="URB-0042")
COUPON = button("copy_code", 0, type="coupon_code", coupon_code="URBANA10")
PROPOSAL = (header("document", LINK), body("Carla", "a sala", "20/12"), URL)

RIGHT: dict[str, Json] = {
    "positional": template("lembrete_visita", body("Carla", "12/12")),
    "quick reply with a payload": template(
        "lembrete_visita", body("Carla", "12/12"), button("quick_reply", 0, type="payload", payload="SIM")
    ),
    "named, in any order": template("retomar_conversa", named(assunto="a sala", cliente="Carla")),
    "document header and an address": template("proposta_pronta", *PROPOSAL),
    "image header": template("obra_concluida", header("image", LINK), body("Carla")),
    "place header": template("endereco_escritorio", header("location", PLACE), body("amanhã")),
    "text header": template("pesquisa_satisfacao", {"type": "header", "parameters": words("Carla")}),
    "code to copy": template("cupom_aniversario", body("Carla", "10%"), COUPON),
    "money": template(
        "cupom_aniversario",
        {
            "type": "body",
            "parameters": [
                *words("Carla"),
                {"type": "currency", "currency": {"fallback_value": "R$ 10", "code": "BRL", "amount_1000": 10000}},
            ],
        },
        COUPON,
    ),
}
WRONG: dict[str, tuple[int, Json]] = {
    "no such name": (132001, template("boas_vindas")),
    "no such language": (132001, template("lembrete_visita", body("a", "b"), language="en_US")),
    "not yet approved": (132001, template("orcamento_pendente", body("Carla"))),
    "rejected": (132001, template("oferta_relampago", body("a", "b"))),
    "too few": (132000, template("lembrete_visita", body("Carla"))),
    "too many": (132000, template("lembrete_visita", body("a", "b", "c"))),
    "none at all": (132000, template("lembrete_visita")),
    "body twice": (132000, template("lembrete_visita", body("a", "b"), body("a", "b"))),
    "an empty one": (131008, template("lembrete_visita", body("Carla", ""))),
    "a line break": (132018, template("lembrete_visita", body("Carla", "12/12\n14h"))),
    "a run of spaces": (132018, template("lembrete_visita", body("Carla", "12/12     14h"))),
    "too long": (132005, template("lembrete_visita", body("Carla", "x" * 1000))),
    "positions for names": (132012, template("retomar_conversa", body("Carla", "a sala"))),
    "a wrong name": (132012, template("retomar_conversa", named(cliente="Carla", tema="a sala"))),
    "a picture for words": (
        132012,
        template("lembrete_visita", {"type": "body", "parameters": [*words("a"), {"type": "image", "image": LINK}]}),
    ),
    "header without its document": (132012, template("proposta_pronta", *PROPOSAL[1:])),
    "header of another kind": (132012, template("proposta_pronta", header("image", LINK), *PROPOSAL[1:])),
    "header with id and link": (
        131008,
        template("proposta_pronta", header("document", {"id": "1", **LINK}), *PROPOSAL[1:]),
    ),
    "header with a file that is gone": (131009, template("obra_concluida", header("image", {"id": "1"}), body("a"))),
    "header where there is none": (132000, template("lembrete_visita", header("image", LINK), body("a", "b"))),
    "a place without an address": (
        131008,
        template("endereco_escritorio", header("location", {**PLACE, "address": ""}), body("amanhã")),
    ),
    "long text in the header": (
        132005,
        template("pesquisa_satisfacao", {"type": "header", "parameters": words("x" * 60)}),
    ),
    "an address without its end": (131008, template("proposta_pronta", *PROPOSAL[:2])),
    "a button that is not there": (
        131009,
        template("lembrete_visita", body("a", "b"), button("quick_reply", 2, type="payload", payload="x")),
    ),
    "a button of another kind": (132012, template("lembrete_visita", body("a", "b"), URL)),
    "words for a payload": (
        132012,
        template("lembrete_visita", body("a", "b"), button("quick_reply", 0, type="text", text="x")),
    ),
    "a number for a call button": (
        132000,
        template("proposta_pronta", *PROPOSAL, button("phone_number", 1, type="text", text="x")),
    ),
    "no code to copy": (131008, template("cupom_aniversario", body("a", "b"))),
    "a code too long": (
        132005,
        template(
            "cupom_aniversario",
            body("a", "b"),
            button("copy_code", 0, type="coupon_code", coupon_code="x" * (CODE_CHARACTERS + 1)),
        ),
    ),
}


def send(graph: httpx.Client, content: Json) -> httpx.Response:
    return graph.post(f"/{NUMBER}/messages", json=content)


@pytest.mark.parametrize("right", RIGHT.values(), ids=RIGHT)
def test_a_template_that_fits_its_definition_is_accepted(graph: httpx.Client, right: Json) -> None:
    answer = send(graph, right)

    assert answer.status_code == 200, answer.text
    assert answer.json()["messages"][0]["message_status"] == "accepted"


@pytest.mark.parametrize(("code", "wrong"), WRONG.values(), ids=WRONG)
def test_a_template_that_does_not_fit_is_refused(
    graph: httpx.Client, meta: MetaStandIn, code: int, wrong: Json
) -> None:
    answer = send(graph, wrong)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code), answer.text
    assert not meta.accepted


def test_the_customer_reads_it_filled_in_and_answers_with_a_tap(
    graph: httpx.Client, meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer
) -> None:
    meta.run(lambda: meta.handset.join(carla))
    wamid = send(graph, RIGHT["quick reply with a payload"]).json()["messages"][0]["id"]

    shown = meta.platform.world.messages[wamid]
    meta.run(lambda: meta.handset.choose(meta.account, carla, wamid, "SIM"))

    product.wait_for(messages=1)
    assert shown.text == "Olá, Carla! Passando para lembrar da nossa visita técnica em 12/12. Podemos confirmar?"
    assert [(choice.id, choice.title) for choice in shown.choices] == [("SIM", "Confirmar"), ("Remarcar", "Remarcar")]
    assert product.messages()[0]["button"] == {"payload": "SIM", "text": "Confirmar"}


@pytest.mark.parametrize(("decision", "code"), [("pause", 132015), ("disable", 132016), ("reject", 132001)])
def test_what_meta_took_back_is_refused_until_it_is_approved_again(
    graph: httpx.Client, meta: MetaStandIn, product: WebhookKeeper, decision: str, code: int
) -> None:
    meta.decide(decision, "lembrete_visita")
    refused = send(graph, RIGHT["positional"])
    meta.decide("approve", "lembrete_visita")
    taken = send(graph, RIGHT["positional"])

    product.wait_for(news=2)
    events = [value["event"] for value in product.values() if "event" in value]
    assert refused.json()["error"]["code"] == code
    assert taken.status_code == 200
    assert set(events) >= {"APPROVED"} and len(events) == 2
    assert all(value["message_template_name"] == "lembrete_visita" for value in product.values() if "event" in value)


def test_a_new_template_can_be_sent_once_it_is_approved(graph: httpx.Client, meta: MetaStandIn) -> None:
    definition = {
        "name": "boas_vindas",
        "language": "pt_BR",
        "status": "PENDING",
        "components": [{"type": "BODY", "text": "Olá!"}],
    }
    meta.add_template(definition)

    early = send(graph, template("boas_vindas"))
    meta.decide("approve", "boas_vindas")

    assert early.json()["error"]["code"] == 132001
    assert send(graph, template("boas_vindas")).status_code == 200


def test_a_template_reaches_who_did_not_write_for_a_day(
    graph: httpx.Client, meta: MetaStandIn, carla: PhoneCustomer
) -> None:
    meta.write(carla, "x")
    meta.run(lambda: meta.handset.close_window(carla))

    text = {"messaging_product": "whatsapp", "to": "+5583988888888", "type": "text", "text": {"body": "x"}}

    assert send(graph, text).json()["error"]["code"] == 131047
    assert send(graph, RIGHT["positional"]).status_code == 200
