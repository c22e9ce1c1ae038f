"""Renata connects a number: what she pastes is tried before it is kept, and the page shows what came of each step."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from apps.gateway import services
from apps.simulator.meta.platform import Pace
from apps.simulator.meta.tokens import Token
from apps.simulator.phone.changes import CustomerJoined, PhoneCustomer
from apps.simulator.standin import DEFAULT_TOKEN, MetaStandIn
from apps.tenants import models
from apps.tenants import selectors as tenants
from apps.tenants.services import sync_roles
from tests.admin.conftest import enter
from tests.gateway.product import arrive
from tests.simulator.webhook_keeper import WebhookKeeper
from tests.tenants.factories import make_user

SECRET = "segredo-de-teste"
CONNECT = "/admin/accounts/connect/whatsapp/"


@pytest.fixture
def keeper() -> Iterator[WebhookKeeper]:
    with WebhookKeeper() as kept:
        yield kept


@pytest.fixture
def meta(keeper, settings) -> Iterator[MetaStandIn]:
    """Meta, as the server's own Graph address."""
    pace = Pace(answer_seconds=0, sent_seconds=0.01, delivered_seconds=0.02, read_seconds=0.03)
    with MetaStandIn(webhook_url=keeper.url, app_secret=SECRET, pace=pace) as stand_in:
        settings.WHATSAPP_GRAPH_URL = stand_in.graph_url
        yield stand_in


@pytest.fixture
def renata(admin, keeper) -> Client:
    """Renata, whose browser asks the address at which `keeper` answers Meta's handshake."""
    admin.defaults["HTTP_HOST"] = keeper.url.removeprefix("http://").partition("/")[0]
    return admin


@pytest.fixture
def values(meta) -> dict[str, str]:
    return {
        "name": "Vendas",
        "access_token": DEFAULT_TOKEN,
        "phone_number_id": meta.account.phone_number_id,
        "business_account_id": meta.account.business_account_id,
        "app_secret": SECRET,
    }


@pytest.fixture
def connected(renata, values) -> models.ChannelAccount:
    """The number after the first step."""
    renata.post(CONNECT, values)
    return models.ChannelAccount.objects.get(slug="vendas")


def test_right_values_are_kept_with_a_verify_token_of_their_own(renata, values):
    answer = renata.post(CONNECT, values)

    assert answer.status_code == 302
    assert answer.url == "/admin/accounts/vendas/webhook/"
    account = models.ChannelAccount.objects.get()
    assert (account.tenant_id, account.kind, account.name) == ("default", "whatsapp", "Vendas")
    assert (account.access_token, account.app_secret) == (DEFAULT_TOKEN, SECRET)
    assert len(account.verify_token) >= 32
    assert account.display_number == "558330000001"


@pytest.mark.parametrize(
    ("field", "wrong", "words"),
    [
        ("access_token", "vencido", "não aceita este token"),
        ("phone_number_id", "999", "não mostra este número"),
        ("business_account_id", "999", "não mostra esta conta comercial"),
        ("app_secret", "outro", "não é o do aplicativo"),
        ("phone_number_id", "", "obrigatório"),
    ],
)
def test_a_wrong_value_is_explained_beside_its_field_and_nothing_is_kept(renata, values, field, wrong, words):
    answer = renata.post(CONNECT, {**values, field: wrong})

    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert words in " ".join(answer.context["form"].errors[field])
    assert models.ChannelAccount.objects.count() == 0


def test_a_mistyped_number_id_is_answered_with_the_numbers_there_are(renata, values, meta):
    answer = renata.post(CONNECT, {**values, "phone_number_id": "999"})

    assert meta.account.phone_number_id in " ".join(answer.context["form"].errors["phone_number_id"])


def test_while_meta_is_away_only_an_explicit_word_keeps_what_nobody_could_try(renata, values, settings):
    settings.WHATSAPP_GRAPH_URL = "http://127.0.0.1:9"

    answer = renata.post(CONNECT, values)
    assert "não respondeu" in answer.text
    assert models.ChannelAccount.objects.count() == 0

    renata.post(CONNECT, {**values, "save_anyway": "1"})
    assert models.ChannelAccount.objects.count() == 1


