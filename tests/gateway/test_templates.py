"""Ours are the templates that Meta lists: after a reading, after its webhooks, after a refusal."""

import json
from datetime import timedelta

import pytest

from apps.common import clock
from apps.contracts.channels import AccountNews
from apps.contracts.errors import SendError
from apps.contracts.people import ChannelAccountValue
from apps.contracts.words import AccountNewsKind, TemplateStatus
from apps.gateway import selectors, services
from apps.gateway.models import MessageTemplate
from apps.gateway.services import template_pace
from apps.simulator.server import asgi
from apps.simulator.standin import ServerThread
from apps.simulator.wire import WireRequest, WireResponse, json_response
from apps.tenants import selectors as tenants
from apps.tenants.models import ChannelAccount, ConfigVersion
from tests.gateway.payloads import ACCOUNT

BUSINESS = "210000000000001"


@pytest.fixture
def value(meta, account: ChannelAccount) -> ChannelAccountValue:
    """The account, connected to the stand-in's business account."""
    account.business_account_id = BUSINESS
    account.save()
    found = tenants.account(account.slug)
    assert found is not None
    return found


def define(name: str, text: str = "Olá!") -> dict:
    return {"name": name, "language": "pt_BR", "category": "UTILITY", "components": [{"type": "BODY", "text": text}]}


def names() -> set[str]:
    return {one.name for one in selectors.templates("default", "default")}


def status_of(name: str) -> TemplateStatus:
    found = selectors.template("default", "default", f"{name}:pt_BR")
    assert found is not None
    return found.status


def news(name: str, state: str, *, ago: timedelta = timedelta(), **more: object) -> AccountNews:
    given = {"kind": AccountNewsKind.TEMPLATE_STATUS, "language": "pt_BR", **more}
    return AccountNews(tenant_id="default", account="default", state=state, subject=name, at=clock.now() - ago, **given)


def let_time_pass(monkeypatch: pytest.MonkeyPatch, span: timedelta) -> None:
    now = clock.now() + span
    monkeypatch.setattr(clock, "now", lambda: now)


def test_every_page_is_read(meta, value):
    for number in range(130):
        meta.add_template(define(f"serie_{number:03d}"))

    found = services.sync_templates(account=value)

    assert found.total == len(meta.templates) > 130
    assert {f"serie_{number:03d}" for number in range(130)} <= names()


def test_a_second_reading_changes_nothing_and_wakes_nobody(meta, value):
    services.sync_templates(account=value)
    version = ConfigVersion.objects.get(scope="default").number

    again = services.sync_templates(account=value)

    assert again[1:] == (0, 0, 0)
    assert ConfigVersion.objects.get(scope="default").number == version


def test_what_meta_lists_no_longer_is_kept_as_deleted(meta, value):
    services.sync_templates(account=value)
    assert "lembrete_visita" in names()
    meta.decide("remove_template", "lembrete_visita")

    found = services.sync_templates(account=value)

    assert found.removed == 1
    assert "lembrete_visita" not in names()
    assert status_of("lembrete_visita") is TemplateStatus.DELETED


def test_half_a_list_deletes_nothing(meta, value):
    services.sync_templates(account=value)
    before = names()
    broken = value.model_copy(update={"graph_url": "http://127.0.0.1:9"})

    with pytest.raises(SendError):
        services.sync_templates(account=broken)

    assert names() == before


def test_an_account_without_its_business_id_is_told_what_is_missing(account):
    with pytest.raises(SendError, match="id da conta comercial"):
        services.sync_templates(account=ACCOUNT)


def test_the_clock_reads_an_account_at_once_and_then_every_few_hours(meta, value, monkeypatch):
    assert [one.slug for one in services.accounts_to_sync()] == ["default"]
    assert services.accounts_to_sync() == [], "somebody reads it already"
    services.sync_claimed(slug="default")
    assert names()

    assert services.accounts_to_sync() == []
    let_time_pass(monkeypatch, template_pace.READ_EVERY)
    assert [one.slug for one in services.accounts_to_sync()] == ["default"]


def test_a_refusal_for_asking_too_often_makes_the_clock_wait(meta, value, monkeypatch):
    template_pace.note_failure(value, SendError("80007", "Limite.", retry_after=timedelta(minutes=20)))
    template_pace.want_reading(value)

    assert services.accounts_to_sync() == []
    assert template_pace.state_of(value).error == "Limite."
    let_time_pass(monkeypatch, timedelta(minutes=20))
    assert [one.slug for one in services.accounts_to_sync()] == ["default"]


def test_meta_refusing_the_second_page_keeps_what_we_had_and_makes_us_wait(meta, value, monkeypatch):
    services.sync_templates(account=value)
    before = names()
    for number in range(130):
        meta.add_template(define(f"serie_{number:03d}"))
    meta.platform.limits.management_per_hour = 2

    with pytest.raises(SendError) as refusal:
        services.sync_templates(account=value)

    assert (refusal.value.code, names()) == ("80007", before)
    template_pace.want_reading(value)
    let_time_pass(monkeypatch, timedelta(seconds=100))
    assert services.accounts_to_sync() == []


