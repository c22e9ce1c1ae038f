"""A machine with a key lists, reads and replies."""

from datetime import timedelta

import pytest
from django.test import Client
from drf_spectacular.validation import validate_schema

from apps.api.models import ApiKey
from apps.api.services import create_key
from apps.common import clock
from apps.conversations import selectors as conversations
from apps.handoff import selectors as handoff
from apps.handoff import services as handoff_commands
from apps.tenants import models
from tests.api.conftest import Machine
from tests.handoff.cast import ask_for_person, handle, make_attendant, sent_to_customer


def test_a_machine_lists_reads_and_replies(machine, carla):
    listed = machine.get("conversations", status="waiting_human").json()["results"]
    thread = machine.get(f"conversations/{listed[0]['id']}/messages").json()["results"]
    answered = machine.post(f"conversations/{carla}/reply", {"text": "Oi, Carla! Já vejo isso."})

    assert [one["id"] for one in listed] == [carla]
    assert thread[0]["text"] == "Quero falar com uma pessoa"
    assert answered.status_code == 201
    assert sent_to_customer(carla)[-1] == "Oi, Carla! Já vejo isso."
    sent = machine.get(f"messages/{answered.json()['message_id']}").json()
    assert (sent["author_name"], sent["status"], sent["direction"]) == ("Integração", "queued", "outbound")


def test_a_repeated_reply_with_the_same_client_id_is_one_message(machine, carla):
    first = machine.post(f"conversations/{carla}/reply", {"text": "Oi", "client_id": "a1"}).json()

    second = machine.post(f"conversations/{carla}/reply", {"text": "Oi", "client_id": "a1"}).json()

    assert first == second
    assert sent_to_customer(carla).count("Oi") == 1


def test_a_machine_does_not_lose_a_conversation_for_being_silent(machine, carla, monkeypatch):
    handoff_commands.reconcile()
    machine.post(f"conversations/{carla}/take")
    for minutes in (0.5, 1, 1.5, 2, 2.5, 3):
        later = clock.now() + timedelta(minutes=minutes)
        with monkeypatch.context() as patch:
            patch.setattr("apps.common.clock.now", lambda later=later: later)
            handoff_commands.reconcile()

    assert machine.get(f"conversations/{carla}").json()["status"] == "with_human"


def test_a_lost_race_is_explained(machine, ana, carla):
    handoff_commands.accept_conversation(attendant=ana, conversation_id=carla)

    refused = machine.post(f"conversations/{carla}/take")

    assert refused.status_code == 409
    assert refused.json()["error"] == {
        "code": "already_assigned",
        "message": "Ana já assumiu este atendimento.",
        "fields": {},
    }


def test_only_the_holder_may_speak(machine, ana, carla):
    handoff_commands.accept_conversation(attendant=ana, conversation_id=carla)
    before = sent_to_customer(carla)

    refused = machine.post(f"conversations/{carla}/close")

    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not_holder")
    assert sent_to_customer(carla) == before


def test_commands_do_what_the_console_does(machine, ana, carla):
    machine.post(f"conversations/{carla}/take")
    noted = machine.post(f"conversations/{carla}/note", {"text": "Só falta a medida."})
    tagged = machine.post(f"conversations/{carla}/tags", {"tags": ["sala", "indicação"]})
    passed = machine.post(
        f"conversations/{carla}/transfer", {"to": "attendant", "id": ana.id, "reason": "Prefere a Ana"}
    )

    assert noted.status_code == 201
    assert tagged.json()["conversation"]["tags"] == ["sala", "indicação"]
    assert passed.json()["conversation"]["holder"] == f"attendant:{ana.id}"
    assert "Só falta a medida." not in sent_to_customer(carla)
    assert handoff.loads("default") == {ana.id: 1}


def test_closing_and_returning(machine, carla):
    machine.post(f"conversations/{carla}/take")
    returned = machine.post(f"conversations/{carla}/return")
    again = machine.post(f"conversations/{carla}/handoff", {"detail": "pediu de novo"})
    machine.post(f"conversations/{carla}/take")
    closed = machine.post(f"conversations/{carla}/close", {"ask_rating": False})

    statuses = [one.json()["conversation"]["status"] for one in (returned, again, closed)]
    assert statuses == ["active", "waiting_human", "closed"]
    assert machine.post(f"conversations/{carla}/handoff").status_code == 409


