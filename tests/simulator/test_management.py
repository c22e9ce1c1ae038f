"""Meta's calls about an account, each with a wrong client that is refused; paragraphs of protocols/whatsapp.md."""

from typing import Any

import httpx
import pytest

from apps.simulator.meta.tokens import MANAGEMENT, MESSAGING, Token
from apps.simulator.phone.changes import PhoneCustomer
from apps.simulator.standin import MetaStandIn
from apps.simulator.wire import WireRequest, WireResponse
from tests.simulator.test_sending import NUMBER, text_to
from tests.simulator.webhook_keeper import WebhookKeeper

BUSINESS = "210000000000001"


def error(answer: httpx.Response) -> dict[str, Any]:
    found: dict[str, Any] = answer.json()["error"]
    return found


def test_a_number_tells_what_it_was_asked_for(graph: httpx.Client) -> None:
    fields = "quality_rating,throughput,status,platform_type,verified_name,display_phone_number,name_status"
    fields += ",whatsapp_business_manager_messaging_limit,code_verification_status"

    answer = graph.get(f"/{NUMBER}", params={"fields": fields}).json()

    assert set(answer) == {*fields.split(","), "id"}
    assert answer["throughput"] == {"level": "STANDARD"}
    assert answer["whatsapp_business_manager_messaging_limit"] == "TIER_2K"


@pytest.mark.parametrize("path", [f"/{NUMBER}", f"/{BUSINESS}", f"/{BUSINESS}/phone_numbers"])
def test_a_field_that_does_not_exist_is_refused(graph: httpx.Client, path: str) -> None:
    wrong = graph.get(path, params={"fields": "quality"})
    right = graph.get(path)

    assert (wrong.status_code, error(wrong)["code"]) == (400, 100)
    assert right.status_code == 200


def test_another_business_account_is_unknown(graph: httpx.Client) -> None:
    answer = graph.get("/999000000000001/message_templates")

    assert error(answer)["code"] == 100


def test_templates_come_in_pages(graph: httpx.Client, meta: MetaStandIn) -> None:
    first = graph.get(f"/{BUSINESS}/message_templates", params={"limit": 4, "fields": "name,status"}).json()
    pages = [first]
    while "next" in pages[-1]["paging"]:
        pages.append(graph.get(pages[-1]["paging"]["next"]).json())

    names = [row["name"] for page in pages for row in page["data"]]
    assert names == [template.name for template in meta.templates]
    assert set(first["data"][0]) == {"name", "status", "id"}
    assert len(pages) == 3


def test_a_listed_template_carries_its_components_with_their_examples(graph: httpx.Client) -> None:
    (row,) = graph.get(f"/{BUSINESS}/message_templates", params={"name": "lembrete_visita"}).json()["data"]

    body, footer, buttons = row["components"]
    assert body["example"]["body_text"] == [["Mariana", "quinta-feira, 12/12, às 14h"]]
    assert footer["type"] == "FOOTER"
    assert [button["type"] for button in buttons["buttons"]] == ["QUICK_REPLY", "QUICK_REPLY"]
    assert row["parameter_format"] == "POSITIONAL"


@pytest.mark.parametrize("query", [{"after": "nonsense"}, {"limit": "0"}, {"limit": "many"}, {"fields": "quality"}])
def test_a_page_that_cannot_be_is_refused(graph: httpx.Client, query: dict[str, str]) -> None:
    assert error(graph.get(f"/{BUSINESS}/message_templates", params=query))["code"] == 100


@pytest.mark.parametrize(
    ("token", "code", "status"),
    [
        (Token(expires_at=1), 190, 401),
        (Token(is_revoked=True), 190, 401),
        (Token(scopes=(MESSAGING,)), 200, 403),
        (Token(business_accounts=("999000000000001",)), 10, 403),
    ],
    ids=["expired", "revoked", "without permission", "of another account"],
)
def test_a_token_that_may_not_is_refused(
    graph: httpx.Client, meta: MetaStandIn, token: Token, code: int, status: int
) -> None:
    meta.give_token("another", token)

    answer = graph.get(f"/{BUSINESS}/phone_numbers", headers={"Authorization": "Bearer another"})

    assert (error(answer)["code"], answer.status_code) == (code, status)
    assert graph.get(f"/{BUSINESS}/phone_numbers").status_code == 200


