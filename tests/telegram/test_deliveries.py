"""How the stand-in delivers updates: by the secret, until somebody takes them, and not always in order."""

from collections.abc import Iterator

import httpx
import pytest

from apps.simulator.telegram.account import Customer
from apps.simulator.telegram.standin import TelegramStandIn
from tests.telegram.keeper import UpdateKeeper

SECRET = "segredo_A-1"


@pytest.fixture
def keeper(vendor: TelegramStandIn, client: httpx.Client) -> Iterator[UpdateKeeper]:
    with UpdateKeeper() as kept:
        params = {"url": kept.url, "secret_token": SECRET, "allowed_updates": ["message", "message_reaction"]}
        assert client.post("setWebhook", json=params).status_code == 200
        yield kept


def numbers(keeper: UpdateKeeper) -> list[int]:
    return [update["update_id"] for update in keeper.updates()]


def test_every_update_shows_the_secret(vendor: TelegramStandIn, keeper: UpdateKeeper, joana: Customer) -> None:
    keeper.wait_for(1)

    assert keeper.requests[0].headers["x-telegram-bot-api-secret-token"] == SECRET
    assert keeper.updates()[0]["message"]["text"] == "oi"


def test_an_update_comes_again_until_somebody_takes_it(
    vendor: TelegramStandIn, client: httpx.Client, keeper: UpdateKeeper, joana: Customer
) -> None:
    keeper.wait_for(1)
    keeper.answers += [500, 503]

    vendor.write(joana, "de novo")
    keeper.wait_for(4)

    assert len(set(numbers(keeper)[1:])) == 1
    assert vendor.platform.courier.last_error is not None


def test_updates_can_overtake_one_another(vendor: TelegramStandIn, keeper: UpdateKeeper, joana: Customer) -> None:
    keeper.wait_for(1)

    def three() -> None:
        vendor.platform.courier.holds = True
        for text in ("um", "dois", "três"):
            vendor.handset.write(joana, text)
        vendor.platform.courier.release(backwards=True)

    vendor.run(three)
    keeper.wait_for(4)

    assert sorted(numbers(keeper)[1:]) != numbers(keeper)[1:]


def test_what_was_not_asked_for_is_not_delivered(
    vendor: TelegramStandIn, client: httpx.Client, keeper: UpdateKeeper, joana: Customer
) -> None:
    vendor.run(lambda: vendor.handset.block(joana))
    vendor.write(joana, "voltei")
    keeper.wait_for(2)

    assert {"message"} == {key for update in keeper.updates() for key in update if key != "update_id"}


def test_what_waits_goes_to_the_webhook_that_comes(vendor: TelegramStandIn, client: httpx.Client) -> None:
    vendor.write(Customer(1, "Joana"), "alguém aí?")
    assert client.get("getWebhookInfo").json()["result"]["pending_update_count"] == 1

    with UpdateKeeper() as keeper:
        client.post("setWebhook", json={"url": keeper.url})
        keeper.wait_for(1)

    assert keeper.updates()[0]["message"]["text"] == "alguém aí?"
