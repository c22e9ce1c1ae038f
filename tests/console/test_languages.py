"""Who chose English reads English, everybody else and every customer reads the product's language."""

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import Client

from tests.console.sockets import WebSocket
from tests.console.test_live import HERE, cookie_of
from urbana.asgi import routes


@pytest.fixture
def in_english():
    def choose(client: Client) -> Client:
        client.post("/language/setlang/", {"language": "en", "next": "/console/"})
        return client

    return choose


def test_the_login_is_portuguese_whatever_the_browser_prefers(queue):
    page = Client().get("/console/login/", headers={"accept-language": "en"})

    assert "Usuário ou e-mail" in page.content.decode()
    assert page["Content-Language"] == "pt-br"


@pytest.mark.parametrize(
    ("address", "words"),
    [("/console/login/", "Username or e-mail"), ("/admin/login/", "Log in to the administration")],
)
def test_the_login_is_english_for_who_chose_it(queue, in_english, address, words):
    page = in_english(Client()).get(address).content.decode()

    assert words in page
    assert '<html lang="en"' in page
    assert "Entrar" not in page


def test_the_login_offers_both_languages(queue):
    page = Client().get("/console/login/").content.decode()

    assert 'action="/language/setlang/"' in page
    assert ">Português Brasileiro<" in page and ">English<" in page


def test_a_choice_outlives_the_browser_and_leads_back(queue):
    answer = Client().post("/language/setlang/", {"language": "en", "next": "/console/history/"})

    assert answer["Location"] == "/console/history/"
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME]["max-age"] > 30 * 24 * 3600


def test_an_unknown_language_in_the_cookie_changes_nothing(queue):
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "tlh"

    assert "Usuário ou e-mail" in client.get("/console/login/").content.decode()


def test_pages_and_errors_of_the_console_follow_the_choice(ana, waiting, signed_in, in_english):
    client = in_english(signed_in(ana))

    assert "Waiting" in client.get("/console/?tab=waiting").content.decode()
    missing = client.get("/console/nothing-here/")
    assert missing.status_code == 404
    assert "We did not find this page" in missing.content.decode()


def test_the_customer_is_told_of_a_transfer_in_the_language_of_the_business(
    ana, bruno, held_by_ana, signed_in, in_english
):
    page = in_english(signed_in(ana)).get(f"/console/conversations/{held_by_ana}/transfer/").content.decode()

    assert "Note for whoever receives it" in page
    assert "vou te passar para outra pessoa da nossa equipe" in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
@pytest.mark.parametrize(("language", "words"), [("en", "with the assistant"), ("pt-br", "com a assistente")])
async def test_pushes_speak_the_language_of_their_page(ana, with_assistant, language, words):
    cookies = await sync_to_async(cookie_of)(ana) + f"; {settings.LANGUAGE_COOKIE_NAME}={language}".encode()
    socket = WebSocket(
        routes,
        f"/ws/console/?conversation={with_assistant}",
        headers=[HERE, (b"cookie", cookies)],
    )

    assert await socket.connect()
    pushed = ""
    while 'data-push="cursor"' not in pushed:
        pushed += await socket.hear()
    await socket.leave()

    assert words in pushed.lower()