def test_a_token_for_management_alone_sends_nothing(graph: httpx.Client, meta: MetaStandIn) -> None:
    meta.give_token("another", Token(scopes=(MANAGEMENT,)))

    answer = graph.post(
        f"/{NUMBER}/messages", json=text_to("+5583988888888"), headers={"Authorization": "Bearer another"}
    )

    assert error(answer)["code"] == 200
    assert not meta.accepted


def test_a_token_is_described(graph: httpx.Client, meta: MetaStandIn) -> None:
    meta.give_token("old", Token(scopes=(MESSAGING,), expires_at=1_700_000_000))

    good = graph.get("/debug_token", params={"input_token": meta.account.access_token}).json()["data"]
    old = graph.get("/debug_token", params={"input_token": "old"}).json()["data"]
    unknown = graph.get("/debug_token", params={"input_token": "unheard of"}).json()["data"]

    assert (good["is_valid"], good["expires_at"], good["app_id"]) == (True, 0, meta.account.app_id)
    assert set(good["scopes"]) == {MANAGEMENT, MESSAGING}
    assert good["granular_scopes"][0]["target_ids"] == [BUSINESS]
    assert (old["is_valid"], old["expires_at"], old["scopes"]) == (False, 1_700_000_000, [MESSAGING])
    assert (unknown["is_valid"], unknown["error"]["code"]) == (False, 190)


def test_who_asks_about_a_token_needs_one(graph: httpx.Client, meta: MetaStandIn) -> None:
    app = f"{meta.account.app_id}|{meta.account.app_secret}"
    asked = {"input_token": meta.account.access_token}

    by_nobody = httpx.get(f"{meta.graph_url}/v26.0/debug_token", params=asked)
    by_app = httpx.get(f"{meta.graph_url}/v26.0/debug_token", params=asked, headers={"Authorization": f"Bearer {app}"})

    assert error(by_nobody)["code"] == 190
    assert by_app.json()["data"]["is_valid"]


def test_an_address_of_its_own_gets_the_messages_once_it_has_answered_the_handshake(
    graph: httpx.Client, meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer
) -> None:
    with WebhookKeeper(verify_token="right") as other:
        given = {"override_callback_uri": other.url, "verify_token": "right"}
        answer = graph.post(f"/{BUSINESS}/subscribed_apps", json=given)
        meta.write(carla, "x")
        meta.decide("pause", "lembrete_visita")

        other.wait_for(messages=1)
        product.wait_for(requests=1)

    assert answer.json() == {"success": True}
    assert graph.get(f"/{BUSINESS}/subscribed_apps").json()["data"][0]["override_callback_uri"] == other.url
    assert product.fields() == ["message_template_status_update"]


@pytest.mark.parametrize("token", ["wrong", ""])
def test_an_address_that_does_not_answer_the_handshake_is_refused(
    graph: httpx.Client, meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer, token: str
) -> None:
    with WebhookKeeper(verify_token="right") as other:
        given = {"override_callback_uri": other.url, "verify_token": token}
        answer = graph.post(f"/{BUSINESS}/subscribed_apps", json=given)
        meta.write(carla, "x")
        product.wait_for(messages=1)

    assert error(answer)["code"] == (2200 if token else 100)
    assert not other.messages()


def test_a_numbers_own_address_comes_before_the_accounts(
    graph: httpx.Client, meta: MetaStandIn, carla: PhoneCustomer
) -> None:
    with WebhookKeeper(verify_token="account") as account, WebhookKeeper(verify_token="number") as number:
        graph.post(
            f"/{BUSINESS}/subscribed_apps", json={"override_callback_uri": account.url, "verify_token": "account"}
        )
        wanted = {"override_callback_uri": number.url, "verify_token": "number"}
        refused = graph.post(f"/{NUMBER}", json={"webhook_configuration": {**wanted, "verify_token": "account"}})
        accepted = graph.post(f"/{NUMBER}", json={"webhook_configuration": wanted})
        meta.write(carla, "x")
        number.wait_for(messages=1)

        assert not account.messages()

    assert error(refused)["code"] == 2200
    assert accepted.json() == {"success": True}
    told = graph.get(f"/{NUMBER}", params={"fields": "webhook_configuration"}).json()["webhook_configuration"]
    assert told["phone_number"] == number.url


