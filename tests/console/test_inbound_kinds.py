"""Each kind of message shows what it says, in the thread, in the timeline and in the list."""

from datetime import timedelta

import pytest

from apps.contracts.content import Content, Media, OrderItem, Person, Place
from apps.contracts.messages import Analysis
from apps.contracts.words import MessageKind
from apps.conversations import selectors, services
from tests.console.conftest import last_message
from tests.conversations.test_echoes import writes_on_the_phone
from tests.words import says

CARLA = "5583988888888"


def writes(content: Content | str, **given) -> None:
    message = says(content, who=CARLA, name="Carla Menezes", account="simulator-default", **given)
    services.receive_message(message=message, analysis=Analysis())


def page(client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


ORDER = Content(
    kind=MessageKind.ORDER,
    text="entregar à tarde",
    order=(
        OrderItem(product="SOFA-3L", quantity=1, price="1899.9", currency="BRL"),
        OrderItem(product="ALMOFADA", quantity=4, price="39.50", currency="BRL"),
    ),
)
KINDS = [
    (
        Content(
            kind=MessageKind.IMAGE,
            text="a parede da sala",
            media=Media(mime_type="image/jpeg", file="a.jpg", size_bytes=48_213),
        ),
        ["a parede da sala", "47 kB", "/console/media/"],
    ),
    (
        Content(
            kind=MessageKind.DOCUMENT,
            text="segue a planta",
            media=Media(mime_type="application/pdf", file="a.pdf", filename="planta.pdf", size_bytes=3 * 1024 * 1024),
        ),
        ["planta.pdf", "3,0 MB", "segue a planta", "download"],
    ),
    (
        Content(
            kind=MessageKind.LOCATION,
            text="Loja Exemplo, Rua Inventada, 10",
            place=Place(latitude=-7.23, longitude=-35.88, name="Loja Exemplo", address="Rua Inventada, 10"),
        ),
        ["Loja Exemplo", "Rua Inventada, 10", "openstreetmap.org/?mlat=-7.230000", "noopener"],
    ),
    (
        Content(
            kind=MessageKind.CONTACTS,
            people=(
                Person(
                    name="Pedro Pedreiro",
                    phones=("+55 83 98888-1111",),
                    emails=("pedro@exemplo.invalid",),
                    organisation="Obras Ltda",
                ),
                Person(name="Bia"),
            ),
        ),
        ["Pedro Pedreiro", 'href="tel:+5583988881111"', "pedro@exemplo.invalid", "Obras Ltda", "Bia", "sem telefone"],
    ),
    (
        ORDER,
        ["SOFA-3L", "4×", "R$ 1.899,90", "R$ 158,00", "R$ 2.057,90", "entregar à tarde"],
    ),
    (
        Content(kind=MessageKind.FLOW_REPLY, text="nota: 9", fields={"nota": "9", "tipo_de_piso": "madeira"}),
        ["Nota", "9", "Tipo de piso", "madeira"],
    ),
    (
        Content(
            kind=MessageKind.UNSUPPORTED, fields={"type": "poll"}, raw={"type": "poll", "poll": {"name": "<b>x</b>"}}
        ),
        ["(poll)", "Ver o conteúdo original", "&lt;b&gt;x&lt;/b&gt;"],
    ),
    (Content(text="olha isto", is_forwarded=True), ["Encaminhada", "olha isto"]),
    (Content(text="corrente", is_forwarded=True, is_forwarded_often=True), ["Encaminhada muitas vezes"]),
    (Content(text="tem em azul?", product="SKU-1"), ["Sobre o produto SKU-1"]),
    (
        Content(
            text="Vi o anúncio",
            referral={"source_type": "ad", "headline": "Sua sala nova", "source_url": "https://fb.me/exemplo"},
        ),
        ["Veio de um anúncio", "Sua sala nova", 'href="https://fb.me/exemplo"'],
    ),
    (Content(kind=MessageKind.WELCOME), ["Abriu a conversa pela primeira vez"]),
    (
        Content(
            kind=MessageKind.SYSTEM,
            fields={
                "type": "user_changed_number",
                "new_identities": "wa:5583977776666",
                "new_address": "5583977776666",
                "new_phone": "5583977776666",
            },
        ),
        ["O cliente trocou de número", "+55 83 97777-6666"],
    ),
]


@pytest.mark.parametrize(
    ("content", "expected"), KINDS, ids=[one.kind.value + str(i) for i, (one, _) in enumerate(KINDS)]
)
def test_the_content_is_shown_in_the_thread_and_in_the_timeline(signed_in, ana, held_by_ana, content, expected):
    writes(content)
    client = signed_in(ana)
    message = last_message(held_by_ana)

    thread = page(client, f"/console/conversations/{held_by_ana}/")
    timeline = page(client, f"/console/messages/{message.id}/timeline/")

    for html in (thread, timeline):
        shown = html.replace("\xa0", " ")
        assert [one for one in expected if one not in shown] == []
        assert "<b>x</b>" not in html


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (ORDER, "Pedido: R$ 2.057,90"),
        (Content(kind=MessageKind.FLOW_REPLY, fields={"nota": "9"}), "Formulário: nota: 9"),
        (Content(kind=MessageKind.CONTACTS, people=(Person(name="Pedro"),)), "Contato: Pedro"),
        (
            Content(kind=MessageKind.DOCUMENT, media=Media(mime_type="application/pdf", filename="planta.pdf")),
            "Documento: planta.pdf",
        ),
        (Content(kind=MessageKind.UNSUPPORTED), "Mensagem de um tipo não suportado"),
    ],
)
def test_the_list_says_in_one_line_what_came(signed_in, ana, held_by_ana, content, line):
    writes(content)

    assert line in page(signed_in(ana), "/console/?tab=mine")


