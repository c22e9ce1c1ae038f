"""What stands on the page, without any script."""

import re

from apps.contracts.content import Content, Media, Person, Place
from apps.contracts.words import MessageKind
from apps.conversations import services
from tests.console.conftest import last_message, receive


def page(client, path: str = "/console/") -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_the_waiting_list_shows_the_whole_name_on_a_link(signed_in, ana, waiting):
    html = page(signed_in(ana))

    link = re.search(rf'<a href="[^"]+" data-conversation-id="{waiting}".*?</a>', html, re.S)
    assert link and "Carla Menezes" in link.group()
    assert 'aria-label="Lista de conversas"' in html
    assert f'action="/console/conversations/{waiting}/take/"' in html


def test_search_finds_by_name_phone_and_text_in_every_tab(signed_in, ana, held_by_ana, with_assistant):
    client = signed_in(ana)

    assert held_by_ana in page(client, "/console/?q=menezes")
    assert with_assistant in page(client, "/console/?q=Quanto+custa")
    assert held_by_ana in page(client, "/console/?q=988888888")
    nothing = page(client, "/console/?q=ninguém+com+este+nome")
    assert held_by_ana not in nothing
    assert "Nada encontrado" in nothing


def test_the_regions_and_controls_carry_the_agreed_names(signed_in, ana, held_by_ana):
    html = page(signed_in(ana), f"/console/conversations/{held_by_ana}/")

    for name in ("Lista de conversas", "Conversa", "Cliente e copiloto"):
        assert f'aria-label="{name}"' in html
    for word in ("Enviar", "Nota interna", "Anotar", "Transferir", "Encerrar"):
        assert word in html
    assert re.search(r'<form[^>]+action="[^"]+/replies/".*?name="text"', html, re.S)
    assert re.search(r'<form[^>]+action="[^"]+/notes/"', html)


def test_every_kind_of_content_is_shown(signed_in, ana, held_by_ana):
    contents = [
        Content(kind=MessageKind.IMAGE, media=Media(mime_type="image/jpeg", file="a.jpg"), text="a parede"),
        Content(kind=MessageKind.AUDIO, media=Media(mime_type="audio/ogg; codecs=opus", file="a.ogg", voice=True)),
        Content(kind=MessageKind.VIDEO, media=Media(mime_type="video/mp4", file="a.mp4")),
        Content(
            kind=MessageKind.DOCUMENT, media=Media(mime_type="application/pdf", file="a.pdf", filename="planta.pdf")
        ),
        Content(kind=MessageKind.DOCUMENT, media=Media(mime_type="application/pdf", error="410")),
        Content(kind=MessageKind.LOCATION, place=Place(latitude=-7.23, longitude=-35.88, name="Catolé")),
        Content(kind=MessageKind.CONTACTS, people=(Person(name="Pedro", phones=("+55 83 9",)),)),
        Content(kind=MessageKind.UNSUPPORTED, raw={"type": "poll", "poll": {"name": "<b>x</b>"}}),
    ]
    for content in contents:
        receive(content)

    html = page(signed_in(ana), f"/console/conversations/{held_by_ana}/")

    for expected in (
        "<img",
        "<audio",
        "<video",
        "planta.pdf",
        "não pôde ser baixado",
        "openstreetmap.org",
        "Pedro",
        "poll",
    ):
        assert expected in html
    assert "<b>x</b>" not in html


def test_scripts_in_a_name_or_text_stay_text(signed_in, ana, queue):
    conversation_id = receive("<img src=x onerror=alert(1)>", name="<script>alert(1)</script>")

    client = signed_in(ana)
    html = page(client, "/console/?tab=assistant") + page(client, f"/console/conversations/{conversation_id}/")

    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_pages_have_no_inline_scripts_or_styles(signed_in, ana, held_by_ana):
    client = signed_in(ana)
    html = page(client) + page(client, f"/console/conversations/{held_by_ana}/")

    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert not re.search(r"\s(style|on[a-z]+)=\"", html)
    policy = client.get("/console/")["Content-Security-Policy"]
    assert "unsafe-inline" not in policy


def test_an_outbound_message_carries_its_status_in_words(signed_in, ana, held_by_ana):
    client = signed_in(ana)
    client.post(f"/console/conversations/{held_by_ana}/replies/", {"text": "Oi, Carla"})

    html = page(client, f"/console/conversations/{held_by_ana}/")

    message = last_message(held_by_ana)
    row = html[html.index(f'id="message-{message.id}"') :]
    assert f'data-message-id="{message.id}"' in row
    assert 'data-status="queued"' in row
    assert re.search(r'title="\s*Na fila', row)


def test_opening_marks_it_read_only_for_its_holder(signed_in, ana, bruno, sofia, held_by_ana):
    receive("Olá?")
    signed_in(sofia).get(f"/console/conversations/{held_by_ana}/")
    assert "não lida" in page(signed_in(ana), "/console/?tab=mine")

    page(signed_in(ana), f"/console/conversations/{held_by_ana}/")

    assert "não lida" not in page(signed_in(ana), "/console/?tab=mine")


def test_a_note_is_shown_as_visible_to_the_team_only(signed_in, ana, bruno, held_by_ana):
    services.add_note(
        tenant_id="default", conversation_id=held_by_ana, attendant_id=bruno.id, attendant_name="Bruno", text="Cuidado"
    )

    html = page(signed_in(ana), f"/console/conversations/{held_by_ana}/")

    assert "nota interna: visível só para a equipe" in html
    assert "Cuidado" in html


def test_the_page_speaks_the_teams_language_whatever_the_browser_asks_for(signed_in, ana, waiting):
    html = signed_in(ana).get("/console/", headers={"Accept-Language": "en-US,en"}).content.decode()

    assert 'lang="pt-br"' in html
    assert "Assumir" in html
