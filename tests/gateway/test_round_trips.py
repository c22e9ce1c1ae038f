"""How often the ingest asks the store, counted at the driver: what a message costs must not grow with what waits."""

import json
from collections.abc import Iterator

import mongoengine
import pytest
from pymongo import monitoring
from pymongo.monitoring import CommandFailedEvent, CommandStartedEvent, CommandSucceededEvent

from apps.common import mongo
from apps.conversations.documents import Message
from apps.gateway import services
from apps.gateway.documents import WebhookDelivery
from tests.gateway.asgi import text_webhook
from tests.gateway.payloads import payload_of
from tests.gateway.product import arrive

pytestmark = pytest.mark.usefixtures("account")

#: Find the customer and the conversation, advance it, insert the message, look for what it may change.
MOST_PER_MESSAGE = 5
#: Find and read the bodies; mark them, insert the events, commit.
MOST_PER_DRAIN, MOST_PER_TRANSACTION = 2, 3


class Counter(monitoring.CommandListener):
    def __init__(self) -> None:
        self.commands: list[str] = []

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name not in ("endSessions", "hello", "ping"):
            self.commands.append(event.command_name)

    def succeeded(self, event: CommandSucceededEvent) -> None: ...

    def failed(self, event: CommandFailedEvent) -> None: ...


@pytest.fixture
def asked(stores: None) -> Iterator[list[str]]:
    """Everything that this process asks MongoDB from now on."""
    counter = Counter()
    monitoring.register(counter)
    mongoengine.disconnect()
    mongo.connect()
    yield counter.commands
    monitoring._LISTENERS.command_listeners.remove(counter)
    mongoengine.disconnect()
    mongo.connect()


def phone(customer: int) -> str:
    return f"55839{88880000 + customer}"


def known_customers(count: int) -> None:
    arrive(*[text_webhook(0, phone=phone(customer)) for customer in range(count)])
    services.drain()


@pytest.mark.parametrize("waiting", [1, 8, 19])
def test_a_message_costs_the_same_few_round_trips_however_many_wait(asked: list[str], waiting: int) -> None:
    known_customers(waiting)
    arrive(*[text_webhook(1, phone=phone(customer)) for customer in range(waiting)])
    asked.clear()

    services.drain()

    transactions = asked.count("commitTransaction")
    assert transactions == -(-waiting // 8)
    assert len(asked) <= waiting * MOST_PER_MESSAGE + MOST_PER_DRAIN + transactions * MOST_PER_TRANSACTION
    assert Message.objects(direction="inbound").count() == waiting * 2


def test_a_message_costs_the_same_in_a_long_conversation(asked: list[str]) -> None:
    counts = []
    for number in range(30):
        arrive(text_webhook(number))
        asked.clear()
        services.drain()
        counts.append(len(asked))

    assert counts[-1] == counts[1]


def test_statuses_of_one_drain_share_their_commit(asked: list[str]) -> None:
    bodies = []
    for number in range(6):
        payload = payload_of("status_delivered")
        status = payload["entry"][0]["changes"][0]["value"]["statuses"][0]
        status["id"] = f"wamid.SAIDA{number}"
        status.pop("biz_opaque_callback_data")
        bodies.append(json.dumps(payload).encode())
    arrive(*bodies)
    asked.clear()

    services.drain()

    assert asked.count("commitTransaction") == 1
    assert asked.count("insert") == 2
    assert WebhookDelivery.objects(status="done").count() == 6


def test_one_duplicate_in_company_changes_nothing_for_its_neighbours() -> None:
    arrive(text_webhook(1, phone=phone(1)))
    services.drain()
    arrive(*[text_webhook(1, phone=phone(customer)) for customer in range(4)])

    services.drain()

    assert Message.objects(direction="inbound").count() == 4
    assert WebhookDelivery.objects(status="done").count() == 5
