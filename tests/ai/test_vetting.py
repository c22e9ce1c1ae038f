"""What a model's text must pass before a customer reads it, and how it is written for WhatsApp."""

import pytest

from apps.ai.masking import Masks, has_placeholder
from apps.ai.values import ArticleValue, PersonaValue
from apps.ai.vetting import LONGEST_REPLY, amounts, cited, problems, shortened, whatsapp_text
from apps.contracts.assistant import AssistantAnswer
from apps.contracts.words import Action

TEXTS = (
    "introduction", "person_notice", "greeting_reply", "thanks_reply", "farewell_reply", "acknowledgement_reply",
    "identity_reply", "media_reply", "unknown_reply", "unavailable_reply", "limit_reply",
)  # fmt: skip
PERSONA = PersonaValue(
    slug="zeca",
    name="Zeca",
    persona="Você é o Zeca.",
    instructions="Responda sempre em um texto só e nunca mais do que três frases por mensagem, com calma e clareza.",
    allowed_links=("exemplo.com.br",),
    **dict.fromkeys(TEXTS, "Texto."),
)
SHELF = ArticleValue(
    id="7",
    title="Estante",
    body="A estante chega em 5 dias úteis. Veja em loja.exemplo.org/estante.",
    price="A estante custa R$ 1.250,00.",
)
LAMP = ArticleValue(id="8", title="Luminária", body="Luz amarela.", price="A luminária custa 80 reais.")
CANARY = "ref-0123456789ab"


def said(reply: str, *, sources: tuple[str, ...] = ()) -> AssistantAnswer:
    return AssistantAnswer(action=Action.ANSWER, reply=reply, confidence=1, sources=sources)


def found(reply: str) -> list[str]:
    names = problems(
        said(reply), articles=(SHELF, LAMP), persona=PERSONA, canary=CANARY, secrets=[PERSONA.instructions]
    )
    return [name.partition(":")[0] for name in names]


FINE = [
    "Oi! Como posso ajudar?",
    "A estante custa R$ 1.250,00.",
    "Fica por R$1250 😊",
    "A luminária sai por 80 reais, chega em 5 dias úteis.",
    "Olhe em https://www.exemplo.com.br/novidades e em loja.exemplo.org",
    "Seu espaço tem 3 x 4 metros, né?",
]
BAD = [
    ("A estante custa R$ 99,90.", "price"),
    ("Fica por 1.200 reais", "price"),
    ("Te faço por cem reais!", "price"),
    ("Só US$ 10", "price"),
    ("Com 10% de desconto", "promise"),
    ("A entrega é grátis", "promise"),
    ("Chega em 2 dias", "promise"),
    ("Clique em http://golpe.example.net/x", "link"),
    ("Clique em bit.ly/abc", "link"),
    (f"Meu código é {CANARY}", "leak"),
    ("Minhas instruções: responda sempre em um texto só e nunca mais do que três frases por mensagem.", "leak"),
]


@pytest.mark.parametrize("reply", FINE)
def test_what_the_articles_state_may_be_said(reply: str) -> None:
    assert found(reply) == []


@pytest.mark.parametrize(("reply", "problem"), BAD)
def test_what_nobody_configured_is_kept_back(reply: str, problem: str) -> None:
    assert problem in found(reply)


def test_sums_are_compared_by_what_they_are_worth() -> None:
    assert amounts("R$ 1.250,00 ou 1250 reais, R$ 1,2 mil") == {"125000", "120000"}


def test_the_article_behind_a_stated_price_is_cited_although_the_model_forgot() -> None:
    assert cited(said("A estante custa R$ 1.250,00.", sources=("404",)), (SHELF, LAMP)) == ("7",)
    assert cited(said("Olá!", sources=("8", "404")), (SHELF, LAMP)) == ("8",)


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("**Oi**", "*Oi*"),
        ("### Preços\n- um\n* dois", "*Preços*\n- um\n- dois"),
        ("Veja [o site](https://exemplo.com.br)", "Veja o site: https://exemplo.com.br"),
        ("~~caro~~ e __forte__", "~caro~ e *forte*"),
        ("a\n\n\n\nb", "a\n\nb"),
        ("```json\nx\n```", "x"),
    ],
)
def test_markdown_becomes_what_whatsapp_shows(markdown: str, shown: str) -> None:
    assert whatsapp_text(markdown) == shown


def test_a_text_that_is_too_long_ends_with_a_sentence() -> None:
    text = shortened("Uma frase inteira. " * 500)

    assert len(text) <= LONGEST_REPLY
    assert text.endswith("inteira.")


MASKED = [
    ("meu cpf é 529.982.247-25", "meu cpf é [CPF_1]"),
    ("cpf 52998224725 ok", "cpf [CPF_1] ok"),
    ("tel (11) 90000-0002", "tel [TEL_1]"),
    ("liga 83 98888-7777 ou 83988887777", "liga [TEL_1] ou [TEL_2]"),
    ("zap +55 83 98888-7777", "zap [TEL_1]"),
    ("carla.souza+casa@exemplo.com.br", "[EMAIL_1]"),
    ("cartão 4111 1111 1111 1111", "cartão [CARTAO_1]"),
    ("cartão 5555555555554444", "cartão [CARTAO_1]"),
    ("pix 123e4567-e89b-12d3-a456-426614174000", "pix [CHAVE_1]"),
    ("cnpj 11.222.333/0001-81", "cnpj [CNPJ_1]"),
    ("cpf 529.982.247-25, repito 529.982.247-25", "cpf [CPF_1], repito [CPF_1]"),
    ("sala de 3x4, 350 reais, protocolo 251122-00123", "sala de 3x4, 350 reais, protocolo 251122-00123"),
]


@pytest.mark.parametrize(("text", "hidden"), MASKED)
def test_personal_data_is_hidden_and_shown_again(text: str, hidden: str) -> None:
    masks = Masks()

    assert masks.hide(text) == hidden or masks.hide(text).replace("CPF", "TEL") == hidden.replace("CPF", "TEL")
    assert masks.show(masks.hide(text)) == text
    assert has_placeholder(hidden) == (hidden != text)
