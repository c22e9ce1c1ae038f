"""Ana's window is closed: she chooses a template, fills it in, and Carla reads exactly what the preview showed."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.common import clock
from apps.contracts.people import ChannelAccountValue
from apps.contracts.templates import TemplateValue
from apps.contracts.words import ConversationStatus, HandoffOutcome, MessageKind, TemplateStatus
from apps.conversations import selectors
from apps.conversations.documents import Conversation, Customer
from apps.gateway.channels.whatsapp.templates import read_template
from apps.gateway.models import MessageTemplate
from apps.gateway.services.templates import definition_of
from apps.handoff import services as handoff
from apps.tenants import selectors as tenants
from apps.tenants.models import ChannelAccount
from tests.console.conftest import last_message
from tests.tenants.factories import make_account

DEMO = Path(__file__).parents[2] / "apps" / "simulator" / "meta" / "templates.json"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


@pytest.fixture
def account(queue) -> ChannelAccountValue:
    """The account of these conversations, with the demo's templates read."""
    ChannelAccount.objects.filter(slug="simulator-default").exists() or make_account("simulator-default")
    found = tenants.account("simulator-default")
    assert found is not None
    for listed in json.loads(DEMO.read_text()):
        keep(read_template(found, {"status": "APPROVED", **listed}))
    return found


def keep(value: TemplateValue) -> None:
    row = ChannelAccount.objects.get(slug=value.account)
    MessageTemplate.objects.create(
        tenant_id=value.tenant_id, account=row, name=value.name, language=value.language, category=value.category,
        status=value.status, definition=definition_of(value), synced_at=clock.now(),
    )  # fmt: skip


@pytest.fixture
def closed_window(held_by_ana: str, account: ChannelAccountValue) -> str:
    """Carla wrote two days ago."""
    Conversation.objects(id=held_by_ana).update_one(set__window_expires_at=clock.now() - timedelta(hours=24))
    return held_by_ana


@pytest.fixture
def browser(ana, signed_in) -> Client:
    return signed_in(ana)


def page(browser: Client, path: str) -> str:
    return browser.get(f"/console/conversations/{path}/").content.decode()


def form(conversation_id: str, key: str) -> str:
    return f"/console/conversations/{conversation_id}/templates/{key}:pt_BR/"


def test_with_the_window_closed_the_composer_offers_the_approved_templates(browser, closed_window):
    text = page(browser, closed_window)

    assert "A janela de 24 horas fechou" in text
    assert "Lembrete visita" in text and "Retomar conversa" in text
    assert "Orcamento pendente" not in text, "it is not approved yet"
    assert 'name="text" rows="2" required maxlength="4096" aria-label="Mensagem"' not in text


def test_templates_are_found_by_name_and_by_text_without_accents(browser, closed_window):
    by_name = browser.get(f"/console/conversations/{closed_window}/templates/?q=retomar").content.decode()
    by_text = browser.get(f"/console/conversations/{closed_window}/templates/?q=visita+tecnica").content.decode()

    assert "Retomar conversa" in by_name and "Lembrete visita" not in by_name
    assert "Lembrete visita" in by_text and "Retomar conversa" not in by_text


def test_the_form_knows_the_customers_name_and_shows_the_example_of_the_rest(browser, closed_window):
    text = browser.get(form(closed_window, "lembrete_visita")).content.decode()

    assert 'name="body.1" value="Carla"' in text
    assert 'name="body.2" value="" placeholder="ex.: quinta-feira, 12/12, às 14h"' in text
    assert '<mark data-blank="body.1">Carla</mark>! Passando para lembrar' in text


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Oi {{1}}, aqui é {{2}} da Urbana.", {"body.1": "Carla", "body.2": "Ana"}),
        ("{{1}}, sua proposta para {{2}} ficou pronta.", {"body.1": "Carla"}),
        ("Pedido {{1}}: saiu às {{2}}.", {}),
        ("Bom dia, {{1}}! Seu protocolo é {{2}}.", {"body.1": "Carla"}),
        ("Oi, {{cliente}}! {{atendente}} da {{empresa}}.", {"body.cliente": "Carla", "body.atendente": "Ana"}),
    ],
)
def test_a_blank_is_prefilled_only_where_its_place_says_who_it_is(browser, closed_window, account, body, expected):
    listed = {"name": "t", "language": "pt_BR", "status": "APPROVED", "components": [{"type": "BODY", "text": body}]}
    keep(read_template(account, listed))

    text = browser.get(form(closed_window, "t")).content.decode()

    for key in ("body.1", "body.2", "body.cliente", "body.atendente"):
        if f'name="{key}"' in text:
            assert f'name="{key}" value="{expected.get(key, "")}"' in text


def test_a_sent_template_stands_in_the_thread_as_the_customer_reads_it(browser, closed_window):
    values = {"body.1": "Carla", "body.2": "12/12, às 14h"}

    answer = browser.post(form(closed_window, "lembrete_visita"), values)

    assert answer.status_code == 302
    sent = last_message(closed_window)
    assert sent.content.kind is MessageKind.TEMPLATE
    text = page(browser, closed_window)
    assert "Passando para lembrar da nossa visita técnica em 12/12, às 14h." in text
    assert "Confirmar</li>" in text and "Remarcar</li>" in text
    assert f'data-message-id="{sent.id}"' in text and 'data-status="queued"' in text