def test_a_pasted_secret_never_comes_back_in_a_page(renata, values, connected):
    pages = [
        renata.post(CONNECT, {**values, "phone_number_id": "999"}),
        *(
            renata.get(f"/admin/accounts/vendas/{step}/")
            for step in ("credentials", "webhook", "test", "result", "secrets")
        ),
        renata.get(f"/admin/tenants/channelaccount/{connected.pk}/change/"),
        renata.get("/admin/tenants/auditentry/"),
    ]

    assert all(page.status_code == 200 for page in pages)
    assert not any(secret in page.text for page in pages for secret in (DEFAULT_TOKEN, SECRET))


def test_the_log_says_who_connected_it_without_a_secret(connected):
    entry = models.AuditEntry.objects.get(action="created")

    assert entry.actor_name == "renata" or "Renata" in entry.actor_name
    assert entry.target_name == "Vendas"
    assert not any(secret in str(entry.after) for secret in (DEFAULT_TOKEN, SECRET, connected.verify_token))


def test_the_second_step_shows_the_address_and_the_token_to_copy(renata, connected, keeper):
    page = renata.get("/admin/accounts/vendas/webhook/").text

    assert f'value="{keeper.url.partition("/webhooks")[0]}/webhooks/whatsapp/vendas"' in page
    assert f'value="{connected.verify_token}"' in page
    assert "não é https público" in page


def test_over_public_https_there_is_no_warning(renata, connected, settings):
    settings.ALLOWED_HOSTS = ["conecta.urbana.com.br"]

    page = renata.get("/admin/accounts/vendas/webhook/", secure=True, HTTP_HOST="conecta.urbana.com.br")

    assert "https://conecta.urbana.com.br/webhooks/whatsapp/vendas" in page.text
    assert "não é https público" not in page.text


def test_subscribing_makes_meta_confirm_and_use_the_address(renata, connected, keeper, meta):
    keeper.verify_token = connected.verify_token

    answer = renata.post("/admin/accounts/vendas/webhook/", follow=True)

    assert "O aplicativo está inscrito nesta conta." in answer.text
    assert meta.platform.world.business.number_callback_url.endswith("/webhooks/whatsapp/vendas")
    assert models.AuditEntry.objects.filter(action="subscribed", target_name="Vendas").exists()


def test_an_address_that_does_not_answer_is_said_and_may_be_tried_again(renata, connected, keeper):
    keeper.verify_token = "um outro"

    answer = renata.post("/admin/accounts/vendas/webhook/")

    assert "não conseguiu confirmar o endereço" in answer.text


def test_the_test_message_shows_each_report_as_it_comes(renata, connected, keeper, meta):
    meta.run(lambda: meta.platform.world.record(CustomerJoined(customer=CARLA)))
    meta.run(lambda: meta.handset.write(meta.account, CARLA, "oi"))

    answer = renata.post(
        "/admin/accounts/vendas/test/", {"to": "83 98888-8888", "what": "text", "text": "Teste"}, follow=True
    )
    assert "Aceita para …8888" in answer.text
    assert "Acompanhando a entrega" in answer.text

    keeper.wait_for(messages=1, statuses=3)
    for request in keeper.requests:
        arrive(request.body, account="vendas")
    services.drain()

    page = renata.get("/admin/accounts/vendas/test/state/").text
    assert "Entregue" in page and "Lida" in page
    assert "hx-trigger" not in page


def test_a_refused_test_says_why(renata, connected, meta):
    meta.fail_next("190")

    answer = renata.post("/admin/accounts/vendas/test/", {"to": "83 98888-8888", "what": "text", "text": "Teste"})

    assert "token" in " ".join(answer.context["form"].non_field_errors())
    assert models.AuditEntry.objects.get(action="test_refused").after["to"] == "…8888"


def test_something_that_is_no_number_is_not_sent(renata, connected, meta):
    answer = renata.post("/admin/accounts/vendas/test/", {"to": "Carla", "what": "text", "text": "Teste"})

    assert "não é um número de telefone" in answer.text
    assert meta.accepted == []


def test_the_last_step_lists_what_was_looked_at_and_can_look_again(renata, connected, meta):
    page = renata.get("/admin/accounts/vendas/result/").text

    assert "O token vale." in page
    assert "O número está conectado." in page
    assert renata.post("/admin/accounts/vendas/check/").status_code == 302