def test_meta_says_in_a_header_for_how_long_it_wants_no_calls(value):
    async def refuse(request: WireRequest) -> WireResponse:
        usage = {"1": [{"type": "whatsapp_business_management", "estimated_time_to_regain_access": 28}]}
        headers = (("X-Business-Use-Case-Usage", json.dumps(usage)),)
        return json_response({"error": {"code": 80007, "message": "Rate limit issues"}}, status=429, headers=headers)

    server = ServerThread(asgi(refuse))
    server.start()
    try:
        with pytest.raises(SendError) as refusal:
            services.sync_templates(account=value.model_copy(update={"graph_url": server.url}))
    finally:
        server.stop()

    assert refusal.value.retry_after == timedelta(minutes=28)


def test_a_new_token_is_tried_at_once_whatever_became_of_the_old_one(meta, value, account):
    template_pace.note_failure(value, SendError("190", "Token recusado.", retry_after=timedelta(hours=1)))
    assert services.accounts_to_sync() == []

    account.access_token = "a new one"
    account.save()

    assert [one.slug for one in services.accounts_to_sync()] == ["default"]


def test_failures_in_a_row_wait_longer_each_time(value):
    waits = []
    for _ in range(3):
        state = template_pace.note_failure(value, SendError("unreachable", "Fora do ar."))
        assert state.again_at is not None
        waits.append(round((state.again_at - clock.now()).total_seconds() / 60))

    assert waits == [1, 2, 4]


def test_a_paused_template_is_paused_here_as_soon_as_meta_says_so(meta, value):
    services.sync_templates(account=value)
    assert status_of("lembrete_visita") is TemplateStatus.APPROVED

    services.note_template_news(news=news("lembrete_visita", "PAUSED", reason="baixa qualidade"))

    assert status_of("lembrete_visita") is TemplateStatus.PAUSED
    found = selectors.template("default", "default", "lembrete_visita:pt_BR")
    assert found is not None and found.reason == "baixa qualidade"


def test_a_pause_that_meta_reports_by_webhook_takes_effect_when_it_is_ingested(meta, value, product, keeper):
    services.sync_templates(account=value)
    meta.decide("pause", "lembrete_visita")
    keeper.wait_for(news=1)

    product.take_in()

    assert status_of("lembrete_visita") is TemplateStatus.PAUSED


def test_news_from_before_the_last_reading_are_not_believed_but_looked_into(meta, value, monkeypatch):
    services.sync_templates(account=value)
    monkeypatch.setattr(template_pace, "SOONEST_AGAIN", timedelta())
    assert services.accounts_to_sync() == []

    services.note_template_news(news=news("lembrete_visita", "PAUSED", ago=timedelta(days=8)))

    assert status_of("lembrete_visita") is TemplateStatus.APPROVED
    assert [one.slug for one in services.accounts_to_sync()] == ["default"]


def test_news_that_came_while_the_list_was_read_are_not_overwritten_by_it(meta, value, monkeypatch):
    services.sync_templates(account=value)
    began = clock.now() - timedelta(seconds=1)
    services.note_template_news(news=news("lembrete_visita", "PAUSED"))
    monkeypatch.setattr(clock, "now", lambda: began)

    services.sync_templates(account=value)

    assert status_of("lembrete_visita") is TemplateStatus.PAUSED


def test_a_template_that_nobody_knows_is_looked_up(meta, value, monkeypatch):
    services.sync_templates(account=value)
    meta.add_template(define("novo"))
    monkeypatch.setattr(template_pace, "SOONEST_AGAIN", timedelta())

    services.note_template_news(news=news("novo", "APPROVED"))
    for account in services.accounts_to_sync():
        services.sync_claimed(slug=account.slug)

    assert status_of("novo") is TemplateStatus.APPROVED


def test_quality_news_change_the_quality_alone(meta, value):
    services.sync_templates(account=value)

    services.note_template_news(news=news("lembrete_visita", "RED", kind=AccountNewsKind.TEMPLATE_QUALITY))

    found = selectors.template("default", "default", "lembrete_visita:pt_BR")
    assert found is not None and (found.quality, found.status) == ("red", TemplateStatus.APPROVED)


def test_an_error_about_the_template_has_the_list_read_again(meta, value, monkeypatch):
    services.sync_templates(account=value)
    monkeypatch.setattr(template_pace, "SOONEST_AGAIN", timedelta())

    services.note_template_refusal(account=value, code="131047")
    assert services.accounts_to_sync() == []
    services.note_template_refusal(account=value, code="132015")

    assert [one.slug for one in services.accounts_to_sync()] == ["default"]


def test_another_tenant_sees_none_of_them(meta, value):
    services.sync_templates(account=value)

    assert MessageTemplate.objects.exists()
    assert selectors.templates("vizinha", "default") == []
    services.note_template_news(news=news("lembrete_visita", "PAUSED").model_copy(update={"tenant_id": "vizinha"}))
    assert status_of("lembrete_visita") is TemplateStatus.APPROVED
