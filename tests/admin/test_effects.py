"""What an administrator saves is what the next customer and the next attendant meet: one test per editor of a business."""

from collections.abc import Iterator

import pytest
from django.test import Client

from apps.common.mongo import atomic
from apps.contracts.content import text_content
from apps.contracts.conversations import ConversationValue, MessageValue
from apps.contracts.events import MessageReceived
from apps.contracts.words import Author
from apps.conversations import selectors as conversations
from apps.conversations.services import add_reply
from apps.events.delivery import deliver
from apps.events.documents import EventRecord
from apps.events.services import publish
from apps.gateway.services import deliver as deliver_outbound
from apps.simulator.standin import DEFAULT_TOKEN, MetaStandIn
from apps.tenants import models
from apps.tenants import selectors as tenants
from tests.admin.conftest import enter
from tests.admin.test_editors import inlines, save
from tests.simulator.webhook_keeper import WebhookKeeper
from tests.tenants.factories import make_account, make_attendant, make_queue
from tests.words import says


@pytest.fixture(autouse=True)
def account() -> models.ChannelAccount:
    """The number that customers write to; nothing listens where it sends."""
    return make_account("simulator", graph_url="http://127.0.0.1:9")


def write(text: str, *, who: str = "5583988880001") -> MessageValue:
    """A customer writes, and the pipeline takes the message as far as its conversation."""
    message = says(text, who=who)

    @atomic
    def receive() -> None:
        publish(
            MessageReceived(tenant_id="default", message=message), key=f"in:{message.account}:{message.external_id}"
        )

    receive()
    for record in EventRecord.objects(pending__to="handoff.open_ticket"):
        deliver(str(record.id), "handoff.open_ticket")
    stored = conversations.message_by_external_id("default", "simulator", message.external_id)
    assert stored is not None
    return stored


def conversation_of(message: MessageValue) -> ConversationValue:
    found = conversations.conversation("default", message.conversation_id)
    assert found is not None
    return found


def waiting_for(client: Client) -> str:
    return client.get("/console/?tab=waiting").text


def test_a_new_handoff_phrase_brings_the_next_customer_to_its_queue(admin, projetos):
    before = conversation_of(write("É sobre o código azul", who="5583988880001"))
    assert before.status == "active"

    save(
        admin, "/admin/tenants/handoffrule/add/", name="Gerente", phrases="Código azul!", queue=projetos.pk,
        position=0, is_active="on",
    )  # fmt: skip

    after = conversation_of(write("É sobre o codigo AZUL", who="5583988880002"))
    assert (after.status, after.queue) == ("waiting_human", "projetos")


def test_a_phrase_that_is_switched_off_brings_nobody_any_more(admin, projetos):
    rule = models.HandoffRule.objects.create(tenant=projetos.tenant, name="Gerente", phrases="código azul")
    assert conversation_of(write("código azul", who="5583988880001")).status == "waiting_human"

    save(admin, f"/admin/tenants/handoffrule/{rule.pk}/change/", name="Gerente", phrases="código azul", position=0)

    assert conversation_of(write("código azul", who="5583988880002")).status == "active"


def test_the_queue_marked_as_default_receives_who_asks_for_a_person(admin, projetos):
    make_attendant("ana", projetos)
    assert conversation_of(write("Quero falar com uma pessoa", who="5583988880001")).queue == "projetos"
    shared = {"colour": "q1", "accept_limit_seconds": 600, "unaccepted": "apologise", "wanted_facts": "", "position": 0}
    rows = inlines("hours", "queuemember_set")

    save(
        admin, f"/admin/tenants/queue/{projetos.pk}/change/", name="Projetos", slug="projetos", is_active="on",
        is_always_open="on", **shared, **rows,
    )  # fmt: skip
    save(
        admin, "/admin/tenants/queue/add/", name="Obras", slug="obras", is_active="on", is_default="on",
        is_always_open="on", **shared, **rows,
    )  # fmt: skip

    assert conversation_of(write("Quero falar com uma pessoa", who="5583988880002")).queue == "obras"


def test_an_attendant_who_joins_a_queue_sees_who_waits_there(admin, projetos):
    obras = make_queue("obras")
    ana = make_attendant("ana", obras)
    console = enter(ana.user)
    write("Quero falar com uma pessoa")
    assert "Carla" not in waiting_for(console)

    save(
        admin, f"/admin/tenants/attendant/{ana.pk}/change/", name="Ana", user=ana.user_id, capacity=50, is_active="on",
        **{"queuemember_set-TOTAL_FORMS": 1, "queuemember_set-INITIAL_FORMS": 0, "queuemember_set-0-queue": projetos.pk},
    )  # fmt: skip

    assert "Carla" in waiting_for(console)


def test_a_quick_reply_is_at_hand_in_the_conversation(admin, projetos):
    console = enter(make_attendant("ana", projetos).user)
    conversation = conversation_of(write("Quero falar com uma pessoa"))
    page = f"/console/conversations/{conversation.id}/"
    console.post(f"{page}take/", {"expected": str(conversation.holder)})
    assert "/chave-pix" not in console.get(page).text

    save(
        admin, "/admin/tenants/quickreply/add/", shortcut="chave-pix", title="Pix", body="Oi, {primeiro_nome}! É o CNPJ.",
        queue="", attendant="", is_active="on",
    )  # fmt: skip

    after = console.get(page).text
    assert "/chave-pix" in after
    assert "Oi, Carla! É o CNPJ." in after


def test_a_plugin_that_is_switched_on_reads_the_next_message(admin, projetos):
    assert "bairro" not in str(write("Moro no Catolé").analysis)

    save(admin, "/admin/plugins/pluginsetting/add/", plugin="enricher:neighbourhood", is_enabled="on", settings="{}")

    assert write("Moro no Catolé, e você?").analysis["extra"]["bairro"] == "Catolé"


@pytest.fixture
def meta(account: models.ChannelAccount) -> Iterator[MetaStandIn]:
    with (
        WebhookKeeper() as keeper,
        MetaStandIn(webhook_url=keeper.url, app_secret="the app secret", keeps_calls=True) as stand_in,
    ):
        yield stand_in


def test_the_accounts_new_address_and_token_carry_the_next_reply(admin, projetos, account, meta):
    conversation = conversation_of(write("Oi"))
    say = {"tenant_id": "default", "conversation_id": conversation.id}

    save(
        admin, f"/admin/tenants/channelaccount/{account.pk}/change/", name="WhatsApp", is_active="on",
        phone_number_id=meta.account.phone_number_id, graph_url=meta.graph_url, access_token=DEFAULT_TOKEN,
        messages_per_second=0, pair_interval_seconds=0, settings="{}",
    )  # fmt: skip
    message_id = add_reply(author=Author.SYSTEM, content=text_content("Olá, Carla!"), **say)
    deliver_outbound(**say)

    sent = conversations.message("default", message_id)
    assert sent is not None
    assert sent.status == "sent", sent.error_message
    assert tenants.account("simulator").access_token.get_secret_value() == DEFAULT_TOKEN
