"""Taking, writing, passing on, closing: plain posts, as without scripts."""

import pytest
from django.test import Client

from apps.contracts.people import attendant_holder
from apps.contracts.words import ConversationStatus, Direction, HolderKind
from apps.conversations import selectors
from apps.handoff import services as handoff
from apps.tenants import models
from tests.console.conftest import last_message, said


def post(client: Client, conversation_id: str, what: str, **fields: str):
    return client.post(f"/console/conversations/{conversation_id}/{what}/", fields, follow=True)


def test_taking_gives_the_conversation_to_whoever_took_it(signed_in, ana, waiting):
    response = post(signed_in(ana), waiting, "take")

    assert response.status_code == 200
    assert "com você" in response.content.decode()
    assert selectors.conversation("default", waiting).holder == attendant_holder(ana.id)


def test_the_lost_race_is_explained(signed_in, ana, bruno, sofia, held_by_ana):
    response = post(signed_in(sofia), held_by_ana, "take")

    assert "Ana assumiu Carla Menezes um instante antes de você" in response.content.decode()
    assert selectors.conversation("default", held_by_ana).holder == attendant_holder(ana.id)


def test_a_reply_is_written_and_queued(signed_in, ana, held_by_ana):
    post(signed_in(ana), held_by_ana, "replies", text="Oi, Carla!\r\nTudo bem?")

    message = last_message(held_by_ana)
    assert message.content.text == "Oi, Carla!\nTudo bem?"
    assert message.status == "queued"


def test_the_same_form_posted_twice_is_one_message(signed_in, ana, held_by_ana):
    client = signed_in(ana)

    for _ in range(2):
        post(client, held_by_ana, "replies", text="Só uma vez", client_id="abc")

    assert said(held_by_ana).count("Só uma vez") == 1


def test_replying_to_the_assistants_conversation_takes_it(signed_in, ana, with_assistant):
    post(signed_in(ana), with_assistant, "replies", text="Eu cuido disso")

    assert selectors.conversation("default", with_assistant).holder == attendant_holder(ana.id)
    assert said(with_assistant)[-1] == "Eu cuido disso"


def test_nobody_but_the_holder_writes_to_the_customer(signed_in, ana, bruno, sofia, held_by_ana):
    before = said(held_by_ana)

    assert post(signed_in(sofia), held_by_ana, "replies", text="Não pode").status_code == 403
    assert post(signed_in(bruno), held_by_ana, "replies", text="Não pode").status_code == 404
    for what in ("close", "return", "transfer"):
        assert post(signed_in(sofia), held_by_ana, what, reason="x", to=f"attendant:{bruno.id}").status_code == 403
    assert said(held_by_ana) == before


def test_a_note_never_leaves_the_house(signed_in, ana, sofia, held_by_ana):
    post(signed_in(sofia), held_by_ana, "notes", text="Confirme a medida")

    note = last_message(held_by_ana)
    assert note.direction is Direction.NOTE
    assert note.status is None
    assert note.content.text == "Confirme a medida"


def test_after_a_transfer_the_old_holder_is_refused(signed_in, ana, bruno, held_by_ana):
    client = signed_in(ana)

    response = post(
        client, held_by_ana, "transfer", to=f"attendant:{bruno.id}", reason="Fim do meu turno", note="Só falta a medida"
    )

    assert response.status_code == 200
    assert selectors.conversation("default", held_by_ana).holder == attendant_holder(bruno.id)
    assert post(client, held_by_ana, "replies", text="Ainda eu").status_code == 403
    assert "Ainda eu" not in said(held_by_ana)
    assert "Só falta a medida" in signed_in(bruno).get(f"/console/conversations/{held_by_ana}/").content.decode()


def test_a_transfer_needs_a_reason_and_a_receiver_of_the_same_tenant(signed_in, ana, bruno, vera, held_by_ana):
    client = signed_in(ana)

    assert post(client, held_by_ana, "transfer", to=f"attendant:{bruno.id}", reason=" ").status_code == 400
    assert post(client, held_by_ana, "transfer", to=f"attendant:{vera.id}", reason="x").status_code == 400
    assert post(client, held_by_ana, "transfer", to="queue:geral-da-vizinha", reason="x").status_code == 400
    assert selectors.conversation("default", held_by_ana).holder == attendant_holder(ana.id)


