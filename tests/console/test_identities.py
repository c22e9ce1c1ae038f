"""The customer's pane offers to join two customers who are one, and shows what they accept."""

import pytest

from apps.contracts.messages import Analysis
from apps.conversations import selectors, services
from apps.conversations.documents import Customer
from apps.conversations.selectors.people import merges_of
from apps.tenants.models import AuditEntry
from tests.words import says

CARLA = "5583988888888"
OTHER = "5583977776666"


def page(client, conversation_id: str) -> str:
    response = client.get(f"/console/conversations/{conversation_id}/")
    assert response.status_code == 200
    return response.content.decode()


def customer_id(conversation_id: str) -> str:
    return selectors.conversation("default", conversation_id).customer_id


@pytest.fixture
def twin(held_by_ana) -> str:
    """Carla also wrote from another number, and both records name one phone; gives the other customer."""
    message = says("Oi", who=OTHER, name="Carla M.", account="simulator-default")
    services.receive_message(message=message, analysis=Analysis())
    twin = Customer.objects(identities=f"wa:{OTHER}").first()
    Customer.objects(id=twin.id).update_one(set__phone=CARLA)
    return str(twin.id)


def test_who_seems_the_same_is_offered_and_joined_after_a_question(signed_in, ana, held_by_ana, twin):
    client = signed_in(ana)
    address = f"/console/conversations/{held_by_ana}/merge/{twin}/"
    html = page(client, held_by_ana)
    assert "Parece ser a mesma pessoa" in html
    assert address in html

    assert "Juntar os dois clientes?" in client.get(address).content.decode()
    assert merges_of("default", customer_id(held_by_ana)) == []
    client.post(address)

    html = page(client, held_by_ana)
    assert "Parece ser a mesma pessoa" not in html
    assert "Juntado com Carla M." in html
    assert "Ana juntou este cliente com Carla M." in html
    assert "+55 83 97777-6666" in html
    assert AuditEntry.objects.get(action="merged").actor_name == "Ana"


def test_it_is_undone_after_a_question(signed_in, ana, held_by_ana, twin):
    client = signed_in(ana)
    client.post(f"/console/conversations/{held_by_ana}/merge/{twin}/")
    [made] = merges_of("default", customer_id(held_by_ana))
    address = f"/console/conversations/{held_by_ana}/part/{made.id}/"
    assert address in page(client, held_by_ana)

    assert "Separar Carla M. de novo?" in client.get(address).content.decode()
    client.post(address)

    assert merges_of("default", customer_id(held_by_ana)) == []
    assert selectors.customer("default", twin).id == twin


def test_who_is_somebody_else_is_not_offered_again(signed_in, ana, held_by_ana, twin):
    client = signed_in(ana)

    client.post(f"/console/conversations/{held_by_ana}/keep-apart/{twin}/")

    assert "Parece ser a mesma pessoa" not in page(client, held_by_ana)


def test_a_refusal_is_said(signed_in, ana, held_by_ana, twin):
    services.receive_message(
        message=says("quero uma pessoa", who=OTHER, account="simulator-default"), analysis=Analysis(wants_person=True)
    )
    client = signed_in(ana)

    response = client.post(f"/console/conversations/{held_by_ana}/merge/{twin}/", follow=True)

    assert "Encerre uma delas antes" in response.content.decode()
    assert merges_of("default", customer_id(held_by_ana)) == []


def test_nobody_joins_a_customer_that_was_not_offered(signed_in, ana, held_by_ana):
    message = says("Oi", who="5583911112222", name="Bia", account="simulator-default")
    services.receive_message(message=message, analysis=Analysis())
    bia = Customer.objects(identities="wa:5583911112222").first()

    assert signed_in(ana).post(f"/console/conversations/{held_by_ana}/merge/{bia.id}/").status_code == 404
    assert Customer.objects(merged_into__nin=["", None]).count() == 0


def test_nobody_joins_customers_of_a_conversation_they_may_not_see(signed_in, bruno, vera, held_by_ana, twin):
    for outsider in (bruno, vera):
        response = signed_in(outsider).post(f"/console/conversations/{held_by_ana}/merge/{twin}/")
        assert response.status_code in (403, 404)

    assert merges_of("default", customer_id(held_by_ana)) == []


def test_the_pane_shows_when_the_customer_left_and_came_back(signed_in, ana, held_by_ana):
    client = signed_in(ana)
    assert "Aceita mensagens" in page(client, held_by_ana)
    for text, intent in (("SAIR", "opt_out"), ("VOLTAR", "opt_in"), ("SAIR", "opt_out")):
        services.receive_message(
            message=says(text, who=CARLA, account="simulator-default"), analysis=Analysis(intent=intent)
        )

    html = page(client, held_by_ana)

    assert "Pediu para não receber, em" in html
    assert html.count("pediu para sair") == 2
    assert "voltou" in html
