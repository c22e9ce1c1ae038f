"""What a person reads before the first word."""

import pytest

from apps.contracts.content import Content, Media, text_content
from apps.contracts.messages import Analysis
from apps.contracts.words import Author, HandoffReason, MessageKind
from apps.conversations import services as commands
from apps.handoff import selectors, wording
from tests.handoff.cast import ask_for_person, handle
from tests.words import says

CARLA = "5583988888888"


def write(what, **analysis) -> None:
    commands.receive_message(message=says(what, who=CARLA, account="simulator-default"), analysis=Analysis(**analysis))


def test_it_says_why_and_sums_up_in_three_lines(queue):
    write("Oi")
    write("Quero renovar a minha sala sem quebra-quebra", intent="start", sentiment="positive")
    conversation_id = ask_for_person()
    handle("handoff.open_ticket")

    dossier = selectors.dossier("default", conversation_id, attendant_name="Ana")

    assert dossier.reason is HandoffReason.ASKED_FOR_PERSON
    assert dossier.summary == (
        "Começou com: “Quero renovar a minha sala sem quebra-quebra”",
        "Por último disse: “Quero falar com uma pessoa”",
    )
    assert (dossier.intent, dossier.sentiment, dossier.suggested_queue) == ("start", "positive", "geral")


def test_it_marks_what_is_missing_and_counts_photos(queue):
    queue.wanted_facts = "Cômodo\nFotos\nAltura\nLargura"
    queue.save()
    write("Oi, quero mudar a sala")
    write(Content(kind=MessageKind.IMAGE, media=Media(channel_media_id="1")))
    conversation_id = ask_for_person()
    handle("handoff.open_ticket")
    commands.set_context(
        tenant_id="default", conversation_id=conversation_id, collected={"comodo": "sala", "cidade": "Patos"}
    )

    dossier = selectors.dossier("default", conversation_id, attendant_name="Ana Lima")

    assert [(fact.name, fact.value) for fact in dossier.facts] == [
        ("Cômodo", "sala"),
        ("Fotos", "1"),
        ("Altura", ""),
        ("Largura", ""),
        ("cidade", "Patos"),
    ]
    assert dossier.missing_count == 2
    assert dossier.suggested_reply == (
        "Oi, Carla! Aqui é Ana, da equipe. Já li a sua conversa. "
        "Para começar, só me falta saber a altura e a largura. Me conta?"
    )


@pytest.mark.parametrize(
    ("missing", "asked"),
    [
        (["Serviço", "Cômodo", "Cidade"], "só me falta saber o serviço, o cômodo e a cidade. Me conta?"),
        (["Comprimento", "Fotos"], "só me falta saber o comprimento e ver as fotos. Me manda por aqui?"),
        (["Foto da parede"], "só me falta ver a foto da parede. Me manda por aqui?"),
        (["Medidas", "CEP", "Localização"], "só me falta saber as medidas, o CEP e a localização. Me conta?"),
        ([], "Já li a sua conversa. Como posso te ajudar?"),
    ],
)
def test_the_first_reply_asks_as_people_do(missing, asked):
    assert wording.first_reply(customer_name="Carla", attendant_name="Ana", missing=missing).endswith(asked)


def test_it_shows_the_last_answers_with_their_sources(queue):
    write("Quanto custa a fachada?")
    conversation_id = ask_for_person_later()

    dossier = selectors.dossier("default", conversation_id)

    assert [(one.text, one.sources) for one in dossier.answers] == [("Custa R$ 350.", ("Decor Fachada",))]


def test_a_summary_of_the_model_is_preferred(queue):
    conversation_id = ask_for_person()
    commands.set_context(
        tenant_id="default",
        conversation_id=conversation_id,
        summary="Quer a sala clara.\nTem pressa.\n\nMora em Patos.\nMais",
    )

    assert selectors.dossier("default", conversation_id).summary == (
        "Quer a sala clara.",
        "Tem pressa.",
        "Mora em Patos.",
    )


def test_another_tenants_conversation_has_no_dossier(queue):
    conversation_id = ask_for_person()

    assert selectors.dossier("vizinha", conversation_id) is None


def ask_for_person_later() -> str:
    """The assistant answers Carla's first message; then she asks for a person."""
    from apps.conversations import selectors as conversations

    conversation_id = conversations.list_conversations("default").items[0].id
    commands.add_reply(
        tenant_id="default",
        conversation_id=conversation_id,
        author=Author.ASSISTANT,
        content=text_content("Custa R$ 350."),
        turn=1,
        provenance={"sources": [{"id": "7", "title": "Decor Fachada"}]},
    )
    return ask_for_person()
