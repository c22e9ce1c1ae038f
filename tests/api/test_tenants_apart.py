"""Every address × two tenants × every role: nobody reaches what is not theirs, and a new address without a rule fails."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.api.services import create_key
from apps.api.urls import COMMANDS, QUERIES
from apps.common import clock
from apps.conversations import selectors as conversations
from apps.gateway.models import MessageTemplate
from apps.tenants.models import ChannelAccount
from tests.api.conftest import Machine
from tests.handoff.cast import make_attendant, make_queue

#: Who may use an address at all: everyone who attends, or only who sees the whole tenant.
EVERYONE = {"attendant", "supervisor", "reader", "writer"}
WHOLE_TENANT = {"supervisor", "reader", "writer"}
COMMANDING = {"attendant", "supervisor", "writer"}

RULES = {
    "conversations": EVERYONE,
    "conversation": EVERYONE,
    "conversation-messages": EVERYONE,
    "dossier": EVERYONE,
    "messages": EVERYONE,
    "message": EVERYONE,
    "timeline": EVERYONE,
    "customers": WHOLE_TENANT,
    "customer": WHOLE_TENANT,
    "customer-identity": WHOLE_TENANT,
    "merge-customer": {"supervisor", "writer"},
    "undo-merge": {"supervisor", "writer"},
    "queues": EVERYONE,
    "tickets": EVERYONE,
    "presence": EVERYONE,
    "today": WHOLE_TENANT,
    "usage": WHOLE_TENANT,
    "reply": COMMANDING,
    "note": COMMANDING,
    "take": COMMANDING,
    "handoff": COMMANDING,
    "transfer": COMMANDING,
    "return": COMMANDING,
    "close": COMMANDING,
    "tags": COMMANDING,
    "read": COMMANDING,
    "reaction": COMMANDING,
    "files": COMMANDING,
    "set-presence": COMMANDING,
    "templates": EVERYONE,
    "preview-template": EVERYONE,
    "send-template": COMMANDING,
    "start-with-template": {"supervisor", "writer"},
}

BODIES = {
    "reply": {"text": "Oi"},
    "note": {"text": "Oi"},
    "tags": {"tags": ["x"]},
    "transfer": {"to": "queue", "id": "geral", "reason": "Outro"},
    "set-presence": {"status": "online"},
    "reaction": {"emoji": "👍"},
    "send-template": {"template": "carla"},
    "preview-template": {"account": "simulator-default", "template": "carla"},
    "start-with-template": {"account": "simulator-default", "template": "carla", "phone": "83 97777-1111"},
}
#: What names an account of Carla's business in its body.
OF_AN_ACCOUNT = {"preview-template", "start-with-template"}

ROUTES = (*QUERIES, *COMMANDS)
ROLES = ("attendant", "supervisor", "reader", "writer")


@pytest.fixture(autouse=True)
def _template(carla) -> None:
    """One approved template in the account of Carla's conversation."""
    MessageTemplate.objects.create(
        tenant_id="default",
        account=ChannelAccount.objects.get(slug="simulator-default"),
        name="carla",
        language="pt_BR",
        status="approved",
        definition={"body": "Olá, Carla!"},
        synced_at=clock.now(),
    )


def as_role(role: str, tenant_id: str) -> Machine:
    """Somebody with this role in a tenant that has its queue."""
    queue = make_queue(tenant_id, "fila", is_default=False)
    if role in ("attendant", "supervisor"):
        make_attendant("Vera", queue, tenant_id=tenant_id, is_supervisor=role == "supervisor")
        return Machine(login="vera")
    return Machine(create_key(tenant_id=tenant_id, name="Chave", can_write=role == "writer"))


def call(machine: Machine, route, carla: str):
    """Use an address with the ids of Carla's conversation."""
    conversation = conversations.conversation("default", carla)
    message = conversations.messages("default", carla)[0]
    ids = {"conversation_id": carla, "customer_id": conversation.customer_id, "message_id": message.id}
    path = str(route.pattern)
    for name, value in ids.items():
        path = path.replace(f"<str:{name}>", value)
    if route.name == "files":
        upload = SimpleUploadedFile("a.pdf", b"%PDF-1.7", "application/pdf")
        return machine.client.post("/api/v1/files", {"file": upload}, **machine.headers)
    if route in COMMANDS:
        return machine.post(path, BODIES.get(route.name))
    return machine.get(path, **({"conversation": carla} if route.name == "messages" else {}))


def names_carla(route) -> bool:
    return "<str:" in str(route.pattern) or route.name == "messages"


def test_every_address_has_a_rule():
    assert {route.name for route in ROUTES} == set(RULES)


def test_without_a_key_or_a_session_nothing_is_given(carla):
    answers = {route.name: call(Machine(), route, carla) for route in ROUTES}

    assert {name: (one.status_code, one.json()["error"]["code"]) for name, one in answers.items()} == dict.fromkeys(
        answers, (401, "not_authenticated")
    )


@pytest.mark.parametrize("role", ROLES)
def test_another_tenants_ids_do_not_exist(role, carla):
    before = conversations.conversation("default", carla)
    outsider = as_role(role, "vizinha")

    for route in ROUTES:
        response = call(outsider, route, carla)
        if role not in RULES[route.name]:
            assert response.status_code == 403, route.name
        elif names_carla(route) or route.name in OF_AN_ACCOUNT:
            assert response.status_code == 404, route.name
        else:
            assert response.status_code in (200, 201, 204), route.name
        assert carla not in response.content.decode(), route.name
        assert "Carla" not in response.content.decode(), route.name

    assert conversations.conversation("default", carla) == before


@pytest.mark.parametrize("role", ROLES)
def test_within_the_tenant_the_role_decides(role, carla):
    colleague = as_role(role, "default")

    for route in ROUTES:
        response = call(colleague, route, carla)
        if role not in RULES[route.name]:
            assert response.status_code == 403, route.name
        elif role == "attendant" and names_carla(route):
            assert response.status_code == 404, route.name
        else:
            assert response.status_code != 404, route.name
            assert response.status_code < 500, route.name
