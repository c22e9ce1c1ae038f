"""What is read in a text locally."""

import pytest

from apps.processor.reading import entities, intent, language, looks_complete, sentiment, urgency


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("quanto custa?", "price"),
        ("Oi, boa tarde", "greeting"),
        ("valeu, obrigada", "thanks"),
        ("tchau", "farewell"),
        ("que absurdo, quero meu reembolso", "complaint"),
        ("como faço pra começar?", "start"),
        ("qual o prazo?", "schedule"),
        ("onde fica a loja?", "address"),
        ("minha sala é azul", "other"),
        ("", ""),
    ],
)
def test_intent(text: str, found: str) -> None:
    assert intent(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Adorei, ficou lindo!", "positive"),
        ("não gostei, péssimo", "negative"),
        ("quero pintar a sala", "neutral"),
        ("👍", "positive"),
    ],
)
def test_sentiment(text: str, found: str) -> None:
    assert sentiment(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [("quanto custa a sala?", "pt"), ("how much is the room?", "en"), ("hola, cuanto cuesta?", "es"), ("", "")],
)
def test_language(text: str, found: str) -> None:
    assert language(text) == found


def test_urgency() -> None:
    assert urgency("preciso pra hoje, é urgente") == "high"
    assert urgency("sem pressa") == "normal"


COMPLETE = [
    "quanto custa o decor interiores",
    "Quanto custa?",
    "quero saber o preço da fachada.",
    "obrigada",
    "👍",
    "vocês fazem cozinha",
]
FRAGMENTS = [
    "oi",
    "queria saber",
    "é que",
    "minha sala",
    "e",
    "quanto custa o",
    "então...",
    "oi,",
    "o preço da",
    "tudo bem",
]


@pytest.mark.parametrize("text", COMPLETE)
def test_a_finished_text_is_answered_soon(text: str) -> None:
    assert looks_complete(text)


@pytest.mark.parametrize("text", FRAGMENTS)
def test_a_fragment_is_waited_on(text: str) -> None:
    assert not looks_complete(text)


def test_facts_are_found_by_name() -> None:
    found = entities(
        "Oi, me chamo Carla Souza, moro em Campina Grande. A sala tem 3,5 x 4 metros, até R$ 1.500,00, carla@exemplo.com.br, 83 98888-7777, amanhã"
    )

    assert found == {
        "name": "Carla Souza",
        "city": "Campina Grande",
        "size": "3,5 x 4 m",
        "value": "1.500,00",
        "email": "carla@exemplo.com.br",
        "phone": "83 98888-7777",
        "date": "amanha",
        "room": "sala",
    }


def test_a_favour_is_not_a_name() -> None:
    assert "name" not in entities("sou a favor de azul")
