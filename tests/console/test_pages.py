"""The board, the life of a message, and the pages nobody wants to see."""

import pytest
from django.test import Client, override_settings

from apps.conversations import selectors, services
from tests.console.conftest import last_message, receive


def test_the_board_shows_who_waits_and_who_works(signed_in, sofia, bruno, waiting):
    html = signed_in(sofia).get("/console/board/").content.decode()

    assert "Painel ao vivo" in html
    assert "Carla Menezes" in html
    assert f"/console/conversations/{waiting}/take/" in html
    assert "Bruno" in html and "0/50" in html


def test_the_board_of_one_queue(signed_in, sofia, waiting):
    html = signed_in(sofia).get("/console/board/?queue=outra").content.decode()

    assert "Carla Menezes" not in html
    assert "Ninguém aguardando" in html


def test_a_messages_life_is_told_with_its_trace_id(signed_in, ana, held_by_ana):
    receive("E agora?")
    message = last_message(held_by_ana)

    html = signed_in(ana).get(f"/console/messages/{message.id}/timeline/").content.decode()

    assert "E agora?" in html
    assert message.external_id in html
    if message.trace_id:
        assert message.trace_id in html


def test_the_search_leads_to_the_message(signed_in, ana, held_by_ana):
    message = next(one for one in selectors.messages("default", held_by_ana) if one.direction == "inbound")

    html = signed_in(ana).get("/console/history/?q=Carla").content.decode()

    assert f"/console/messages/{message.id}/timeline/" in html


def test_a_rating_shows_in_the_console(signed_in, ana, held_by_ana):
    client = signed_in(ana)
    client.post(f"/console/conversations/{held_by_ana}/close/", {"ask_rating": "1"})
    services.record_rating(tenant_id="default", conversation_id=held_by_ana, rating=4)

    html = client.get(f"/console/conversations/{held_by_ana}/").content.decode()

    assert "4 de 5" in html
    assert "nota 4 de 5" in html


@pytest.mark.parametrize("debug", [True, False])
def test_what_does_not_exist_is_explained_in_portuguese(signed_in, ana, debug):
    with override_settings(DEBUG=debug):
        response = signed_in(ana).get("/console/conversations/nada/")

    assert response.status_code == 404
    assert "Não encontramos esta página" in response.content.decode()


def test_a_stale_page_is_explained(ana):
    response = Client(enforce_csrf_checks=True).post("/console/login/", {"username": "ana", "password": "ana"})

    assert response.status_code == 403
    assert "ficou aberta por muito tempo" in response.content.decode()


def test_an_empty_list_says_what_it_means(signed_in, ana):
    client = signed_in(ana)

    assert "Ninguém aguardando" in client.get("/console/?tab=waiting").content.decode()
    assert "Nenhuma conversa com você" in client.get("/console/?tab=mine").content.decode()
    assert "A assistente está livre" in client.get("/console/?tab=assistant").content.decode()
    assert "Nada encerrado ainda" in client.get("/console/?tab=closed").content.decode()
