"""How the account stands with Meta, and what it may do then (protocols/whatsapp.md §5, §9, §10, §11 D)."""

from typing import Any

import httpx
import pytest

from apps.simulator.phone.changes import PhoneCustomer
from apps.simulator.standin import MetaStandIn
from tests.simulator.test_faults import CARLA, send
from tests.simulator.test_rules import body
from tests.simulator.test_sending import NUMBER, text_to
from tests.simulator.test_templates import RIGHT
from tests.simulator.webhook_keeper import WebhookKeeper


@pytest.mark.parametrize(
    ("decision", "body", "code"),
    [
        ("lock", text_to(CARLA), 131031),
        ("lock", RIGHT["positional"], 131031),
        ("restrict", RIGHT["positional"], 368),
    ],
)
def test_a_locked_or_restricted_account_is_refused_until_it_is_unlocked(
    graph: httpx.Client, meta: MetaStandIn, product: WebhookKeeper, decision: str, body: Any, code: int
) -> None:
    meta.decide(decision)
    refused = graph.post(f"/{NUMBER}/messages", json=body)
    meta.decide("unlock")
    taken = graph.post(f"/{NUMBER}/messages", json=body)

    product.wait_for(news=2)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, code)
    assert taken.status_code == 200
    assert product.fields().count("account_update") == 2


def test_a_restricted_account_may_still_answer(graph: httpx.Client, meta: MetaStandIn, carla: PhoneCustomer) -> None:
    meta.write(carla, "x")
    meta.decide("restrict")

    assert send(graph).status_code == 200


@pytest.mark.parametrize(
    ("decision", "arguments", "field", "shows"),
    [
        ("change_quality", ("RED",), "phone_number_quality_update", {"event": "DOWNGRADE"}),
        ("upgrade_throughput", (), "phone_number_quality_update", {"event": "THROUGHPUT_UPGRADE"}),
        ("restrict", (), "account_update", {"event": "ACCOUNT_RESTRICTION"}),
        ("lock", (), "account_update", {"event": "DISABLED_UPDATE"}),
        ("mark_template", ("lembrete_visita", "RED"), "message_template_quality_update", {"new_quality_score": "RED"}),
        ("pause", ("lembrete_visita",), "message_template_status_update", {"event": "PAUSED", "reason": "NONE"}),
        ("remove_template", ("lembrete_visita",), "message_template_status_update", {"event": "PENDING_DELETION"}),
        (
            "recategorise",
            ("lembrete_visita", "MARKETING"),
            "template_category_update",
            {"previous_category": "UTILITY", "new_category": "MARKETING"},
        ),
        (
            "rewrite",
            ("lembrete_visita", "Olá, {{1}}!"),
            "message_template_components_update",
            {"message_template_element": "Olá, {{1}}!"},
        ),
        ("report_error", (130429,), "messages", {}),
    ],
)
def test_what_meta_decides_is_told_by_a_signed_webhook(
    meta: MetaStandIn,
    product: WebhookKeeper,
    decision: str,
    arguments: tuple[Any, ...],
    field: str,
    shows: dict[str, str],
) -> None:
    meta.decide(decision, *arguments)

    product.wait_for(requests=1)
    assert product.fields() == [field]
    assert shows.items() <= product.values()[0].items()
    assert product.requests[0].headers["x-hub-signature-256"].startswith("sha256=")


def test_the_number_shows_what_was_decided(graph: httpx.Client, meta: MetaStandIn) -> None:
    meta.decide("change_quality", "RED", limit="TIER_250")

    answer = graph.get(
        f"/{NUMBER}", params={"fields": "quality_rating,whatsapp_business_manager_messaging_limit"}
    ).json()

    assert (answer["quality_rating"], answer["whatsapp_business_manager_messaging_limit"]) == ("RED", "TIER_250")


