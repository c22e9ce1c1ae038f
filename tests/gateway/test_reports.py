"""What WhatsApp reports besides messages, from the stored body to what a person sees."""

import json
from datetime import timedelta

import pytest

from apps.common import clock
from apps.contracts.words import DeliveryStatus, MessageKind
from apps.conversations import selectors as conversations
from apps.conversations.documents import ConsentRecord, Conversation, Customer, Message
from apps.gateway import services
from apps.gateway.documents import AccountHealth, WebhookDelivery
from apps.tenants.models import ChannelAccount
from tests.gateway.payloads import body_of, payload_of
from tests.gateway.product import arrive

pytestmark = pytest.mark.usefixtures("account")


def now_body(name: str, *, ago: timedelta = timedelta()) -> bytes:
    """A recorded body as if it were written just now."""
    payload = payload_of(name)
    stamp = str(int((clock.now() - ago).timestamp()))
    for entry in payload["entry"]:
        for change in entry["changes"]:
            for listed in ("messages", "message_echoes", "user_preferences", "user_id_update"):
                for one in change["value"].get(listed, []):
                    one["timestamp"] = stamp
    return json.dumps(payload).encode()


def take_in(*bodies: bytes) -> None:
    ids = arrive(*bodies)
    services.drain()
    assert [WebhookDelivery.objects(id=one).first().status for one in ids] == ["done"] * len(bodies)


def test_a_new_number_keeps_the_customer_and_moves_the_answer() -> None:
    take_in(now_body("text", ago=timedelta(minutes=1)))

    take_in(now_body("system_user_changed_number"))

    [customer] = Customer.objects
    assert {"wa:5511900000002", "wa:5511900000009", "bsuid:BR.TESTE0000000000000009"} <= set(customer.identities)
    assert Conversation.objects.first().address == "5511900000009"


def test_a_new_user_id_is_the_same_customer() -> None:
    take_in(now_body("text", ago=timedelta(minutes=1)), now_body("field_user_id_update"))

    [customer] = Customer.objects
    assert "bsuid:BR.TESTE0000000000000009" in customer.identities
    assert Conversation.objects.first().address == "5511900000002"


def test_a_preference_is_kept_once_however_often_it_comes() -> None:
    take_in(now_body("text", ago=timedelta(minutes=1)))
    for _ in range(3):
        take_in(body_of("field_user_preferences"))

    [record] = ConsentRecord.objects
    assert (record.scope, record.is_out, record.source) == ("marketing", True, "channel")
    assert Message.objects(kind=MessageKind.SYSTEM.value).count() == 1


def test_what_was_written_on_the_phone_is_stored_once_and_takes_later_statuses() -> None:
    take_in(now_body("text", ago=timedelta(minutes=1)))
    for _ in range(2):
        take_in(now_body("field_smb_message_echoes"))

    status = body_of("status_delivered").decode().replace("wamid.SAIDA0008", "wamid.ECO0001")
    take_in(status.replace('"biz_opaque_callback_data": "conv-1:msg-7",', "").encode())

    [echoed] = Message.objects(external_id="wamid.ECO0001")
    assert echoed.status == DeliveryStatus.DELIVERED.value
    [conversation] = conversations.list_conversations("default").items
    assert conversation.holder.kind == "queue"


def test_news_of_the_account_reach_its_health() -> None:
    payload = payload_of("field_account_update")
    payload["entry"][0]["time"] = int(clock.now().timestamp())

    take_in(json.dumps(payload).encode())

    health = AccountHealth.objects(account="default").first()
    assert health.notices[0]["state"] == "ACCOUNT_RESTRICTION"


def test_news_of_a_template_end_well_even_when_it_is_unknown() -> None:
    take_in(body_of("field_message_template_status_update"))


EIGHT_DAYS = timedelta(days=8)
REPLAYED = (
    "text",
    "field_smb_message_echoes",
    "system_user_changed_number",
    "field_user_preferences",
    "field_user_id_update",
    "status_delivered",
    "reaction",
    "edit",
)


def test_webhooks_of_eight_days_ago_change_nothing_the_second_time(account: ChannelAccount) -> None:
    bodies = [now_body(name, ago=EIGHT_DAYS) for name in REPLAYED]
    take_in(*bodies)
    before = {
        document: [one.to_mongo() for one in document.objects.order_by("id")]
        for document in (Customer, Conversation, Message, ConsentRecord)
    }

    take_in(*bodies)
    take_in(*reversed(bodies))

    for document, rows in before.items():
        assert [one.to_mongo() for one in document.objects.order_by("id")] == rows