def test_coming_back_with_blank_secrets_keeps_them(renata, connected, values):
    answer = renata.post(
        "/admin/accounts/vendas/credentials/", {**values, "name": "Vendas 2", "access_token": "", "app_secret": ""}
    )

    assert answer.status_code == 302
    account = models.ChannelAccount.objects.get()
    assert (account.name, account.slug, account.access_token, account.app_secret) == (
        "Vendas 2", "vendas", DEFAULT_TOKEN, SECRET,
    )  # fmt: skip


def test_a_number_is_connected_only_once(renata, connected, values):
    answer = renata.post(CONNECT, {**values, "name": "De novo"})

    assert "já está conectado" in " ".join(answer.context["form"].errors["phone_number_id"])
    assert models.ChannelAccount.objects.count() == 1


def test_a_new_secret_leaves_the_former_one_valid_until_it_is_retired(renata, connected, meta):
    models.ChannelAccount.objects.update(app_secret="segredo de ontem")

    renata.post("/admin/accounts/vendas/secrets/", {"access_token": "", "app_secret": SECRET})

    assert _secrets() == [SECRET, "segredo de ontem"]
    assert "Espere chegar um webhook assinado com o novo" in renata.get("/admin/accounts/vendas/secrets/").text
    renata.post("/admin/accounts/vendas/secrets/retire/")
    assert _secrets() == [SECRET]


def test_a_wrong_new_token_changes_nothing(renata, connected):
    answer = renata.post("/admin/accounts/vendas/secrets/", {"access_token": "errado", "app_secret": ""})

    assert "não aceita este token" in answer.text
    assert models.ChannelAccount.objects.get().access_token == DEFAULT_TOKEN


def test_a_neighbour_finds_nothing(connected, manager):
    paths = ("credentials", "webhook", "webhook/state", "test", "test/state", "result", "secrets")

    assert {manager.get(f"/admin/accounts/vendas/{path}/").status_code for path in paths} == {404}
    assert {manager.post(f"/admin/accounts/vendas/{path}/").status_code for path in ("check", "secrets/retire")} == {
        404
    }
    assert manager.get(CONNECT).status_code == 200


def test_a_neighbour_connects_into_her_own_business(manager, values):
    manager.post(CONNECT, values)

    assert models.ChannelAccount.objects.get().tenant_id == "vizinha"


def test_who_only_reads_or_attends_cannot_connect(connected, ana):
    sync_roles()
    auditor = make_user("olga", is_staff=True)
    auditor.groups.add(Group.objects.get(name="auditor"))
    reader = enter(auditor)

    assert reader.get(CONNECT).status_code == 403
    assert reader.get("/admin/accounts/vendas/webhook/").status_code == 403
    assert ana.get(CONNECT).status_code == 302


def test_who_only_reads_sees_the_account_without_its_secrets(connected):
    sync_roles()
    auditor = make_user("olga", is_staff=True)
    auditor.groups.add(Group.objects.get(name="auditor"))

    page = enter(auditor).get(f"/admin/tenants/channelaccount/{connected.pk}/change/")

    assert page.status_code == 200 and "Vendas" in page.text
    assert not any(secret in page.text for secret in (DEFAULT_TOKEN, SECRET, connected.verify_token))


def test_the_accounts_own_page_shows_its_health_and_what_to_do(renata, connected, meta):
    services.check_account(slug="vendas")

    page = renata.get(f"/admin/tenants/channelaccount/{connected.pk}/change/").text

    assert "Saúde da conta" in page
    assert "Verificar agora" in page
    assert "O token vale." in page


def test_the_home_page_says_what_is_wrong_with_an_account(renata, connected, meta):
    meta.platform.tokens.put(DEFAULT_TOKEN, Token(is_revoked=True))
    services.check_account(slug="vendas")

    page = renata.get("/admin/").text

    assert "não aceita este token" in page


CARLA = PhoneCustomer(key="carla", name="Carla Souza", phone="5583988888888", bsuid="BR.CARLA1")


def _secrets() -> list[str]:
    return [secret.get_secret_value() for secret in tenants.account("vendas").app_secrets]