def test_the_same_form_sent_twice_is_one_message(browser, closed_window):
    values = {"body.1": "Carla", "body.2": "12/12", "client_id": "one"}

    browser.post(form(closed_window, "lembrete_visita"), values)
    browser.post(form(closed_window, "lembrete_visita"), values)

    kinds = [one.content.kind for one in selectors.messages("default", closed_window)]
    assert kinds.count(MessageKind.TEMPLATE) == 1


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(browser, closed_window):
    answer = browser.post(form(closed_window, "lembrete_visita"), {"body.1": "Carla", "body.2": ""})

    assert answer.status_code == 400
    text = answer.content.decode()
    assert 'name="body.1" value="Carla"' in text
    assert 'aria-invalid="true" aria-describedby="fill-2-problem"' in text and "Preencha este campo." in text
    assert last_message(closed_window).content.kind is not MessageKind.TEMPLATE


def test_a_paused_template_is_refused_with_what_to_do(browser, closed_window):
    MessageTemplate.objects.filter(name="lembrete_visita").update(status=TemplateStatus.PAUSED.value)

    answer = browser.post(form(closed_window, "lembrete_visita"), {"body.1": "Carla", "body.2": "12/12"})

    assert answer.status_code == 400
    assert "A Meta pausou este modelo por baixa qualidade. Escolha outro" in answer.content.decode()


def test_a_picture_travels_in_the_header(browser, closed_window):
    file = SimpleUploadedFile("sala.png", PNG, content_type="image/png")

    answer = browser.post(form(closed_window, "obra_concluida"), {"body.1": "Carla", "media": file})

    assert answer.status_code == 302
    sent = last_message(closed_window)
    assert sent.content.media is not None and sent.content.media.mime_type == "image/png"
    assert f"/console/media/{sent.id}/" in page(browser, closed_window)


def test_a_script_in_the_header_is_not_a_picture(browser, closed_window):
    file = SimpleUploadedFile("sala.png", b"<script>alert(1)</script>", content_type="image/png")

    answer = browser.post(form(closed_window, "obra_concluida"), {"body.1": "Carla", "media": file})

    assert answer.status_code == 400
    assert "Anexe a imagem do cabeçalho, em JPEG ou PNG." in answer.content.decode()


def test_a_place_travels_in_the_header(browser, closed_window):
    place = {"latitude": "-7,23", "longitude": "-35,88", "name": "Urbana", "address": "Rua das Acácias, 100"}

    answer = browser.post(form(closed_window, "endereco_escritorio"), {"body.1": "amanhã", **place})

    assert answer.status_code == 302
    sent = last_message(closed_window)
    assert sent.content.place is not None and sent.content.place.latitude == -7.23


def test_only_who_holds_the_conversation_sends_one(bruno, sofia, signed_in, closed_window):
    values = {"body.1": "Carla", "body.2": "12/12"}

    assert signed_in(bruno).post(form(closed_window, "lembrete_visita"), values).status_code == 404
    assert signed_in(sofia).post(form(closed_window, "lembrete_visita"), values).status_code == 403
    assert last_message(closed_window).content.kind is not MessageKind.TEMPLATE


def test_next_door_sees_no_template_of_ours(vera, signed_in, closed_window):
    assert signed_in(vera).get(f"/console/conversations/{closed_window}/templates/").status_code == 404
    assert signed_in(vera).get(form(closed_window, "lembrete_visita")).status_code == 404


def test_who_asked_for_no_messages_gets_no_template(browser, closed_window):
    Customer.objects.update(set__opted_out_at=clock.now())

    answer = browser.post(form(closed_window, "lembrete_visita"), {"body.1": "Carla", "body.2": "12/12"})

    assert answer.status_code == 400
    assert "pediu para não receber mensagens" in answer.content.decode()
    assert "pediu para não receber mensagens" in page(browser, closed_window)
    assert last_message(closed_window).content.kind is not MessageKind.TEMPLATE


@pytest.fixture
def closed(closed_window: str, ana) -> str:
    """Ana has closed Carla's conversation."""
    handoff.complete(attendant=ana, conversation_id=closed_window, outcome=HandoffOutcome.CLOSED, ask_rating=False)
    return closed_window


def test_a_closed_conversation_is_taken_up_again_by_a_template(browser, closed, ana):
    assert "Retomar com um modelo" in page(browser, closed)

    answer = browser.post(form(closed, "retomar_conversa"), {"body.cliente": "Carla", "body.assunto": "a sala"})

    fresh = answer["Location"].rstrip("/").rpartition("/")[2]
    assert fresh != closed
    found = selectors.conversation("default", fresh)
    assert found is not None and found.attendant_id == ana.id and found.status is ConversationStatus.WITH_HUMAN
    assert "Ficou faltando um detalhe sobre a sala." in last_message(fresh).content.text
    assert "Ficou faltando um detalhe" in page(browser, fresh)


def test_when_somebody_else_has_the_customer_by_now_it_is_said(browser, closed, bruno):
    from_assistant = Conversation.objects(id=closed).first().customer_id
    values = {"body.cliente": "Carla", "body.assunto": "a sala"}
    browser.post(form(closed, "retomar_conversa"), values)
    Conversation.objects(customer_id=from_assistant, is_open=True).update(
        set__holder=f"attendant:{bruno.id}", set__attendant_id=bruno.id, set__attendant_name="Bruno"
    )

    answer = browser.post(form(closed, "retomar_conversa"), values)

    assert answer.status_code == 400
    assert "Bruno já atende este cliente." in answer.content.decode()
