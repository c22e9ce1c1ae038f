"""A machine lists templates, sees what one would say, sends it, and begins conversations with it."""

import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.common import clock
from apps.contracts.templates import TemplateValue
from apps.contracts.words import Author, HolderKind, TemplateStatus
from apps.conversations import selectors as conversations
from apps.conversations.documents import Conversation, Customer, Message
from apps.gateway.channels.whatsapp.templates import read_template
from apps.gateway.models import MessageTemplate
from apps.gateway.services.templates import definition_of
from apps.tenants import selectors as tenants
from apps.tenants.models import ChannelAccount
from tests.tenants.factories import make_account

DEMO = Path(__file__).parents[2] / "apps" / "simulator" / "meta" / "templates.json"
ACCOUNT = "simulator-default"
VISIT = {"template": "lembrete_visita", "parameters": {"body.1": "Carla", "body.2": "12/12, às 14h"}}
READ = "Olá, Carla! Passando para lembrar da nossa visita técnica em 12/12, às 14h. Podemos confirmar?"


@pytest.fixture(autouse=True)
def _templates(queue) -> None:
    """The demo's templates, in the account of Carla's conversation."""
    row = ChannelAccount.objects.filter(slug=ACCOUNT).first() or make_account(ACCOUNT)
    account = tenants.account(ACCOUNT)
    assert account is not None
    for listed in json.loads(DEMO.read_text()):
        keep(row, read_template(account, {"status": "APPROVED", **listed}))


def keep(row: ChannelAccount, value: TemplateValue) -> None:
    MessageTemplate.objects.create(
        tenant_id=value.tenant_id, account=row, name=value.name, language=value.language, category=value.category,
        status=value.status, definition=definition_of(value), synced_at=clock.now(),
    )  # fmt: skip


def test_templates_are_listed_with_the_blanks_that_each_has(reader):
    found = {one["name"]: one for one in reader.get("templates", account=ACCOUNT).json()["results"]}

    assert found["lembrete_visita"]["is_sendable"] is True
    assert [one["key"] for one in found["lembrete_visita"]["parameters"]] == ["body.1", "body.2"]
    assert found["orcamento_pendente"]["is_sendable"] is False
    sendable = reader.get("templates", account=ACCOUNT, sendable="true").json()["results"]
    assert "orcamento_pendente" not in {one["name"] for one in sendable}


def test_a_preview_says_what_the_customer_would_read_and_sends_nothing(reader):
    preview = reader.post("templates/preview", {"account": ACCOUNT, **VISIT})

    assert preview.status_code == 200
    assert preview.json()["body"] == READ
    assert [one["text"] for one in preview.json()["buttons"]] == ["Confirmar", "Remarcar"]
    assert Message.objects.count() == 0


def test_a_preview_says_what_is_wrong_with_each_blank(reader):
    wrong = {"account": ACCOUNT, "template": "lembrete_visita", "parameters": {"body.1": "a\nb", "body.7": "x"}}

    error = reader.post("templates/preview", wrong).json()["error"]

    assert error["code"] == "template_refused"
    assert error["fields"]["body.1"][0].startswith("Escreva em uma linha só")
    assert error["fields"]["body.2"] == ["Preencha este campo."]
    assert error["fields"]["body.7"] == ["Este modelo não tem esta variável."]


def test_a_template_reaches_a_customer_whose_window_is_closed(machine, carla):
    Conversation.objects(id=carla).update_one(set__window_expires_at=clock.now())
    assert machine.post(f"conversations/{carla}/reply", {"text": "Oi"}).status_code == 409

    sent = machine.post(f"conversations/{carla}/template", VISIT)

    assert sent.status_code == 201
    message = conversations.message("default", sent.json()["message_id"])
    assert message is not None and READ in message.content.text
    assert message.author is Author.ATTENDANT


def test_a_template_that_is_not_approved_is_refused_with_the_next_step(machine, carla):
    MessageTemplate.objects.filter(name="lembrete_visita").update(status=TemplateStatus.PAUSED.value)

    refused = machine.post(f"conversations/{carla}/template", VISIT)

    assert refused.status_code == 400
    assert "Escolha outro até ele voltar" in refused.json()["error"]["message"]


