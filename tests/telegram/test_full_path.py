"""An update on its whole way: posted to the real webhook, stored, answered, sent; beside a neighbour who hears nothing."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from apps.common import clock
from apps.contracts.channels import ManagedChannel
from apps.contracts.content import Choice, Content, text_content
from apps.contracts.messages import InboundMessage
from apps.contracts.people import ChannelAccountValue
from apps.contracts.words import Author, DeliveryStatus, MessageKind
from apps.conversations.documents import Conversation, Customer, Message
from apps.conversations.services import add_reply
from apps.events.documents import EventRecord
from apps.gateway import services
from apps.gateway.channels.registry import adapter_for
from apps.gateway.documents import WebhookDelivery
from apps.gateway.webhook import WebhookApplication
from apps.simulator.standin import ServerThread
from apps.simulator.telegram.account import BotAccount
from apps.simulator.telegram.standin import TelegramStandIn
from apps.tenants.selectors import webhook_accounts
from tests.channels.telegram_kit import JOANA
from tests.tenants.factories import make_account, make_tenant

pytestmark = pytest.mark.usefixtures("stores")
PATIENCE_SECONDS = 15
LONG_ID = "pedido:" + "x" * 100


@dataclass
class Business:
    """One tenant with an account, and the vendor's side of it."""

    tenant_id: str
    slug: str
    vendor: TelegramStandIn

    @property
    def account(self) -> ChannelAccountValue:
        return webhook_accounts()[self.slug]

    def conversation(self) -> Conversation:
        found: list[Conversation] = list(Conversation.objects(tenant_id=self.tenant_id))
        (one,) = found
        return one

    def messages(self, direction: str = "inbound") -> list[Message]:
        return list(Message.objects(tenant_id=self.tenant_id, direction=direction).order_by("seq"))

    def reply(self, content: Content | str) -> Message:
        """Queue what the business says and send what is queued."""
        message_id = add_reply(
            tenant_id=self.tenant_id,
            conversation_id=str(self.conversation().id),
            author=Author.SYSTEM,
            content=text_content(content) if isinstance(content, str) else content,
        )
        services.deliver(tenant_id=self.tenant_id, conversation_id=str(self.conversation().id))
        (sent,) = self.messages("outbound")[-1:]
        assert str(sent.id) == message_id
        return sent

    def texts(self) -> list[str]:
        return [sent.result["text"] for sent in self.vendor.accepted if sent.method == "sendMessage"]


class Lifespan:
    """The webhook with the lifespan that the web process gives it."""

    def __init__(self, application: WebhookApplication) -> None:
        self._application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await self._application(scope, receive, send)
            return
        await receive()
        await self._application.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._application.stop()
        await send({"type": "lifespan.shutdown.complete"})


@pytest.fixture
def businesses() -> Iterator[tuple[Business, Business]]:
    """Urbana and its neighbour, each with an account of its own, at the same vendor's door."""
    with (
        TelegramStandIn(account=BotAccount(token="800000001:AAchave-da-urbana-de-teste-000001")) as first,
        TelegramStandIn(account=BotAccount(token="800000002:AAchave-da-vizinha-de-teste-00001")) as second,
    ):
        found = Business("default", "robo", first), Business("vizinha", "robo-vizinho", second)
        for one in found:
            make_tenant(one.tenant_id)
            make_account(
                one.slug,
                tenant_id=one.tenant_id,
                kind="telegram",
                phone_number_id="",
                access_token=one.vendor.account.token,
                app_secret="",
                verify_token=f"segredo-{one.slug}",
                messages_per_second=0,
                pair_interval_seconds=0,
                settings={"api_url": one.vendor.api_url},
            )
        known = webhook_accounts()
        web = ServerThread(Lifespan(WebhookApplication(accounts=lambda: known, wake=lambda: None)))
        web.start()
        adapter = adapter_for("telegram")
        assert isinstance(adapter, ManagedChannel)
        for one in found:
            adapter.subscribe(one.account, callback_url=f"{web.url}/webhooks/telegram/{one.slug}")
        yield found
        web.stop()


