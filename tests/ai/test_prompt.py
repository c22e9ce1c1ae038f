"""What a model is shown: nothing before the newest turn ever changes, and it always fits."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from apps.ai.domain import build_prompt, describe, introduced, repeats
from apps.ai.tokens import count_tokens
from apps.ai.values import ArticleValue
from apps.contracts.content import Content, Place
from apps.contracts.conversations import AnswerContext, CustomerValue, MessageValue
from apps.contracts.words import Action, Author, Direction, MessageKind
from tests.ai.test_vetting import CANARY, LAMP, PERSONA, SHELF

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def message(author: Author, text: str, *, turn: int = 1, **fields: Any) -> MessageValue:
    direction = Direction.INBOUND if author is Author.CUSTOMER else Direction.OUTBOUND
    content = fields.pop("content", None) or Content(text=text)
    return MessageValue(
        id=f"{turn}-{author}",
        conversation_id="c",
        direction=direction,
        author=author,
        content=content,
        turn=turn,
        created_at=NOW,
        **fields,
    )


def context(turns: int, **changes: Any) -> AnswerContext:
    """A conversation of so many turns, the last of which waits for its answer."""
    history = [
        one
        for turn in range(1, turns)
        for one in (
            message(Author.CUSTOMER, f"Pergunta {turn}, tel 83 98888-77{turn:02d}", turn=turn),
            message(Author.ASSISTANT, f"Resposta {turn}", turn=turn),
        )
    ]
    given: dict[str, Any] = {
        "tenant_id": "default",
        "conversation_id": "c",
        "account": "simulator",
        "customer": CustomerValue(id="1", tenant_id="default", name="Carla", created_at=NOW),
        "turn": turns,
        "burst": (message(Author.CUSTOMER, f"Pergunta {turns}, tel 83 98888-77{turns:02d}", turn=turns),),
        "history": tuple(history),
    }
    return AnswerContext(**{**given, **changes})


def prompt(
    asked: AnswerContext, *, articles: tuple[ArticleValue, ...] = (SHELF, LAMP), max_tokens: int = 16_000
) -> Any:
    return build_prompt(asked, PERSONA, articles, canary=CANARY, local_now=NOW, max_tokens=max_tokens)


def test_the_prompt_only_grows_from_turn_to_turn() -> None:
    steps = [prompt(context(turns)) for turns in range(1, 100)]
    grown = [new.turns[: len(old.turns)] == old.turns for old, new in pairwise(steps)]

    assert len({step.system for step in steps}) == 1
    assert grown.count(False) == 3


def test_the_prompt_s_size_does_not_follow_the_length_of_the_conversation() -> None:
    assert prompt(context(100)).tokens < 1.3 * prompt(context(40)).tokens


def test_articles_come_before_the_conversation_and_the_day_after_it() -> None:
    shown = prompt(context(2))

    assert f"[{SHELF.id}] {SHELF.title}" in shown.system
    assert SHELF.price in shown.system
    assert "22/11/2026" in shown.volatile
    assert "22/11/2026" not in shown.system


def test_far_too_much_text_is_cut_and_fits() -> None:
    asked = context(30, burst=(message(Author.CUSTOMER, "palavra comprida " * 5000, turn=30),))

    shown = prompt(asked, max_tokens=3000)

    assert shown.tokens <= 3000
    assert "cortado" in shown.turns[-1][1]


def test_special_tokens_in_a_text_are_only_text() -> None:
    assert count_tokens("<|endoftext|>") > 1


def test_a_person_s_words_and_the_end_of_their_part_are_marked() -> None:
    event = Content(kind=MessageKind.EVENT, fields={"event": "returned"})
    history = (
        message(Author.CUSTOMER, "Oi", turn=1),
        message(Author.ATTENDANT, "Aqui é a Ana", turn=1, author_name="Ana"),
        message(Author.SYSTEM, "", turn=1, content=event),
    )

    shown = prompt(context(2, history=history))

    assert shown.turns[1] == ("assistant", "[Ana, da equipe] Aqui é a Ana")
    assert "Fim do atendimento" in shown.turns[2][1]


def test_what_cannot_be_read_is_described() -> None:
    place = Content(kind=MessageKind.LOCATION, place=Place(latitude=1, longitude=2, name="Casa", address="Rua A"))

    assert describe(place) == "[O cliente enviou uma localização: Casa, Rua A]"
    assert describe(Content(kind=MessageKind.IMAGE, text="minha sala")) == "[O cliente enviou uma imagem] minha sala"


def test_the_introduction_replaces_a_model_s_own_greeting() -> None:
    persona = PERSONA.model_copy(
        update={"introduction": "Oi, sou o Zeca, assistente virtual.", "person_notice": "Quer uma pessoa? Peça."}
    )

    assert introduced("Olá, Carla! A estante custa R$ 1.250,00.", persona, action=Action.ANSWER) == (
        "Oi, sou o Zeca, assistente virtual. Quer uma pessoa? Peça.\n\nA estante custa R$ 1.250,00."
    )
    assert "Peça" not in introduced("Vou chamar alguém.", persona, action=Action.HAND_OFF)


def test_only_the_same_text_in_a_row_counts_as_repeating() -> None:
    said = [message(Author.CUSTOMER, text) for text in ("oi", "Olá", "olá ", "OLÁ")]

    assert repeats(context(1, history=tuple(said), burst=(message(Author.CUSTOMER, "Ola"),))) == 4
    assert repeats(context(1, history=tuple(said), burst=(message(Author.CUSTOMER, "tchau"),))) == 1