def test_pages_follow_each_other_without_gap_or_repeat(machine, many):
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        page = machine.get("conversations", limit=3, cursor=cursor).json()
        seen += [one["id"] for one in page["results"]]
        cursor = page["next"]

    assert sorted(seen) == sorted(many)
    assert len(seen) == len(set(seen))


def test_messages_and_customers_have_pages_too(machine, carla, many):
    for number in range(5):
        machine.post(f"conversations/{carla}/note", {"text": f"nota {number}"})
    newest = machine.get("messages", conversation=carla, limit=3).json()
    older = machine.get("messages", conversation=carla, limit=100, cursor=newest["next"]).json()
    customers = machine.get("customers", limit=5).json()
    others = machine.get("customers", limit=5, cursor=customers["next"]).json()

    texts = [one["text"] for one in (*older["results"], *newest["results"]) if one["kind"] == "text"]
    assert texts[0] == "Quero falar com uma pessoa"
    assert texts[-1] == "nota 4"
    assert older["next"] is None
    assert (len(customers["results"]), len(others["results"]), others["next"]) == (5, 3, None)


def test_search_is_literal(machine, carla):
    assert len(machine.get("conversations", q="carla").json()["results"]) == 1
    assert machine.get("conversations", q=".*").json()["results"] == []
    assert machine.get("conversations", q="(((").json()["results"] == []


def test_it_shows_the_team_and_the_day(machine, ana, carla):
    handoff_commands.heartbeat(attendant=ana)

    assert machine.get("queues").json()["results"][0] | {"name": ""} == {
        "slug": "geral",
        "name": "",
        "is_default": True,
        "is_open": True,
        "waiting": 1,
    }
    assert machine.get("tickets").json()["results"][0]["position"] == 1
    assert machine.get("presence").json()["results"][0]["status"] == "online"
    assert machine.get("figures/today").json()["inbound"] == 1
    assert machine.get("usage").json()["calls"] == 0
    assert machine.get(f"conversations/{carla}/dossier").json()["reason"] == "asked_for_person"


def test_a_message_explains_itself(machine, carla):
    inbound = conversations.messages("default", carla)[0]

    timeline = machine.get(f"messages/{inbound.id}/timeline").json()

    assert timeline["verdict"] == "Ainda não houve resposta: a conversa espera por uma pessoa na fila Geral."


@pytest.mark.parametrize("key", ["", "uc_", "uc_0000000000_x", "outra", "uc_é_é"])
def test_a_wrong_key_is_refused(queue, key):
    refused = Client().get("/api/v1/conversations", HTTP_AUTHORIZATION=f"Bearer {key}")

    assert refused.status_code == 401
    assert refused.json()["error"]["code"] == "authentication_failed"
    assert refused["WWW-Authenticate"] == "Bearer"


def test_a_key_ends_when_it_expires_and_when_it_is_switched_off(queue):
    expired = Machine(create_key(tenant_id="default", name="Velha", expires_at=clock.now() - timedelta(seconds=1)))
    active = Machine(create_key(tenant_id="default", name="Nova"))
    before = active.get("queues").status_code

    ApiKey.objects.filter(name="Nova").update(is_active=False)

    assert expired.get("queues").status_code == 401
    assert (before, active.get("queues").status_code) == (200, 401)


def test_only_the_digest_of_a_key_is_kept(queue):
    text = create_key(tenant_id="default", name="Painel")

    row = ApiKey.objects.get()
    assert text.rpartition("_")[2] not in "".join(str(value) for value in vars(row).values())


def test_a_reading_key_commands_nothing(reader, carla):
    refused = reader.post(f"conversations/{carla}/reply", {"text": "Oi"})

    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "permission_denied")


def test_a_session_writes_only_with_the_csrf_token(ana, carla):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(models.User.objects.get(username="ana"))

    read = strict.get("/api/v1/conversations")
    written = strict.post(f"/api/v1/conversations/{carla}/take", "{}", content_type="application/json")

    assert (read.status_code, written.status_code) == (200, 403)


