"""The home page tells an administrator what needs somebody."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.common.mongo import STORE_ERRORS
from apps.console import admin_home
from apps.contracts.words import Gap
from apps.gateway.gaps import Gaps
from apps.gateway.intake_health import Account
from apps.gateway.selectors import endpoint_states
from apps.gateway.services import breakers
from apps.tenants.selectors import account as account_of
from tests.tenants.factories import make_account, make_attendant, make_queue


@pytest.fixture
def calm(projetos, settings):
    """A business where nothing is missing: a queue with people, an account, a model."""
    make_attendant("ana", projetos)
    make_account("loja", display_number="+55 83 3333-0350")
    settings.OPENAI_API_KEY = "sk-test"
    return projetos


def titles(client) -> str:
    return " | ".join(str(need.title) for need in client.get("/admin/").context["needs"] if need.icon != "clock")


def test_nothing_is_asked_for_when_nothing_is_missing(admin, calm):
    assert titles(admin) == ""


def test_an_account_without_secrets_is_the_first_thing(admin, calm):
    make_account("outra", access_token="", verify_token="")

    needs = admin.get("/admin/").context["needs"]

    assert needs[0].tone == "bad"
    assert "chave de acesso, chave de verificação" in str(needs[0].title)


def test_the_hours_in_which_the_channel_could_not_deliver_are_told_for_a_day(admin, calm, mongodb, freeze):
    today = datetime.now(UTC).date()
    freeze(f"{today}T13:20:00+00:00")
    gaps = Gaps()
    since, until = (datetime.fromisoformat(f"{today}T13:{minute}:00+00:00").timestamp() for minute in ("02", "09"))
    gaps.note(Account("default", "loja"), Gap.REFUSED, since=since, until=until)
    gaps.note(Account("vizinha", "loja"), Gap.WRONG_SIGNATURE, since=since, until=until)
    gaps.note(Account("default", "loja"), Gap.DOWN, since=until, until=until + 5)
    gaps.note(Account("default", "loja"), Gap.WRONG_SIGNATURE, until=until, refused=2)
    gaps.write()

    assert "Entre 10:02 e 10:09 o canal não conseguiu entregar em" in titles(admin)
    assert titles(admin).count("não conseguiu entregar") == 1

    freeze(f"{today + timedelta(days=1)}T13:20:00+00:00")
    assert titles(admin) == ""


def test_a_vendor_whose_signature_does_not_match_is_told_with_the_way_out(admin, calm, mongodb):
    gaps = Gaps()
    gaps.note(Account("default", "loja"), Gap.WRONG_SIGNATURE, refused=3)
    gaps.write()

    (need,) = [need for need in admin.get("/admin/").context["needs"] if "não conseguiu entregar" in str(need.title)]

    assert need.tone == "bad"
    assert "Se o segredo mudou no painel do canal" in str(need.consequence)


def test_a_queue_without_people_is_named(admin, calm):
    make_queue("obras")

    assert "Ninguém atende a fila Obras" in titles(admin)


def test_a_business_without_number_or_key_is_told_what_that_means(admin, projetos, settings):
    make_attendant("ana", projetos)

    assert "Nenhum canal conectado" in titles(admin)
    assert "sem modelo de linguagem" in titles(admin)


def test_a_holiday_ahead_is_announced_until_somebody_decides(admin, calm, freeze):
    freeze("2026-12-20T12:00:00+00:00")
    page = admin.get("/admin/").text
    assert "Feriado de 25 de" in page

    admin.post(
        "/admin/tenants/holiday/add/", {"day": "2026-12-25", "name": "Natal", "queue": "", "opens": "", "closes": ""}
    )

    assert "Feriado de 25 de" not in admin.get("/admin/").text


def test_the_figures_are_drawn_with_a_sentence_each(admin, calm):
    page = admin.get("/admin/?days=7")

    assert page.text.count('role="img"') >= 4
    assert page.context["period"] == 7
    assert admin.get("/admin/?days=9999").context["period"] == 14


def test_the_sidebar_is_grouped_by_task(admin, calm):
    groups = [str(group["title"]) for group in admin.get("/admin/").context["sidebar_navigation"]]

    assert groups == ["Canal", "Atendimento", "Assistente", "Pessoas", "Registro"]


def test_without_the_document_store_one_can_still_configure(admin, calm, monkeypatch):
    def nobody_answers(*, timeout_seconds: float) -> bool:
        raise STORE_ERRORS[0]("no primary")

    monkeypatch.setattr(admin_home, "is_writable", nobody_answers)

    page = admin.get("/admin/")

    assert page.status_code == 200
    assert "fora de alcance" in page.text
    assert admin.get("/admin/tenants/queue/").status_code == 200


def test_a_refused_token_stands_on_the_home_page_with_what_to_do_and_can_be_tried_at_once(admin):
    make_account("vendas", name="Vendas")
    configured = account_of("vendas")
    breakers.hold_account(configured, code="190")

    home = admin.get("/admin/").content.decode()
    tried = admin.post("/admin/accounts/vendas/try/", follow=True).content.decode()

    assert "Os envios de Vendas estão suspensos" in home
    assert "renovar o token" in home
    assert "Tentando agora" in tried
    assert endpoint_states(configured)[0].state == "half_open"