def test_a_file_uploaded_before_travels_in_the_header(machine, carla):
    png = SimpleUploadedFile("sala.png", b"\x89PNG\r\n\x1a\n" + b"0" * 64, content_type="image/png")
    file = machine.client.post("/api/v1/files", {"file": png}, **machine.headers).json()["id"]
    given = {"template": "obra_concluida", "parameters": {"body.1": "Carla"}, "file": file}

    sent = machine.post(f"conversations/{carla}/template", given)

    message = conversations.message("default", sent.json()["message_id"])
    assert message is not None and message.content.media is not None
    assert message.content.media.filename == "sala.png"


def test_a_number_that_never_wrote_is_written_to_and_the_assistant_answers_back(machine):
    given = {"account": ACCOUNT, "phone": "(83) 97777-6666", "name": "Diego Prado", "is_bulk": True, **VISIT}

    started = machine.post("templates/start", given)

    assert started.status_code == 201
    found = conversations.conversation("default", started.json()["conversation_id"])
    assert found is not None and (found.customer_name, found.customer_phone) == ("Diego Prado", "5583977776666")
    assert found.holder.kind is HolderKind.ASSISTANT
    assert Message.objects.get(id=started.json()["message_id"]).is_bulk is True


def test_a_known_customer_is_found_with_or_without_the_ninth_digit(machine, carla):
    customer = Customer.objects.get()

    started = machine.post("templates/start", {"account": ACCOUNT, "phone": "+55 83 8888-8888", **VISIT})

    assert started.json()["conversation_id"] == carla, "her open conversation goes on"
    assert Customer.objects.get().id == customer.id
    found = conversations.conversation("default", carla)
    assert found is not None and found.holder.kind is HolderKind.QUEUE, "nobody was pushed aside"


def test_the_caller_may_hold_what_it_began(machine, carla):
    customer = str(Customer.objects.get().id)
    Conversation.objects(id=carla).update_one(set__is_open=False, set__status="closed", set__holder="nobody")

    started = machine.post("templates/start", {"account": ACCOUNT, "customer": customer, "held_by": "me", **VISIT})

    found = conversations.conversation("default", started.json()["conversation_id"])
    assert found is not None and found.id != carla and found.attendant_name == "Integração"


def test_a_repeated_start_is_one_message(machine):
    given = {"account": ACCOUNT, "phone": "83 97777-6666", "client_id": "lembrete-1", **VISIT}

    first, second = machine.post("templates/start", given).json(), machine.post("templates/start", given).json()

    assert first == second
    assert Message.objects(author="system", kind="template").count() == 1


def test_who_opted_out_is_not_written_to(machine, carla):
    Customer.objects.update(set__opted_out_at=clock.now())

    started = machine.post("templates/start", {"account": ACCOUNT, "phone": "83 98888-8888", **VISIT})
    sent = machine.post(f"conversations/{carla}/template", VISIT)

    assert started.status_code == sent.status_code == 409
    assert started.json()["error"]["code"] == "opted_out"
    assert Message.objects(kind="template").count() == 0


def test_a_word_is_no_number_and_one_recipient_is_needed(machine):
    word = machine.post("templates/start", {"account": ACCOUNT, "phone": "Carla", **VISIT})
    nobody = machine.post("templates/start", {"account": ACCOUNT, **VISIT})

    assert word.json()["error"]["fields"] == {"phone": ["Isto não é um número de telefone."]}
    assert nobody.status_code == 400


def test_next_door_has_none_of_it(neighbour, reader, carla):
    assert neighbour.get("templates", account=ACCOUNT).json()["results"] == []
    assert neighbour.post("templates/preview", {"account": ACCOUNT, **VISIT}).status_code == 404
    assert neighbour.post(f"conversations/{carla}/template", VISIT).status_code == 404
    assert neighbour.post("templates/start", {"account": ACCOUNT, "phone": "83 98888-8888", **VISIT}).status_code == 404
    assert reader.post("templates/start", {"account": ACCOUNT, "phone": "83 98888-8888", **VISIT}).status_code == 403
    assert Message.objects(kind="template").count() == 0
