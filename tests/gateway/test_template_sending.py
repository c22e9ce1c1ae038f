"""A template is checked blank by blank, filled in as the customer reads it, and taken by Meta as we send it."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from apps.contracts.content import Media, Place
from apps.contracts.errors import TemplateRefused
from apps.contracts.templates import TemplateValue
from apps.contracts.words import DeliveryStatus, MessageKind, TemplateStatus
from apps.gateway import selectors, services
from apps.gateway.services import template_pace
from apps.tenants import selectors as tenants
from tests.gateway.payloads import listed_templates

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
OFFICE = Place(latitude=-7.23, longitude=-35.88, name="Urbana do Brasil", address="Rua das Acácias, 100")


def stored(name: str, content: bytes, mime_type: str) -> Media:
    path = default_storage.save(f"default/{name}", ContentFile(content))
    return Media(file=path, mime_type=mime_type, filename=name, size_bytes=len(content))


#: What fills each demo template in, and what the customer then reads.
FILLED: dict[str, tuple[dict[str, str], str]] = {
    "lembrete_visita": (
        {"body.1": "Carla", "body.2": "12/12, às 14h"},
        "Olá, Carla! Passando para lembrar da nossa visita técnica em 12/12, às 14h. Podemos confirmar?",
    ),
    "retomar_conversa": (
        {"body.cliente": "Carla", "body.assunto": "a sala"},
        "Ficou faltando um detalhe sobre a sala.",
    ),
    "proposta_pronta": (
        {"body.1": "Carla", "body.2": "a sala", "body.3": "20/12", "button.0": "URB-7"},
        "Carla, sua proposta para a sala ficou pronta. Ela vale até 20/12.",
    ),
    "obra_concluida": ({"body.1": "Carla"}, "Carla, seu ambiente está pronto!"),
    "endereco_escritorio": ({"body.1": "amanhã"}, "Esperamos você amanhã."),
    "pesquisa_satisfacao": ({"header.1": "Carla"}, "Como foi, Carla?"),
    "cupom_aniversario": ({"body.1": "Carla", "body.2": "10%", "button.0": "CARLA10"}, "Feliz aniversário, Carla!"),
}


def attachments(template: TemplateValue) -> dict[str, Any]:
    match template.header_kind:
        case MessageKind.IMAGE:
            return {"media": stored("sala.png", PNG, "image/png")}
        case MessageKind.DOCUMENT:
            return {"media": stored("proposta.pdf", b"%PDF-1.7 proposta", "application/pdf")}
        case MessageKind.LOCATION:
            return {"place": OFFICE}
    return {}


@pytest.fixture
def listed() -> dict[str, TemplateValue]:
    return listed_templates()


@pytest.fixture
def ready(product, meta, account, carla) -> None:
    """Carla has written, and the account's templates are read."""
    account.business_account_id = "210000000000001"
    account.save()
    found = tenants.account("default")
    assert found is not None
    services.sync_templates(account=found)
    meta.write(carla, "Oi")
    product.take_in(messages=1)


@pytest.mark.parametrize("name", FILLED)
def test_meta_takes_every_form_of_template_and_shows_what_we_showed(name, ready, product, meta):
    template = selectors.template("default", "default", f"{name}:pt_BR")
    assert template is not None
    values, expected = FILLED[name]
    content = services.fill_template(template, values, **attachments(template))
    message_id = product.reply(content)

    product.deliver()

    assert product.message(message_id).status == DeliveryStatus.SENT
    assert expected in content.text
    wamid = meta.accepted[-1][0]
    shown = meta.platform.world.messages[wamid]
    assert content.template["shown"]["body"] in shown.text


def test_a_template_paused_after_it_was_queued_fails_with_the_reason_and_is_read_again(
    ready, product, meta, monkeypatch
):
    monkeypatch.setattr(template_pace, "SOONEST_AGAIN", timedelta())
    template = selectors.template("default", "default", "lembrete_visita:pt_BR")
    assert template is not None
    message_id = product.reply(services.fill_template(template, FILLED["lembrete_visita"][0]))
    meta.decide("pause", "lembrete_visita")
    assert services.accounts_to_sync() == []

    product.deliver()

    message = product.message(message_id)
    assert (message.status, message.error_code) == (DeliveryStatus.FAILED, "132015")
    assert "pausado" in message.error_message
    assert [one.slug for one in services.accounts_to_sync()] == ["default"]


