"""Delivery statuses, on time or as badly as ordered (protocols/whatsapp.md §4)."""

import httpx

from apps.simulator.meta.media import StoredFile, new_media_id
from apps.simulator.meta.platform import Pace
from apps.simulator.phone.changes import PhoneCustomer
from apps.simulator.standin import MetaStandIn
from tests.simulator.conftest import APP_SECRET
from tests.simulator.test_faults import CARLA, send
from tests.simulator.test_rules import body
from tests.simulator.test_sending import NUMBER
from tests.simulator.test_templates import RIGHT
from tests.simulator.webhook_keeper import WebhookKeeper


def states(product: WebhookKeeper) -> list[str]:
    return [str(status["status"]) for status in product.statuses()]


def test_statuses_can_be_lost(
    graph: httpx.Client, meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer
) -> None:
    meta.spoil_statuses("lost")
    send(graph)
    meta.spoil_statuses("")
    kept = send(graph).json()["messages"][0]["id"]

    product.wait_for(statuses=3)
    assert {status["id"] for status in product.statuses()} == {kept}


def test_statuses_can_come_late(
    graph: httpx.Client, meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer
) -> None:
    meta.spoil_statuses("late", late_seconds=3600)
    late = send(graph).json()["messages"][0]["id"]
    meta.spoil_statuses("late", late_seconds=0.2)
    less = send(graph).json()["messages"][0]["id"]

    product.wait_for(statuses=3)
    assert {status["id"] for status in product.statuses()} == {less} != {late}


def test_statuses_can_come_in_the_wrong_order(product: WebhookKeeper) -> None:
    pace = Pace(answer_seconds=0, sent_seconds=0.01, delivered_seconds=0.3, read_seconds=0.6)
    with MetaStandIn(webhook_url=product.url, app_secret=APP_SECRET, pace=pace) as meta:
        meta.spoil_statuses("reordered")
        headers = {"Authorization": f"Bearer {meta.account.access_token}"}
        with httpx.Client(base_url=f"{meta.graph_url}/v26.0", headers=headers) as graph:
            send(graph)

        product.wait_for(statuses=3)

    assert states(product) == ["read", "delivered", "sent"]


def test_statuses_can_come_twice(graph: httpx.Client, meta: MetaStandIn, product: WebhookKeeper) -> None:
    meta.spoil_statuses("doubled")
    send(graph)

    product.wait_for(statuses=6)
    assert sorted(states(product)) == ["delivered", "delivered", "read", "read", "sent", "sent"]


def test_a_template_is_billed_by_its_category(graph: httpx.Client, product: WebhookKeeper) -> None:
    graph.post(f"/{NUMBER}/messages", json=RIGHT["positional"])
    graph.post(f"/{NUMBER}/messages", json=RIGHT["text header"])

    product.wait_for(statuses=6)
    assert {status["pricing"]["category"] for status in product.statuses()} == {"utility", "marketing"}
    assert all(status["pricing"]["pricing_model"] == "PMP" for status in product.statuses())


def test_a_reaction_is_only_ever_sent(
    graph: httpx.Client, meta: MetaStandIn, product: WebhookKeeper, carla: PhoneCustomer
) -> None:
    wamid = meta.write(carla, "x")
    reaction = {"message_id": wamid, "emoji": "👍"}
    graph.post(
        f"/{NUMBER}/messages",
        json={"messaging_product": "whatsapp", "to": CARLA, "type": "reaction", "reaction": reaction},
    )
    last = send(graph).json()["messages"][0]["id"]

    product.wait_for(statuses=4)
    assert states(product).count("sent") == 2
    assert {status["id"] for status in product.statuses() if status["status"] != "sent"} == {last}
    assert meta.platform.world.messages[wamid].emoji == "👍"


def test_delivered_may_be_skipped(graph: httpx.Client, meta: MetaStandIn, product: WebhookKeeper) -> None:
    meta.spoil_statuses("skipped")
    send(graph)
    meta.spoil_statuses("")
    send(graph)

    product.wait_for(statuses=5)
    assert sorted(states(product)) == ["delivered", "read", "read", "sent", "sent"]


def test_a_failure_may_turn_out_to_be_none(product: WebhookKeeper) -> None:
    pace = Pace(answer_seconds=0, sent_seconds=0.01, delivered_seconds=0.3)
    with MetaStandIn(webhook_url=product.url, app_secret=APP_SECRET, pace=pace) as meta:
        meta.spoil_statuses("revived")
        headers = {"Authorization": f"Bearer {meta.account.access_token}"}
        with httpx.Client(base_url=f"{meta.graph_url}/v26.0", headers=headers) as graph:
            send(graph)

        product.wait_for(statuses=2)

    assert states(product) == ["failed", "delivered"]


def test_a_voice_note_is_reported_as_played(graph: httpx.Client, meta: MetaStandIn, product: WebhookKeeper) -> None:
    recording = StoredFile(new_media_id(), "audio/ogg", b"OggS" + bytes(24) + b"OpusHead")
    meta.platform.shelf.put(recording)
    graph.post(f"/{NUMBER}/messages", json=body("audio", {"id": recording.id, "voice": True}))

    product.wait_for(statuses=4)
    assert sorted(states(product)) == ["delivered", "played", "read", "sent"]
