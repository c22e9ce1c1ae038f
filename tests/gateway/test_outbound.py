"""What we post to Meta, for every kind that can be sent."""

from datetime import UTC, datetime
from typing import Any

import pytest

from apps.contracts.content import Choice, Content, Media, Person, Place, text_content
from apps.contracts.errors import SendError
from apps.contracts.messages import OutboundMessage
from apps.contracts.words import MessageKind
from apps.gateway.channels.whatsapp.limits import SPLIT_CHARACTERS, TEXT_CHARACTERS
from apps.gateway.channels.whatsapp.outbound import bodies_for

CHOICES = (Choice(id="a", title="Um"), Choice(id="b", title="Dois", description="o segundo"))


def outbound(content: Content, **changes: Any) -> OutboundMessage:
    return OutboundMessage(
        tenant_id="default",
        account="default",
        conversation_id="c1",
        message_id="m1",
        attempt=2,
        address="5511900000002",
        content=content,
        claimed_at=datetime.now(UTC),
    ).model_copy(update=changes)


def body(content: Content, **changes: Any) -> dict[str, Any]:
    (only,) = bodies_for(outbound(content, **changes), media_id="770")
    return only


def test_a_text_carries_the_attempt_and_the_plus_sign() -> None:
    assert body(text_content("Olá!")) == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+5511900000002",
        "biz_opaque_callback_data": "m1:2",
        "type": "text",
        "text": {"preview_url": False, "body": "Olá!"},
    }


def test_a_customer_without_a_phone_is_addressed_by_their_id() -> None:
    found = body(text_content("Olá!"), address="BR.TESTE0000000000000001")

    assert found["recipient"] == "BR.TESTE0000000000000001"
    assert "to" not in found


def test_a_quote_names_the_quoted_message() -> None:
    assert body(text_content("Sim"), replies_to="wamid.X")["context"] == {"message_id": "wamid.X"}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            Content(kind=MessageKind.IMAGE, text="Etiqueta", media=Media(file="x")),
            {"type": "image", "image": {"id": "770", "caption": "Etiqueta"}},
        ),
        (
            Content(kind=MessageKind.DOCUMENT, media=Media(file="x", filename="boleto.pdf")),
            {"type": "document", "document": {"id": "770", "filename": "boleto.pdf"}},
        ),
        (
            Content(kind=MessageKind.AUDIO, media=Media(file="x", voice=True)),
            {"type": "audio", "audio": {"id": "770", "voice": True}},
        ),
        (
            Content(kind=MessageKind.LOCATION, place=Place(latitude=-23.5, longitude=-46.6, name="Loja")),
            {"type": "location", "location": {"latitude": "-23.5", "longitude": "-46.6", "name": "Loja"}},
        ),
        (
            Content(kind=MessageKind.REACTION, target="wamid.X", emoji="✅"),
            {"type": "reaction", "reaction": {"message_id": "wamid.X", "emoji": "✅"}},
        ),
        (
            Content(kind=MessageKind.CONTACTS, people=(Person(name="Ana Lima", phones=("+55 11 90000-0001",)),)),
            {
                "type": "contacts",
                "contacts": [
                    {
                        "name": {"formatted_name": "Ana Lima", "first_name": "Ana"},
                        "phones": [{"phone": "+55 11 90000-0001", "type": "WORK"}],
                    }
                ],
            },
        ),
        (
            Content(kind=MessageKind.TEMPLATE, template={"name": "lembrete", "parameters": ["Joana"]}),
            {
                "type": "template",
                "template": {
                    "name": "lembrete",
                    "language": {"code": "pt_BR", "policy": "deterministic"},
                    "components": [{"type": "body", "parameters": [{"type": "text", "text": "Joana"}]}],
                },
            },
        ),
    ],
)
def test_each_kind_has_its_body(content: Content, expected: dict[str, Any]) -> None:
    found = body(content)

    assert {name: found[name] for name in expected} == expected


def test_up_to_three_choices_are_buttons_and_more_are_a_list() -> None:
    two = body(Content(kind=MessageKind.BUTTONS, text="Qual?", choices=CHOICES))["interactive"]
    four = tuple(Choice(id=str(number), title=f"Opção {number}") for number in range(4))
    many = body(Content(kind=MessageKind.BUTTONS, text="Qual?", choices=four))["interactive"]

    assert two["type"] == "button"
    assert [one["reply"]["title"] for one in two["action"]["buttons"]] == ["Um", "Dois"]
    assert many["type"] == "list"
    assert len(many["action"]["sections"][0]["rows"]) == 4


def test_a_list_opens_with_its_own_button() -> None:
    action = body(Content(kind=MessageKind.LIST, text="Nota?", choices=CHOICES, list_button="Avaliar"))["interactive"][
        "action"
    ]

    assert action["button"] == "Avaliar"
    assert action["sections"][0]["rows"][1] == {"id": "b", "title": "Dois", "description": "o segundo"}


@pytest.mark.parametrize(
    "content",
    [
        text_content("  "),
        Content(kind=MessageKind.IMAGE, text="x" * 1025, media=Media(file="x")),
        Content(kind=MessageKind.BUTTONS, text="Qual?"),
        Content(kind=MessageKind.BUTTONS, text="Qual?", choices=(Choice(id="a", title="t" * 21),)),
        Content(kind=MessageKind.BUTTONS, text="Qual?", choices=(CHOICES[0], CHOICES[0])),
        Content(kind=MessageKind.BUTTONS, text="x" * 1025, choices=CHOICES),
        Content(kind=MessageKind.LIST, text="Qual?", choices=tuple(Choice(id=str(n), title=str(n)) for n in range(11))),
        Content(kind=MessageKind.LOCATION),
        Content(kind=MessageKind.CONTACTS),
        Content(kind=MessageKind.TEMPLATE),
        Content(kind=MessageKind.ORDER),
    ],
)
def test_what_whatsapp_would_refuse_is_refused_with_a_sentence(content: Content) -> None:
    with pytest.raises(SendError) as refusal:
        bodies_for(outbound(content), media_id="770")

    assert refusal.value.retry_after is None
    assert str(refusal.value).endswith(".")


def test_a_text_that_fits_stays_whole() -> None:
    assert len(bodies_for(outbound(text_content("x" * TEXT_CHARACTERS)))) == 1


def test_a_text_too_long_is_cut_between_sentences_and_loses_nothing() -> None:
    sentence = "Esta é uma frase de tamanho razoável. "
    whole = (sentence * 300).strip()

    parts = [one["text"]["body"] for one in bodies_for(outbound(text_content(whole), replies_to="wamid.X"))]

    assert len(parts) == 3
    assert all(len(part) <= SPLIT_CHARACTERS and part.endswith(".") for part in parts)
    assert " ".join(parts) == whole