def test_the_transfer_form_shows_presence_and_load(signed_in, ana, bruno, held_by_ana):
    html = signed_in(ana).get(f"/console/conversations/{held_by_ana}/transfer/").content.decode()

    assert "Bruno" in html
    assert "0/50" in html
    assert f'value="attendant:{bruno.id}"' in html
    assert "Motivo" in html and "Confirmar" in html


def test_passing_on_to_a_queue_lets_the_team_take_it_again(signed_in, ana, bruno, held_by_ana):
    post(signed_in(ana), held_by_ana, "transfer", to="queue:geral", reason="Dúvida técnica")

    assert selectors.conversation("default", held_by_ana).status is ConversationStatus.WAITING_HUMAN
    post(signed_in(bruno), held_by_ana, "take")
    assert selectors.conversation("default", held_by_ana).holder == attendant_holder(bruno.id)


def test_closing_ends_it_and_keeps_it_in_the_closed_tab(signed_in, ana, held_by_ana):
    client = signed_in(ana)

    post(client, held_by_ana, "close", ask_rating="1")

    assert selectors.conversation("default", held_by_ana).status is ConversationStatus.CLOSED
    assert held_by_ana in client.get("/console/?tab=closed").content.decode()


def test_returning_gives_the_word_back_to_the_assistant(signed_in, ana, held_by_ana):
    post(signed_in(ana), held_by_ana, "return")

    assert selectors.conversation("default", held_by_ana).holder.kind is HolderKind.ASSISTANT


def test_tags_are_added_and_taken_off(signed_in, ana, held_by_ana):
    client = signed_in(ana)

    post(client, held_by_ana, "tags", add="sala de estar")
    post(client, held_by_ana, "tags", add="indicação")
    post(client, held_by_ana, "tags", remove="sala de estar")

    assert selectors.conversation("default", held_by_ana).tags == ("indicação",)


def test_a_draft_is_kept_and_forgotten_once_sent(signed_in, ana, held_by_ana):
    client = signed_in(ana)

    post(client, held_by_ana, "draft", text="Ainda pensando")
    assert "Ainda pensando</textarea>" in client.get(f"/console/conversations/{held_by_ana}/").content.decode()

    post(client, held_by_ana, "replies", text="Pronto")
    assert "Ainda pensando" not in client.get(f"/console/conversations/{held_by_ana}/").content.decode()


def test_presence_is_chosen_on_the_rail(signed_in, ana):
    client = signed_in(ana)

    client.post("/console/presence/", {"presence": "busy"})

    assert "dot-busy" in client.get("/console/").content.decode()
    assert client.post("/console/presence/", {"presence": "away"}).status_code == 400


@pytest.mark.parametrize("what", ["take", "replies", "notes", "transfer", "close", "return", "tags", "draft", "read"])
def test_every_change_needs_a_csrf_token(ana, waiting, what):
    client = Client(enforce_csrf_checks=True)
    client.force_login(models.User.objects.get(pk=ana.user_id), "django.contrib.auth.backends.ModelBackend")

    response = client.post(f"/console/conversations/{waiting}/{what}/", {"text": "x"})

    assert response.status_code == 403
    assert selectors.conversation("default", waiting).status is ConversationStatus.WAITING_HUMAN


def test_taking_above_the_capacity_is_explained(signed_in, ana, held_by_ana, with_assistant):
    models.Attendant.objects.get(pk=ana.id)
    row = models.Attendant.objects.get(pk=ana.id)
    row.capacity = 1
    row.save()

    response = post(signed_in(ana), with_assistant, "take")

    assert "o seu limite" in response.content.decode()
    assert selectors.conversation("default", with_assistant).holder.kind is HolderKind.ASSISTANT


def test_a_script_gets_pushes_where_a_browser_gets_pages(signed_in, ana, held_by_ana):
    client = signed_in(ana)

    response = client.post(
        f"/console/conversations/{held_by_ana}/replies/", {"text": "Rápido"}, headers={"X-Push": "1"}
    )

    html = response.content.decode()
    assert response.status_code == 200
    assert html.startswith("<template data-push=")
    assert "Rápido" in html
    assert "<html" not in html


def test_heartbeats_keep_what_one_holds(signed_in, ana, held_by_ana):
    signed_in(ana).get("/console/")

    handoff.reconcile()

    assert selectors.conversation("default", held_by_ana).holder == attendant_holder(ana.id)