def test_nothing_is_wrong_when_every_blank_is_filled(listed):
    good = {"header.1": "Carla", "body.1": "a sala", "body.2": "12/12", "button.1": "42", "button.3": "URBANA10"}

    assert services.check_parameters(listed["lembrete_visita"], good) == {}


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("body.1", "", "Preencha este campo."),
        ("body.1", "   ", "Preencha este campo."),
        ("body.1", "a\nb", "Escreva em uma linha só, sem tabulações nem mais de quatro espaços seguidos."),
        ("body.1", "a\tb", "Escreva em uma linha só, sem tabulações nem mais de quatro espaços seguidos."),
        ("body.1", "a     b", "Escreva em uma linha só, sem tabulações nem mais de quatro espaços seguidos."),
        ("body.2", "x" * 1010, "O texto preenchido passa do limite: encurte 516 caracteres."),
        ("header.1", "x" * 60, "O texto preenchido passa do limite: encurte 10 caracteres."),
        ("button.1", "com espaço", "O final do endereço não pode ter espaços."),
        ("button.1", "x" * 2000, "O endereço do botão passa de 2000 caracteres."),
        ("button.3", "URBANA-MUITO-LONGO", "O código pode ter até 15 caracteres."),
        ("body.9", "sobra", "Este modelo não tem esta variável."),
    ],
)
def test_each_blank_says_what_is_wrong_with_it(listed, key, value, sentence):
    good = {"header.1": "Carla", "body.1": "a sala", "body.2": "12/12", "button.1": "42", "button.3": "URBANA10"}

    assert services.check_parameters(listed["lembrete_visita"], good | {key: value}) == {key: sentence}


def test_four_spaces_in_a_row_are_still_taken(listed):
    good = {"body.cliente": "Carla    Souza", "body.assunto": "a sala"}

    assert services.check_parameters(listed["retomar"], good, media=Media(mime_type="image/png")) == {}


@pytest.mark.parametrize(
    ("media", "sentence"),
    [
        (None, "Anexe a imagem do cabeçalho, em JPEG ou PNG."),
        (Media(mime_type="image/webp"), "Anexe a imagem do cabeçalho, em JPEG ou PNG."),
        (Media(mime_type="application/pdf"), "Anexe a imagem do cabeçalho, em JPEG ou PNG."),
    ],
)
def test_the_header_takes_only_its_own_kind_of_file(listed, media, sentence):
    good = {"body.cliente": "Carla", "body.assunto": "a sala"}

    assert services.check_parameters(listed["retomar"], good, media=media) == {"header.media": sentence}


def test_a_file_where_none_belongs_is_refused(listed):
    good = {"header.1": "Carla", "body.1": "a sala", "body.2": "12/12", "button.1": "42", "button.3": "URBANA10"}

    found = services.check_parameters(listed["lembrete_visita"], good, media=Media(mime_type="image/png"))

    assert found == {"header.media": "Este modelo não leva arquivo."}


@pytest.mark.parametrize(
    ("status", "next_step"),
    [
        (TemplateStatus.PENDING, "Espere a aprovação"),
        (TemplateStatus.REJECTED, "Corrija-o no Gerenciador do WhatsApp"),
        (TemplateStatus.PAUSED, "Escolha outro até ele voltar"),
        (TemplateStatus.DISABLED, "crie um novo"),
        (TemplateStatus.DELETED, "Escolha outro"),
    ],
)
def test_a_template_that_is_not_approved_is_refused_with_the_next_step(listed, status, next_step):
    template = listed["recusado"].model_copy(update={"status": status})

    with pytest.raises(TemplateRefused, match=next_step):
        services.fill_template(template, {"body.1": "a", "body.2": "b"})


def test_a_value_that_looks_like_a_blank_is_not_filled_again(listed):
    template = listed["lembrete_visita"]
    odd = {"header.1": "Carla", "body.1": "{{2}}", "body.2": r"\1", "button.1": r"\g<0>", "button.3": "A"}

    content = services.fill_template(template, odd)

    assert content.template["shown"]["body"] == "Em \\1 visitamos {{2}}. Responda até \\1."
    assert content.template["shown"]["buttons"][1]["url"] == r"https://exemplo.invalid/p/\g<0>"