@pytest.fixture
def urbana(businesses: tuple[Business, Business]) -> Business:
    return businesses[0]


@pytest.fixture
def neighbour(businesses: tuple[Business, Business]) -> Business:
    return businesses[1]


def take_in(count: int) -> None:
    """Wait until the webhook has stored so many bodies in all, and ingest them."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while WebhookDelivery.objects.count() < count:
        assert time.monotonic() < deadline, "the vendor's updates did not arrive"
        time.sleep(0.01)
    services.drain()


def received() -> list[InboundMessage]:
    records = EventRecord.objects(type="message.received").order_by("id")
    return [InboundMessage.model_validate(record.data["message"]) for record in records]


def test_a_customer_writes_and_is_answered(urbana: Business, neighbour: Business) -> None:
    urbana.vendor.write(JOANA, "Quanto custa o Decor Interiores?")
    take_in(1)

    reply = urbana.reply("A partir de *R$ 1.900*.")

    assert urbana.texts() == ["A partir de R$ 1.900."]
    assert (reply.status, reply.external_id) == (DeliveryStatus.SENT.value, urbana.vendor.accepted[-1].key)
    assert [message.content["text"] for message in urbana.messages()] == ["Quanto custa o Decor Interiores?"]
    assert urbana.conversation().window_expires_at.year > clock.now().year + 50, "there is no window to close"
    assert (neighbour.texts(), neighbour.messages()) == ([], [])


def test_the_neighbours_updates_and_secrets_open_nothing_here(urbana: Business, neighbour: Business) -> None:
    neighbour.vendor.write(JOANA, "Oi, vizinha!")
    take_in(1)
    registered = urbana.vendor.platform.courier.registration
    update = {"update_id": 1, "message": {}}
    answers = [
        httpx.post(registered.url, json=update, headers=headers).status_code
        for headers in (
            {"X-Telegram-Bot-Api-Secret-Token": "segredo-robo-vizinho"},
            {"X-Telegram-Bot-Api-Secret-Token": ""},
            {},
        )
    ]
    answers.append(httpx.get(registered.url).status_code)

    assert answers == [403] * 4
    assert [message.content["text"] for message in neighbour.messages()] == ["Oi, vizinha!"]
    assert Conversation.objects(tenant_id="default").count() == 0
    assert {row.tenant_id for row in Customer.objects} == {"vizinha"}


def test_the_same_person_is_a_customer_of_each_business_apart(urbana: Business, neighbour: Business) -> None:
    urbana.vendor.write(JOANA, "oi, Urbana")
    neighbour.vendor.write(JOANA, "oi, Vizinha")
    take_in(2)

    urbana.reply("Olá da Urbana")
    neighbour.reply("Olá da Vizinha")

    assert (urbana.texts(), neighbour.texts()) == (["Olá da Urbana"], ["Olá da Vizinha"])


def test_an_update_delivered_again_is_one_message(urbana: Business) -> None:
    update = urbana.vendor.write(JOANA, "oi")
    take_in(1)

    for _ in range(3):
        urbana.vendor.run(lambda: urbana.vendor.platform.courier.repeat(update))
    take_in(4)

    assert WebhookDelivery.objects.count() == 4
    assert len(urbana.messages()) == 1


def test_updates_that_overtake_one_another_stand_in_their_order(urbana: Business) -> None:
    def three() -> None:
        courier = urbana.vendor.platform.courier
        courier.holds = True
        for text in ("um", "dois", "três"):
            urbana.vendor.handset.write(JOANA, text)
        courier.release(backwards=True)

    urbana.vendor.run(three)
    take_in(3)

    thread = Message.objects(tenant_id="default").order_by("order")
    assert [message.content["text"] for message in thread] == ["um", "dois", "três"]


def test_a_tap_brings_back_the_id_that_did_not_fit_and_is_acknowledged(urbana: Business) -> None:
    urbana.vendor.write(JOANA, "oi")
    take_in(1)
    choices = (Choice(id=LONG_ID, title="Este"), Choice(id="outro", title="Outro"))
    offer = urbana.reply(Content(kind=MessageKind.BUTTONS, text="Qual?", choices=choices))
    number = int(offer.external_id.partition(":")[2])
    data = urbana.vendor.accepted[-1].params["reply_markup"]["inline_keyboard"][0][0]["callback_data"]

    urbana.vendor.run(lambda: urbana.vendor.handset.tap(JOANA, number, data))
    take_in(2)
    services.acknowledge(message=received()[-1])

    tap = urbana.messages()[-1]
    assert len(data.encode()) <= 64
    assert (tap.content["choice"]["id"], tap.content["text"], tap.replies_to) == (LONG_ID, "Este", offer.external_id)
    assert len(urbana.vendor.platform.answered_queries) == 1


def test_an_edit_changes_what_was_written(urbana: Business) -> None:
    update = urbana.vendor.write(JOANA, "quero a sala")
    take_in(1)

    urbana.vendor.run(lambda: urbana.vendor.handset.edit(JOANA, update["message"]["message_id"], "quero o quarto"))
    take_in(2)

    assert "quero o quarto" in json.dumps([row.content for row in urbana.messages()], ensure_ascii=False)
    assert len([row for row in urbana.messages() if row.kind == "text"]) == 1


def test_who_blocks_the_account_is_opted_out_until_they_come_back(urbana: Business) -> None:
    urbana.vendor.write(JOANA, "oi")
    urbana.vendor.run(lambda: urbana.vendor.handset.block(JOANA))
    take_in(2)
    blocked = Customer.objects(tenant_id="default").first().opted_out_at

    urbana.vendor.run(lambda: urbana.vendor.handset.unblock(JOANA))
    take_in(3)

    assert blocked is not None
    assert Customer.objects(tenant_id="default").first().opted_out_at is None


def test_a_send_whose_outcome_nobody_knows_is_left_to_a_person(urbana: Business) -> None:
    """The vendor never reports: its silence is no evidence, so the text is not sent twice."""
    urbana.vendor.write(JOANA, "oi")
    take_in(1)
    urbana.vendor.fail_next("502_after")
    reply = urbana.reply("Olá, Joana!")
    assert reply.status == DeliveryStatus.UNCONFIRMED.value

    Message.objects(id=reply.id).update_one(set__claimed_at=clock.now().replace(year=2020))
    services.reconcile()

    assert Message.objects(id=reply.id).first().status == DeliveryStatus.UNKNOWN.value
    assert urbana.texts() == ["Olá, Joana!"]


def test_a_picture_is_fetched_without_its_address_ever_being_kept(
    urbana: Business, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    picture = b"\x89PNG\r\n\x1a\n" + b"x" * 100
    urbana.vendor.run(lambda: urbana.vendor.handset.send_file(JOANA, "photo", picture, caption="a sala"))
    take_in(1)

    services.fetch_media(message=received()[0])

    (message,) = urbana.messages()
    assert (tmp_path / message.content["media"]["file"]).read_bytes() == picture
    assert urbana.vendor.account.token not in json.dumps(message.to_mongo().to_dict(), default=str)


def test_a_stranger_in_a_group_is_nobodys_customer(urbana: Business) -> None:
    group = {"id": -1001, "type": "supergroup", "title": "Vizinhos"}
    about = {"message_id": 5, "date": int(time.time()), "chat": group, "from": JOANA.as_user(), "text": "oi"}

    urbana.vendor.run(lambda: urbana.vendor.platform.emit("message", about))
    take_in(1)

    assert WebhookDelivery.objects.first().status == "done"
    assert Conversation.objects.count() == 0
