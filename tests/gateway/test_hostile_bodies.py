"""Signed bodies that nobody should have signed: kept or stored, never an exception, never somebody else's (S3, S4)."""

import json
from datetime import timedelta
from typing import Any

import pytest

from apps.common import clock, redis
from apps.conversations.documents import Conversation, Customer, Message
from apps.gateway import services
from apps.gateway.documents import WebhookDelivery
from tests.gateway.asgi import text_webhook
from tests.gateway.payloads import payload_of
from tests.gateway.product import arrive

pytestmark = pytest.mark.usefixtures("account")

CARLA, STRANGER = "5583988888888", "5511977776666"
OPERATORS: tuple[Any, ...] = (
    {"$ne": ""},
    {"$gt": ""},
    {"$where": "sleep(10000)"},
    {"$regex": ".*"},
    ["$expr", {"$ne": [1, 2]}],
    "$from",
    {"a.b": {"$set": {"tenant_id": "vizinha"}}},
)
PLACES = ("from", "id", "timestamp", "type", "text", "text.body", "context", "context.id", "referral")


def with_part(place: str, value: Any) -> bytes:
    payload = json.loads(text_webhook(5, phone=STRANGER))
    target = payload["entry"][0]["changes"][0]["value"]["messages"][0]
    *parents, last = place.split(".")
    for parent in parents:
        target = target.setdefault(parent, {})
    target[last] = value
    return json.dumps(payload).encode()


def number_in(body: bytes, digits: str) -> bytes:
    return body.replace(b'"1795357201"', digits.encode())


STRANGE = {
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"entry":' * 50_000,
    "closed deep objects": b'{"entry":' * 3_000 + b"1" + b"}" * 3_000,
    "no UTF-8": text_webhook(5).replace(b"mensagem", b"\xff\xfe\xc0\xaf"),
    "UTF-16": text_webhook(5).decode().encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf" + text_webhook(5),
    "NUL in a text": text_webhook(5).replace(b"mensagem", rb"a\u0000b"),
    "NUL in an id": text_webhook(5).replace(b"wamid.", rb"wamid.\u0000"),
    "NUL in a key": text_webhook(5).replace(b'"timestamp"', rb'"\u0000": 1, "timestamp"'),
    "lone surrogates": text_webhook(5).replace(b"Carla", rb"\ud83d\ud83d").replace(b"mensagem", rb"\udc00"),
    "a lone surrogate in an id": text_webhook(5).replace(b"wamid.", rb"wamid.\ud800"),
    "a number of 5,000 digits": number_in(text_webhook(5), "9" * 5_000),
    "a time beyond all years": number_in(text_webhook(5), "99999999999999"),
    "a time before all years": number_in(text_webhook(5), "-99999999999999"),
    "more than a float holds": number_in(text_webhook(5), "1e999"),
    "no number": number_in(text_webhook(5), "NaN"),
    "infinity": number_in(text_webhook(5), "-Infinity"),
    "the same key twice": text_webhook(5).replace(b'"from":', b'"from": "5511900000009", "from":'),
    "keys of our store": text_webhook(5).replace(b'"timestamp"', b'"$set": {"a": 1}, "a.b": 2, "timestamp"'),
    "a million keys": b'{"entry":[' + b",".join(b'{"id":"%d"}' % number for number in range(50_000)) + b"]}",
    "nothing": b"",
    "no object": b'"entry"',
}


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_body_is_stored_or_kept_and_the_next_customer_is_served(name: str) -> None:
    arrive(STRANGE[name], text_webhook(1, phone=CARLA))

    services.drain()

    assert WebhookDelivery.objects(status="received").count() == 0
    assert Message.objects(text="mensagem 1", customer_id=str(customer(CARLA).id)).count() == 1


@pytest.mark.parametrize("place", PLACES)
def test_operators_in_any_field_are_text_or_nothing(place: str) -> None:
    arrive(text_webhook(1, phone=CARLA))
    services.drain()
    before = Conversation.objects.get().to_mongo().to_dict()

    arrive(*[with_part(place, operator) for operator in OPERATORS])
    services.drain()

    assert WebhookDelivery.objects(status="received").count() == 0
    after = Conversation.objects.get(id=before["_id"]).to_mongo().to_dict()
    assert after == before, "Carla's conversation was reached by somebody else's webhook"
    assert {row.tenant_id for row in Message.objects} == {"default"}


def test_operators_in_a_status_reach_no_message() -> None:
    arrive(text_webhook(1, phone=CARLA))
    services.drain()
    before = [row.to_mongo().to_dict() for row in Message.objects]
    bodies = []
    for place in ("id", "status", "recipient_id", "timestamp", "biz_opaque_callback_data", "errors"):
        for operator in OPERATORS:
            payload = payload_of("status_delivered")
            payload["entry"][0]["changes"][0]["value"]["statuses"][0][place] = operator
            bodies.append(json.dumps(payload).encode())

    arrive(*bodies)
    services.drain()

    assert WebhookDelivery.objects(status="received").count() == 0
    assert [row.to_mongo().to_dict() for row in Message.objects] == before


# -- F16: clocks ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("timestamp", [0, 1, 4_102_444_800])
def test_a_message_from_1970_or_the_far_future_is_stored_and_shown(timestamp: int) -> None:
    arrive(text_webhook(1, phone=CARLA, timestamp=timestamp))

    services.drain()

    (message,) = Message.objects
    (conversation,) = Conversation.objects
    assert message.text == "mensagem 1"
    assert conversation.last_message_at <= clock.now() + timedelta(days=1)
    assert conversation.window_expires_at is None or conversation.window_expires_at <= clock.now() + timedelta(hours=25)


# -- F11: duplicates -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("days", [7, 8, 29])
def test_the_same_webhook_days_later_changes_nothing(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    arrive(text_webhook(1, phone=CARLA))
    services.drain()
    before = Conversation.objects.get().to_mongo().to_dict()
    later = clock.now() + timedelta(days=days)
    monkeypatch.setattr(clock, "now", lambda: later)
    # The bodies are kept for 30 days; what recognises a message must not depend on them.
    WebhookDelivery.objects.delete()

    arrive(text_webhook(1, phone=CARLA), text_webhook(1, phone=CARLA))
    services.drain()

    assert Message.objects.count() == 1
    assert Conversation.objects.get().to_mongo().to_dict() == before


def test_the_same_webhook_after_redis_forgot_everything_changes_nothing() -> None:
    arrive(text_webhook(1, phone=CARLA))
    services.drain()
    for key in redis.client().scan_iter(match=redis.key("*")):
        redis.client().delete(key)

    arrive(*[text_webhook(1, phone=CARLA)] * 3)
    services.drain()

    assert Message.objects.count() == 1
    assert WebhookDelivery.objects(status="done").count() == 4


def customer(phone: str) -> Customer:
    return Customer.objects(phone__endswith=phone[-8:]).first()
