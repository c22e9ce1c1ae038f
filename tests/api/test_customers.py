"""A machine makes two customers one, and parts them again."""

import pytest

from apps.api.services import create_key
from apps.contracts.messages import Analysis
from apps.conversations import selectors, services
from apps.tenants.models import AuditEntry
from tests.api.conftest import Machine
from tests.words import DIEGO, says


@pytest.fixture
def writer(queue) -> Machine:
    return Machine(create_key(tenant_id="default", name="CRM", can_write=True))


def writes(who: str, name: str, **given) -> str:
    """Gives the id of the customer who wrote."""
    message_id = services.receive_message(message=says("Oi", who=who, name=name, **given), analysis=Analysis())
    message = selectors.message(given.get("tenant_id", "default"), message_id)
    return selectors.conversation(given.get("tenant_id", "default"), message.conversation_id).customer_id


@pytest.fixture
def pair() -> tuple[str, str]:
    """Diego, once by his number and once by a user name, with one phone number on both."""
    by_number = writes(DIEGO, "Diego")
    by_name = writes("5583911112222", "Diego P.")
    services.update_customer(tenant_id="default", customer_id=by_name, tags=("obra",))
    return by_number, by_name


def test_a_merge_gives_the_customer_as_it_is_now_and_how_to_undo_it(writer, pair):
    kept, merged = pair

    response = writer.post(f"customers/{kept}/merge", {"customer_id": merged})

    assert response.status_code == 201
    assert response.json()["customer"]["tags"] == ["obra"]
    identity = writer.get(f"customers/{kept}/identity").json()
    assert [one["merged_name"] for one in identity["merges"]] == ["Diego P."]
    undone = writer.post(f"customers/{kept}/undo-merge", {"merge_id": response.json()["merge_id"]})
    assert undone.status_code == 200
    assert undone.json()["tags"] == []
    assert {one.action for one in AuditEntry.objects.all()} == {"merged", "unmerged"}


def test_a_merged_customer_is_found_as_the_one_it_is_part_of(writer, pair):
    kept, merged = pair
    writer.post(f"customers/{kept}/merge", {"customer_id": merged})

    assert writer.get(f"customers/{merged}").json()["id"] == kept
    assert [one["id"] for one in writer.get("customers").json()["results"]] == [kept]


def test_a_refused_merge_says_why(writer, pair):
    kept, merged = pair
    writer.post(f"customers/{kept}/merge", {"customer_id": merged})

    again = writer.post(f"customers/{kept}/merge", {"customer_id": merged})

    assert again.status_code == 409
    assert again.json()["error"] == {
        "code": "merge_refused",
        "message": "Estes dois cadastros já são um só.",
        "fields": {},
    }


def test_the_neighbours_customer_is_not_there_to_be_merged(writer, pair):
    theirs = writes(DIEGO, "Diego", tenant_id="vizinha", account="vizinha-wa")

    response = writer.post(f"customers/{pair[0]}/merge", {"customer_id": theirs})

    assert response.status_code == 409
    assert "não existe" in response.json()["error"]["message"]
    assert selectors.customer("vizinha", theirs).identities == (f"wa:{DIEGO}",)


def test_only_a_merge_of_this_customer_is_undone_here(writer, pair):
    kept, merged = pair
    other = writes("5583933334444", "Bia")
    merge_id = writer.post(f"customers/{kept}/merge", {"customer_id": merged}).json()["merge_id"]

    assert writer.post(f"customers/{other}/undo-merge", {"merge_id": merge_id}).status_code == 404


def test_what_the_customer_accepts_is_told_with_its_history(writer, pair):
    message = says("SAIR", who=DIEGO)
    services.receive_message(message=message, analysis=Analysis(intent="opt_out"))

    identity = writer.get(f"customers/{pair[0]}/identity").json()

    assert identity["customer"]["opted_out_at"] is not None
    assert [(one["scope"], one["is_out"], one["external_id"]) for one in identity["consents"]] == [
        ("all", True, message.external_id)
    ]