def test_an_attendant_sees_in_the_api_what_they_see_in_the_console(ana, carla):
    outsider = make_attendant("Carlos")
    assert not outsider.queues

    mine = Machine(login="ana").get("conversations").json()["results"]
    theirs = Machine(login="carlos").get("conversations").json()["results"]

    assert ([one["id"] for one in mine], theirs) == ([carla], [])
    assert Machine(login="carlos").get(f"conversations/{carla}").status_code == 404
    assert Machine(login="ana").get("customers").status_code == 403


def test_a_login_without_an_attendant_is_refused(queue):
    models.User.objects.create_user(username="ninguem", password="x")

    assert Machine(login="ninguem").get("conversations").status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {"text": {"$ne": ""}},
        {"text": ["Oi"]},
        {"text": 1},
        {"text": None},
        {"text": "  "},
        {"text": "Oi", "client_id": {"$gt": ""}},
        {"text": "Oi", "$where": "1"},
        {"text": "x" * 5000},
        {},
        [],
        "Oi",
    ],
)
def test_a_body_of_another_shape_is_a_type_error(machine, carla, body):
    before = sent_to_customer(carla)

    refused = machine.post(f"conversations/{carla}/reply", body)

    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid")
    assert refused.json()["error"]["fields"]
    assert sent_to_customer(carla) == before


@pytest.mark.parametrize(
    "query",
    [
        {"status": "outra"},
        {"status[$ne]": "closed"},
        {"limit": "mil"},
        {"limit": "0"},
        {"$where": "1"},
        {"q": "x" * 300},
    ],
)
def test_a_query_of_another_shape_is_a_type_error(machine, query):
    refused = machine.get("conversations", **query)

    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid")


def test_what_is_not_json_is_refused_in_the_same_shape(machine, carla):
    broken = machine.client.post(
        f"/api/v1/conversations/{carla}/reply", "{", content_type="application/json", **machine.headers
    )
    form = machine.client.post(f"/api/v1/conversations/{carla}/reply", {"text": "Oi"}, **machine.headers)

    assert (broken.status_code, broken.json()["error"]["code"]) == (400, "parse_error")
    assert (form.status_code, form.json()["error"]["code"]) == (415, "unsupported_media_type")


def test_questions_never_write_and_commands_never_read(machine, carla):
    assert machine.get(f"conversations/{carla}/reply").status_code == 405
    assert machine.post("conversations").status_code == 405
    assert machine.get("nada").json()["error"]["code"] == "not_found"


def test_the_schema_is_valid_and_knows_every_address():
    schema = Client().get("/api/v1/schema").json()

    validate_schema(schema)
    assert "/api/v1/conversations/{conversation_id}/reply" in schema["paths"]
    assert len(schema["paths"]) >= 22


def test_the_administrator_sees_a_new_key_once(queue):
    models.User.objects.create_superuser(username="admin", password="admin", tenant=models.Tenant.objects.get())
    admin = Client()
    admin.force_login(models.User.objects.get(username="admin"))

    made = admin.post(
        "/admin/api/apikey/add/",
        {"tenant": "default", "name": "Site", "can_read": "on", "is_active": "on"},
        follow=True,
    )
    later = admin.get("/admin/api/apikey/")

    page = made.content.decode()
    text = page[page.index("uc_") :].split("<")[0].split()[0].rstrip(".&")
    assert Machine(text).get("queues").status_code == 200
    assert text not in later.content.decode()


def test_a_message_of_somebody_elses_conversation_is_hidden_from_an_attendant(ana, carla):
    make_attendant("Carlos")
    inbound = conversations.messages("default", carla)[0]

    assert Machine(login="ana").get(f"messages/{inbound.id}").status_code == 200
    assert Machine(login="carlos").get(f"messages/{inbound.id}").status_code == 404
    assert Machine(login="carlos").get(f"messages/{inbound.id}/timeline").status_code == 404


def test_more_calls_than_allowed_are_throttled(machine, monkeypatch):
    monkeypatch.setattr("apps.api.throttles.QueryThrottle.rate", "2/min")

    statuses = [machine.get("queues").status_code for _ in range(3)]

    assert statuses == [200, 200, 429]


__all__ = ["ask_for_person", "handle"]
