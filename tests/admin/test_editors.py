"""Every editor: what is saved in /admin/ is what the product reads."""

import pytest
from django.contrib import admin as django_admin
from django.test import Client

from apps.contracts.plugins import PluginKind
from apps.gateway.models import MessageTemplate
from apps.plugins import selectors as plugins
from apps.tenants import models
from apps.tenants import selectors as tenants
from apps.tenants.admin_base import TenantScopedAdmin
from apps.tenants.models import Configured
from tests.tenants.factories import make_account, make_attendant, make_queue, make_tenant, make_user

MADE_ELSEWHERE = {MessageTemplate}
NO_ROWS = {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0"}


def inlines(*prefixes: str) -> dict[str, str]:
    return {f"{prefix}-{name}": value for prefix in prefixes for name, value in NO_ROWS.items()}


def save(client: Client, path: str, **fields: object) -> None:
    """Send the form as a browser does; a page that comes back holds the reasons."""
    answer = client.post(path, fields)
    errors = answer.context["errors"] if answer.status_code == 200 and answer.context else answer.status_code
    assert answer.status_code == 302, errors


def test_a_new_queue_receives_conversations(admin):
    make_attendant("ana")
    ana = models.Attendant.objects.get()
    rows = {
        **inlines("hours"), "queuemember_set-TOTAL_FORMS": "1", "queuemember_set-INITIAL_FORMS": "0",
        "queuemember_set-0-attendant": ana.pk,
    }  # fmt: skip

    save(
        admin, "/admin/tenants/queue/add/", name="Obras", slug="obras", colour="q2", position=0, is_default="on",
        is_active="on", is_always_open="on", accept_limit_seconds=300, unaccepted="widen", wanted_facts="cidade", **rows,
    )  # fmt: skip

    found = tenants.default_queue("default")
    assert found is not None
    assert (found.slug, found.accept_limit_seconds, found.attendant_ids) == ("obras", 300, (str(ana.pk),))


def test_hours_close_a_queue(admin, projetos):
    assert tenants.queue("default", "projetos").is_open

    save(
        admin, f"/admin/tenants/queue/{projetos.pk}/change/", name="Projetos", slug="projetos", colour="q1", position=0,
        is_default="on", is_active="on", accept_limit_seconds=600, unaccepted="apologise", wanted_facts="",
        **inlines("hours", "queuemember_set"),
    )  # fmt: skip

    assert not tenants.queue("default", "projetos").is_open


def test_a_special_day_is_part_of_every_schedule(admin, projetos):
    save(admin, "/admin/tenants/holiday/add/", day="2026-12-08", name="Conceição", queue="", opens="", closes="")

    [special] = tenants.schedule("default", "projetos").special_days
    assert (special.name, special.day.day) == ("Conceição", 8)


def test_a_handoff_phrase_is_heard_from_then_on(admin, projetos):
    assert "chama o gerente" not in tenants.handoff_phrases("default")

    save(
        admin, "/admin/tenants/handoffrule/add/", name="Gerente", phrases="Chama o GERENTE!", queue=projetos.pk,
        position=0, is_active="on",
    )  # fmt: skip

    assert "chama o gerente" in tenants.handoff_phrases("default")
    assert tenants.handoff_rules("default")[0].queue == "projetos"


def test_a_quick_reply_is_offered_to_attendants(admin):
    person = make_attendant("ana")

    save(
        admin, "/admin/tenants/quickreply/add/", shortcut="pix", title="Chave Pix", body="A chave é {protocolo}",
        queue="", attendant="", is_active="on",
    )  # fmt: skip

    assert [reply.shortcut for reply in tenants.quick_replies("default", str(person.pk))] == ["pix"]


def test_limits_of_the_assistant_apply(admin):
    row = models.ReplyLimits.objects.create(tenant=make_tenant())

    save(
        admin, f"/admin/tenants/replylimits/{row.pk}/change/", max_failed_replies=7, turns_per_customer_hour=3,
        loop_limit=4, idle_warning_seconds=0, idle_close_seconds=60,
    )  # fmt: skip

    limits = tenants.reply_limits("default")
    assert (limits.max_failed_replies, limits.turns_per_customer_hour, limits.idle_close_seconds) == (7, 3, 60)


def test_a_flag_is_switched_from_the_list(admin):
    flag = models.Flag.objects.create(tenant=make_tenant(), name="nova-lista")

    save(
        admin, "/admin/tenants/flag/", _save="Salvar",
        **{"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": flag.pk, "form-0-is_on": "on"},
    )  # fmt: skip

    assert tenants.flag("nova-lista", "default")


def test_an_attendant_gets_a_profile_and_queues(admin, projetos):
    user = make_user("caio")

    save(
        admin, "/admin/tenants/attendant/add/", name="Caio", user=user.pk, capacity=3, is_active="on",
        **{"queuemember_set-TOTAL_FORMS": 1, "queuemember_set-INITIAL_FORMS": 0, "queuemember_set-0-queue": projetos.pk},
    )  # fmt: skip

    found = tenants.attendant_for_user(user.pk)
    assert found is not None
    assert (found.name, found.capacity, found.queues) == ("Caio", 3, ("projetos",))


def test_a_plugin_is_switched_on_with_its_settings(admin):
    make_tenant()

    save(
        admin, "/admin/plugins/pluginsetting/add/", plugin="enricher:neighbourhood", is_enabled="on",
        settings='{"city": "Lagoa Seca", "neighbourhoods": ["Floriano"]}',
    )  # fmt: skip

    [enabled] = plugins.enabled("default", PluginKind.ENRICHER)
    assert (enabled.name, enabled.settings.city) == ("neighbourhood", "Lagoa Seca")


def test_a_plugins_wrong_settings_come_back_with_the_field(admin):
    page = admin.post(
        "/admin/plugins/pluginsetting/add/", {"plugin": "enricher:neighbourhood", "settings": '{"cidade": "Patos"}'}
    )

    assert page.status_code == 200
    assert "cidade" in str(page.context["errors"])


def test_the_business_moves_to_another_zone(admin):
    make_tenant()

    save(
        admin,
        "/admin/tenants/tenant/default/change/",
        name="Urbana",
        timezone="America/Manaus",
        state="AM",
        is_active="on",
    )

    assert tenants.tenant("default").timezone == "America/Manaus"
    assert not tenants.tenant("default").keeps_national_holidays


def test_a_zone_that_does_not_exist_comes_back_as_an_error(admin):
    make_tenant()

    page = admin.post(
        "/admin/tenants/tenant/default/change/", {"name": "Urbana", "timezone": "America/Campina", "state": "PB"}
    )

    assert "timezone" in page.context["adminform"].form.errors


def test_a_slug_that_is_taken_comes_back_as_an_error_and_may_be_used_next_door(admin, projetos):
    fields = {
        "name": "Projetos", "slug": "projetos", "colour": "q1", "position": 0, "accept_limit_seconds": 600,
        "unaccepted": "apologise", **inlines("hours", "queuemember_set"),
    }  # fmt: skip

    page = admin.post("/admin/tenants/queue/add/", fields)
    assert page.status_code == 200
    assert "Já existe uma fila com este identificador." in page.text

    make_tenant("vizinha")
    save(admin, "/admin/tenants/queue/add/", tenant="vizinha", **fields)
    assert models.Queue.objects.filter(slug="projetos").count() == 2


class TestAccount:
    FIELDS = {
        "name": "Loja", "display_number": "+55 83 3333-0350", "is_active": "on", "phone_number_id": "42",
        "business_account_id": "", "messages_per_second": "10", "pair_interval_seconds": "0", "settings": "{}",
        "graph_url": "", "graph_version": "", "access_token": "", "app_secret": "", "previous_app_secret": "", "verify_token": "",
    }  # fmt: skip

    def test_a_secret_goes_in_and_never_comes_out(self, admin):
        make_tenant()
        save(
            admin,
            "/admin/tenants/channelaccount/add/",
            **{**self.FIELDS, "slug": "loja", "kind": "whatsapp", "access_token": "EAAG-secret"},
        )
        account = models.ChannelAccount.objects.get()

        pages = [
            admin.get(f"/admin/tenants/channelaccount/{account.pk}/{page}").text for page in ("change/", "history/")
        ]

        assert tenants.account("loja").access_token.get_secret_value() == "EAAG-secret"
        assert not any("EAAG-secret" in page for page in pages)
        assert "EAAG-secret" not in str(list(models.AuditEntry.objects.values()))

    def test_a_secret_left_blank_stays_and_the_rest_changes(self, admin):
        account = make_account("loja")

        save(admin, f"/admin/tenants/channelaccount/{account.pk}/change/", **{**self.FIELDS, "app_secret": "a new one"})

        found = tenants.account("loja")
        assert found.access_token.get_secret_value() == "the access token"
        assert [secret.get_secret_value() for secret in found.app_secrets] == ["a new one"]
        assert found.messages_per_second == 10

    def test_the_slug_in_the_webhooks_address_cannot_change(self, admin):
        account = make_account("loja")

        save(admin, f"/admin/tenants/channelaccount/{account.pk}/change/", **{**self.FIELDS, "slug": "outra"})

        assert tenants.account("loja") is not None
        assert tenants.account("outra") is None


class TestEveryEditor:
    """List and form of each model that /admin/ edits."""

    EDITORS = sorted(
        (model for model in django_admin.site._registry if issubclass(model, Configured)),
        key=lambda model: model.__name__,
    )

    @pytest.mark.parametrize("model", EDITORS, ids=lambda model: model.__name__)
    def test_its_pages_open(self, admin, model):
        make_queue()
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"

        assert admin.get(base).status_code == 200
        assert admin.get(f"{base}?q=a").status_code == 200
        # What is made at the vendor has no form here.
        assert admin.get(f"{base}add/").status_code == (403 if model in MADE_ELSEWHERE else 200)

    @pytest.mark.parametrize("model", EDITORS, ids=lambda model: model.__name__)
    def test_it_keeps_businesses_apart(self, model):
        assert isinstance(django_admin.site._registry[model], TenantScopedAdmin)