def test_an_account_may_be_kept_from_answering(graph: httpx.Client, meta: MetaStandIn, carla: PhoneCustomer) -> None:
    meta.write(carla, "x")
    meta.decide("restrict", "RESTRICTED_CUSTOMER_INITIATED_MESSAGING")

    assert send(graph).json()["error"]["code"] == 368
    assert graph.post(f"/{NUMBER}/messages", json=RIGHT["positional"]).status_code == 200


def test_a_number_that_is_not_registered_sends_nothing(graph: httpx.Client, meta: MetaStandIn) -> None:
    meta.decide("change", number_status="DISCONNECTED")
    refused = send(graph)
    meta.decide("change", number_status="CONNECTED")

    assert refused.json()["error"]["code"] == 133010
    assert send(graph).status_code == 200


def test_nobody_writes_to_themselves(graph: httpx.Client, meta: MetaStandIn) -> None:
    assert send(graph, f"+{meta.account.display_number}").json()["error"]["code"] == 131021
    assert send(graph).status_code == 200


def test_an_authentication_template_needs_a_phone_number(graph: httpx.Client, meta: MetaStandIn) -> None:
    code = {"type": "BODY", "text": "Seu código é {{1}}."}
    meta.add_template({"name": "codigo", "language": "pt_BR", "category": "AUTHENTICATION", "components": [code]})
    nobody = PhoneCustomer(key="nobody", name="Davi", bsuid="BR.DAVI1")
    meta.write(nobody, "x")
    given = [{"type": "body", "parameters": [{"type": "text", "text": "4242"}]}]
    template = {"name": "codigo", "language": {"code": "pt_BR"}, "components": given}
    content = {"messaging_product": "whatsapp", "type": "template", "template": template}

    to_id = graph.post(f"/{NUMBER}/messages", json={**content, "recipient": "BR.DAVI1"})
    to_number = graph.post(f"/{NUMBER}/messages", json={**content, "to": CARLA})

    assert to_id.json()["error"]["code"] == 131062
    assert to_number.status_code == 200


def test_so_many_customers_a_day_can_be_reached_outside_the_window(
    graph: httpx.Client, meta: MetaStandIn, carla: PhoneCustomer
) -> None:
    meta.write(carla, "x")
    meta.decide("change", customers_per_day=2)

    def reach(address: str) -> int:
        template = {"name": "resume_conversation", "language": {"code": "en"}}
        words = [{"type": "body", "parameters": [{"type": "text", "text": "x"}]}]
        answer = graph.post(f"/{NUMBER}/messages", json=body("template", {**template, "components": words}, to=address))
        return int(answer.json().get("error", {}).get("code", 200))

    first = [reach(address) for address in ("+5583911111111", "+5583922222222", "+5583933333333")]
    again = [reach(address) for address in ("+5583911111111", f"+{carla.phone}")]
    meta.let_pass(hours=25)

    assert first == [200, 200, 131064]
    assert again == [200, 200]
    assert reach("+5583933333333") == 200


def test_the_window_closes_after_a_day_by_itself(graph: httpx.Client, meta: MetaStandIn, carla: PhoneCustomer) -> None:
    meta.write(carla, "x")
    meta.let_pass(hours=23.9)
    early = graph.post(f"/{NUMBER}/messages", json=text_to(f"+{carla.phone}"))
    meta.let_pass(hours=0.2)
    late = graph.post(f"/{NUMBER}/messages", json=text_to(f"+{carla.phone}"))

    assert early.status_code == 200
    assert late.json()["error"]["code"] == 131047


def test_a_rewritten_template_takes_what_its_new_text_asks_for(graph: httpx.Client, meta: MetaStandIn) -> None:
    before = graph.post(f"/{NUMBER}/messages", json=RIGHT["positional"])
    meta.decide("rewrite", "lembrete_visita", "Olá, {{1}}!")

    assert before.status_code == 200
    assert graph.post(f"/{NUMBER}/messages", json=RIGHT["positional"]).json()["error"]["code"] == 132000