def test_nobody_at_the_address_is_refused(graph: httpx.Client) -> None:
    given = {"override_callback_uri": "http://127.0.0.1:1/webhooks", "verify_token": "x"}

    assert error(graph.post(f"/{BUSINESS}/subscribed_apps", json=given))["code"] == 2200


def test_without_a_subscription_no_webhook_comes_and_no_address_can_be_set(
    graph: httpx.Client, meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer
) -> None:
    graph.delete(f"/{BUSINESS}/subscribed_apps")
    listed = graph.get(f"/{BUSINESS}/subscribed_apps").json()
    meta.write(carla, "unheard")
    early = graph.post(f"/{BUSINESS}/subscribed_apps", json={"override_callback_uri": product.url, "verify_token": "x"})
    graph.post(f"/{BUSINESS}/subscribed_apps")
    meta.write(carla, "heard")

    product.wait_for(messages=1)
    assert listed == {"data": []}
    assert error(early)["code"] == 100
    assert [message["text"]["body"] for message in product.messages()] == ["heard"]


def test_somebody_blocked_neither_writes_nor_reads(
    graph: httpx.Client, meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer
) -> None:
    meta.write(carla, "x")
    people = {"messaging_product": "whatsapp", "block_users": [{"user": "+5583988888888"}]}

    blocked = graph.post(f"/{NUMBER}/block_users", json=people)
    refused = graph.post(f"/{NUMBER}/messages", json=text_to("+5583988888888"))
    meta.write(carla, "unheard")
    listed = graph.get(f"/{NUMBER}/block_users").json()["data"]
    graph.request("DELETE", f"/{NUMBER}/block_users", json=people)
    meta.write(carla, "heard")

    product.wait_for(messages=2)
    assert blocked.json()["block_users"]["added_users"][0]["wa_id"] == "5583988888888"
    assert error(refused)["code"] == 130403
    assert [row["wa_id"] for row in listed] == ["5583988888888"]
    assert [message["text"]["body"] for message in product.messages()] == ["x", "heard"]


def test_only_who_wrote_lately_can_be_blocked(graph: httpx.Client) -> None:
    people = {"messaging_product": "whatsapp", "block_users": [{"user": "+5583977777777"}]}

    answer = graph.post(f"/{NUMBER}/block_users", json=people)

    assert error(answer)["code"] == 139100
    assert answer.json()["block_users"]["failed_users"][0]["errors"][0]["code"] == 131047


def test_the_profile_is_kept(graph: httpx.Client) -> None:
    wrong = graph.post(f"/{NUMBER}/whatsapp_business_profile", json={"about": "x"})
    graph.post(f"/{NUMBER}/whatsapp_business_profile", json={"messaging_product": "whatsapp", "about": "Arquitetura"})

    (profile,) = graph.get(f"/{NUMBER}/whatsapp_business_profile").json()["data"]

    assert error(wrong)["code"] == 100
    assert profile["about"] == "Arquitetura"


def test_an_account_that_asks_too_often_is_refused_and_sees_it_coming(graph: httpx.Client, meta: MetaStandIn) -> None:
    meta.platform.limits.management_per_hour = 4

    answers = [graph.get(f"/{BUSINESS}/phone_numbers") for _ in range(5)]

    usage = [answer.headers.get("X-Business-Use-Case-Usage", "") for answer in answers]
    assert '"call_count": 75' in usage[2]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    assert error(answers[-1])["code"] == 80007


def test_metas_dashboard_asks_the_address_to_prove_itself(meta: MetaStandIn) -> None:
    with WebhookKeeper(verify_token="right") as other:
        assert meta.shake_hands("right", url=other.url) == ""
        assert "403" in meta.shake_hands("wrong", url=other.url)


@pytest.mark.parametrize("said", ['"{}"', "{}\n", "<p>{}</p>", ""], ids=["json", "line break", "page", "nothing"])
def test_an_address_that_says_more_or_less_than_the_challenge_is_refused(meta: MetaStandIn, said: str) -> None:
    with Talkative(said) as other:
        assert meta.shake_hands("right", url=other.url)


class Talkative(WebhookKeeper):
    """Answers every handshake with 200 and `said`, the challenge put in."""

    def __init__(self, said: str) -> None:
        super().__init__(verify_token="right")
        self.said = said

    async def _answer(self, request: WireRequest) -> WireResponse:
        return WireResponse(200, self.said.format(request.query["hub.challenge"]).encode(), content_type="text/plain")