def test_a_link_that_is_no_web_address_is_not_offered(signed_in, ana, held_by_ana):
    writes(Content(text="oi", referral={"source_type": "ad", "headline": "x", "source_url": "javascript:alert(1)"}))

    assert "javascript:" not in page(signed_in(ana), f"/console/conversations/{held_by_ana}/")


def test_an_edited_message_shows_what_it_said_before(signed_in, ana, held_by_ana):
    writes("quero azul", external_id="wamid.E")
    writes(Content(kind=MessageKind.EDIT, text="quero verde", target="wamid.E"))

    html = page(signed_in(ana), f"/console/conversations/{held_by_ana}/")

    assert "Editada às" in html
    assert "quero azul" in html
    assert "quero verde" in html


def test_a_deleted_message_says_who_deleted_it_and_when(signed_in, ana, held_by_ana):
    writes("mandei errado", external_id="wamid.R")
    writes(Content(kind=MessageKind.REVOKE, target="wamid.R"))

    html = page(signed_in(ana), f"/console/conversations/{held_by_ana}/")

    deleted = selectors.message_by_external_id("default", "simulator-default", "wamid.R").revoked_at
    assert f"O cliente apagou esta mensagem em {deleted.astimezone():%d/%m}" in html
    assert "Ver o que dizia" in html


def test_a_late_message_says_how_late_it_came(signed_in, ana, held_by_ana):
    writes("de ontem", ago=timedelta(hours=27, minutes=5))

    assert "Chegou com atraso de 27h05" in page(signed_in(ana), f"/console/conversations/{held_by_ana}/")


def test_a_message_on_time_says_nothing_of_lateness(signed_in, ana, held_by_ana):
    writes("agora", ago=timedelta(minutes=3))

    assert "Chegou com atraso" not in page(signed_in(ana), f"/console/conversations/{held_by_ana}/")


def test_what_was_written_on_the_phone_says_so(signed_in, ana, held_by_ana):
    echo = writes_on_the_phone("Oi, falo do celular")
    customer = echo.customer.model_copy(update={"identities": (f"wa:{CARLA}",), "address": CARLA})
    services.record_echo(echo=echo.model_copy(update={"account": "simulator-default", "customer": customer}))

    html = page(signed_in(ana), f"/console/conversations/{held_by_ana}/")

    assert "Oi, falo do celular" in html
    assert "Pelo aplicativo do WhatsApp" in html
