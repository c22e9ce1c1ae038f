"""What Meta lists, read into the words that the rest of the product knows."""

import pytest

from apps.contracts.templates import TemplateButton, TemplateParameter, TemplateValue
from apps.contracts.words import MessageKind, TemplateStatus
from apps.gateway.channels.whatsapp.identity import sender_for
from apps.gateway.channels.whatsapp.template_words import is_template_refusal
from tests.gateway.payloads import listed_templates


@pytest.fixture
def listed() -> dict[str, TemplateValue]:
    return listed_templates()


def test_every_blank_is_found_once_with_the_example_that_meta_saw(listed):
    assert listed["lembrete_visita"].parameters == (
        TemplateParameter(part="header", name="1", example="Mariana"),
        TemplateParameter(part="body", name="1", example="a sala"),
        TemplateParameter(part="body", name="2", example="12/12"),
        TemplateParameter(part="button", name="1", example="42", button=1),
        TemplateParameter(part="button", name="code", example="URBANA10", button=3),
    )


def test_named_blanks_keep_their_names_and_the_order_in_which_they_are_read(listed):
    blanks = [(one.key, one.example) for one in listed["retomar"].parameters]

    assert blanks == [("body.cliente", "Mariana"), ("body.assunto", "a sala")]


def test_header_footer_and_buttons_are_read(listed):
    template = listed["lembrete_visita"]

    assert (template.header_kind, template.header_text) == (MessageKind.TEXT, "Visita de {{1}}")
    assert template.footer == "Urbana do Brasil"
    assert template.buttons == (
        TemplateButton(kind="quick_reply", text="Confirmar"),
        TemplateButton(kind="url", text="Ver projeto", url="https://exemplo.invalid/p/{{1}}"),
        TemplateButton(kind="phone_number", text="Ligar", phone="+558333210042"),
        TemplateButton(kind="copy_code", text="Copiar cupom"),
    )
    assert listed["retomar"].header_kind is MessageKind.IMAGE


def test_status_quality_category_and_the_reason_of_a_rejection_are_read(listed):
    assert listed["lembrete_visita"].status is TemplateStatus.APPROVED
    assert (listed["lembrete_visita"].quality, listed["lembrete_visita"].category) == ("green", "utility")
    assert listed["retomar"].status is TemplateStatus.PAUSED
    assert listed["retomar"].quality == ""
    assert listed["recusado"].reason.startswith("Formato inválido")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("codigo", "Modelos de autenticação levam um código de uso único, que este sistema não gera."),
        ("formulario", "Este modelo tem um botão que ainda não enviamos daqui (formulário)."),
        ("vitrine", "Este modelo tem um carrossel, que ainda não enviamos daqui."),
        ("cartaz", "Este modelo tem um cabeçalho que ainda não enviamos daqui (hologram)."),
        ("estranho", "Este modelo não tem texto."),
    ],
)
def test_what_cannot_be_sent_from_here_is_listed_with_the_reason(listed, name, sentence):
    assert listed[name].unsupported == sentence
    assert not listed[name].is_sendable


def test_a_status_that_nobody_knows_is_not_taken_for_approved(listed):
    assert listed["cartaz"].status is TemplateStatus.PENDING
    assert listed["estranho"].status is TemplateStatus.PENDING


@pytest.mark.parametrize(("code", "is_one"), [("132001", True), ("132015", True), ("132068", False), ("131047", False)])
def test_errors_about_the_template_are_told_from_others(code, is_one):
    assert is_template_refusal(code) is is_one


@pytest.mark.parametrize(
    ("typed", "identity"),
    [
        ("(83) 98888-8888", "wa:5583988888888"),
        ("83 8888-8888", "wa:5583988888888"),
        ("+55 83 98888-8888", "wa:5583988888888"),
        ("+351 912 345 678", "wa:351912345678"),
        ("12345", None),
        ("Carla", None),
    ],
)
def test_a_number_that_a_person_typed_names_the_customer_that_a_message_would(typed, identity):
    found = sender_for(typed)

    assert (found.identities[0] if found else None) == identity
