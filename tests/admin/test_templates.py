"""The list of message templates: read only, one's own, and read from Meta on demand."""

import pytest
from django.contrib.auth.models import Group

from apps.contracts.errors import SendError
from apps.contracts.words import TemplateStatus
from apps.gateway.models import MessageTemplate
from apps.gateway.services import template_pace
from apps.simulator.standin import DEFAULT_TOKEN, MetaStandIn
from apps.tenants import selectors as tenants
from apps.tenants.models import AuditEntry
from apps.tenants.services import sync_roles
from tests.admin.conftest import enter
from tests.tenants.factories import make_account, make_tenant, make_user

LIST = "/admin/gateway/messagetemplate/"


@pytest.fixture
def meta(db):
    with MetaStandIn(webhook_url="http://127.0.0.1:9/", app_secret="s") as stand_in:
        make_account(
            "default",
            name="WhatsApp da Urbana",
            graph_url=stand_in.graph_url,
            access_token=DEFAULT_TOKEN,
            phone_number_id="330000000000001",
            business_account_id="210000000000001",
        )
        yield stand_in


def synced(client) -> str:
    return client.post(f"{LIST}sync/", {"account": "default"}, follow=True).text


def test_the_button_reads_the_templates_and_says_what_came_of_it(admin, meta):
    assert "ainda não lidos" in admin.get(LIST).text

    page = synced(admin)

    count = len(meta.templates)
    assert f"{count} modelos em WhatsApp da Urbana: {count} novos, 0 alterados, 0 apagados." in page
    assert "lembrete_visita" in page and "Aprovado" in page and "Recusado" in page and "Em análise" in page
    assert "nada mudou" in synced(admin)
    assert AuditEntry.objects.filter(action="synced", target_id="default").count() == 2


def test_templates_are_filtered_by_status_and_searched_by_name(admin, meta):
    synced(admin)

    refused = admin.get(f"{LIST}?status=rejected").text
    found = admin.get(f"{LIST}?q=cupom").text

    assert "oferta_relampago" in refused and "lembrete_visita" not in refused
    assert "cupom_aniversario" in found and "lembrete_visita" not in found


def test_one_template_shows_what_the_customer_sees_and_what_is_filled_in(admin, meta):
    synced(admin)
    row = MessageTemplate.objects.get(name="proposta_pronta")

    page = admin.get(f"{LIST}{row.pk}/change/").text

    assert '<mark data-blank="body.1">Mariana</mark>, sua proposta para' in page
    assert "<code>button.0</code>" in page and "URB-0042" in page
    assert "Acompanhar o projeto" in page
    assert "Aprovado" in page and "('approved'" not in page
    assert 'name="_save"' not in page


def test_nobody_edits_adds_or_deletes_one_here(admin, meta):
    synced(admin)
    row = MessageTemplate.objects.get(name="lembrete_visita")

    assert admin.get(f"{LIST}add/").status_code == 403
    assert admin.post(f"{LIST}{row.pk}/change/", {"name": "outro"}).status_code == 403
    assert admin.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert MessageTemplate.objects.get(pk=row.pk).name == "lembrete_visita"


def test_a_refused_reading_says_why(admin, meta):
    tenants.account("default")
    make_account(
        "sem-rede", name="Sem rede", graph_url="http://127.0.0.1:9", business_account_id="1", phone_number_id="2"
    )

    page = admin.post(f"{LIST}sync/", {"account": "sem-rede"}, follow=True).text

    assert "Os modelos não puderam ser lidos: O WhatsApp não pôde ser alcançado." in page


def test_while_meta_asks_to_wait_the_button_does_not_ask_again(admin, meta):
    account = tenants.account("default")
    assert account is not None
    template_pace.note_failure(account, SendError("80007", "Limite.", too_fast="account"))

    page = synced(admin)

    assert "A Meta pediu para esperar: os modelos são lidos de novo às" in page
    assert MessageTemplate.objects.count() == 0


def test_next_door_sees_and_syncs_nothing_of_ours(manager, admin, meta):
    synced(admin)

    page = manager.get(LIST).text

    assert "WhatsApp da Urbana" not in page and "lembrete_visita" not in page
    assert manager.post(f"{LIST}sync/", {"account": "default"}).status_code == 403
    row = MessageTemplate.objects.first()
    assert row is not None and manager.get(f"{LIST}{row.pk}/change/").status_code == 302


def test_an_auditor_looks_and_an_attendant_does_not_even_that(meta, ana):
    sync_roles()
    auditor = make_user("otto", tenant_id=make_tenant("default").slug, is_staff=True)
    auditor.groups.add(Group.objects.get(name="auditor"))
    client = enter(auditor)

    page = client.get(LIST).text

    assert "WhatsApp da Urbana" in page and "Sincronizar agora" not in page
    assert client.post(f"{LIST}sync/", {"account": "default"}).status_code == 403
    assert ana.get(LIST).status_code == 302


def test_it_stands_in_the_sidebar_with_how_many_there_are(admin, meta):
    row = tenants.account("default")
    assert row is not None
    synced(admin)
    MessageTemplate.objects.filter(name="lembrete_visita").update(status=TemplateStatus.PAUSED.value)

    page = admin.get("/admin/").text

    assert "Modelos de mensagem" in page
