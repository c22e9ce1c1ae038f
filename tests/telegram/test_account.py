"""Connecting an account, and what its health check tells an administrator."""

import httpx
import pytest
from pydantic import SecretStr

from apps.contracts.channels import AccountCheck, ChannelAdapter, ManagedChannel
from apps.contracts.errors import SendError
from apps.contracts.people import ChannelAccountValue
from apps.contracts.words import CheckState
from apps.simulator.telegram.standin import TelegramStandIn
from tests.channels.telegram_kit import JOANA, SECRET, TelegramKit
from tests.telegram.keeper import UpdateKeeper


@pytest.fixture
def channel(adapter: ChannelAdapter) -> ManagedChannel:
    assert isinstance(adapter, ManagedChannel)
    return adapter


def looked_at(channel: ManagedChannel, account: ChannelAccountValue) -> dict[str, AccountCheck]:
    return {check.name: check for check in channel.check_account(account)}


def test_a_connected_account_is_good_in_everything(
    channel: ManagedChannel, kit: TelegramKit, vendor: TelegramStandIn
) -> None:
    channel.subscribe(kit.account, callback_url="https://exemplo.invalid/webhooks/telegram/robo")

    checks = looked_at(channel, kit.account)

    assert {check.state for check in checks.values()} == {CheckState.GOOD}
    assert checks["token"].learned == {"display_number": "@urbana_teste_bot", "messages_per_second": "30"}


def test_connecting_asks_for_everything_that_is_read_and_shows_the_secret(
    channel: ManagedChannel, kit: TelegramKit, vendor: TelegramStandIn
) -> None:
    with UpdateKeeper() as keeper:
        channel.subscribe(kit.account, callback_url=keeper.url)
        channel.subscribe(kit.account, callback_url=keeper.url)
        vendor.run(lambda: vendor.handset.react(JOANA, 11, "👍"))
        vendor.run(lambda: vendor.handset.block(JOANA))
        keeper.wait_for(2)

    assert {kind for update in keeper.updates() for kind in update} == {
        "update_id",
        "message_reaction",
        "my_chat_member",
    }
    assert keeper.requests[0].headers["x-telegram-bot-api-secret-token"] == SECRET


def test_an_account_that_nobody_connected_is_told_so(channel: ManagedChannel, kit: TelegramKit) -> None:
    checks = looked_at(channel, kit.account)

    assert checks["token"].state is CheckState.GOOD
    assert checks["subscription"].state is CheckState.BAD
    assert checks["subscription"].next_step


def test_a_webhook_of_somebody_else_is_told(channel: ManagedChannel, kit: TelegramKit) -> None:
    channel.subscribe(kit.account, callback_url="https://exemplo.invalid/outro")

    assert looked_at(channel, kit.account)["subscription"].state is CheckState.BAD


def test_a_wrong_token_is_bad_and_points_at_its_field(channel: ManagedChannel, kit: TelegramKit) -> None:
    wrong = kit.account.model_copy(update={"access_token": SecretStr("800000001:errada")})

    (check,) = channel.check_account(wrong)

    assert (check.name, check.state, check.field) == ("token", CheckState.BAD, "access_token")


def test_deliveries_that_fail_are_told_with_what_the_vendor_saw(
    channel: ManagedChannel, kit: TelegramKit, vendor: TelegramStandIn
) -> None:
    with UpdateKeeper() as keeper:
        keeper.answers += [500] * 50
        channel.subscribe(kit.account, callback_url=keeper.url)
        vendor.write(JOANA, "oi")
        keeper.wait_for(2)
        check = looked_at(channel, kit.account)["deliveries"]

    assert check.state is CheckState.BAD
    assert "500" in check.sentence
    assert "1 mensagem espera." in check.sentence


@pytest.mark.parametrize("secret", ["", "com espaço", "acentuação", "a" * 257])
def test_a_secret_that_the_vendor_would_refuse_is_refused_here(
    channel: ManagedChannel, kit: TelegramKit, vendor: TelegramStandIn, secret: str
) -> None:
    account = kit.account.model_copy(update={"verify_token": SecretStr(secret)})

    with pytest.raises(SendError) as refusal:
        channel.subscribe(account, callback_url="https://exemplo.invalid/webhooks/telegram/robo")

    assert refusal.value.code == "bad_secret"
    assert vendor.calls == []


@pytest.mark.parametrize("url", ["http://exemplo.invalid/w", "https://exemplo.invalid:8000/w"])
def test_an_address_that_the_vendor_refuses_is_explained(channel: ManagedChannel, kit: TelegramKit, url: str) -> None:
    with pytest.raises(SendError) as refusal:
        channel.subscribe(kit.account, callback_url=url)

    assert "443, 80, 88 ou 8443" in str(refusal.value)


def test_connecting_without_an_address_leaves_what_is_connected(
    channel: ManagedChannel, kit: TelegramKit, vendor: TelegramStandIn
) -> None:
    channel.subscribe(kit.account, callback_url="https://exemplo.invalid/webhooks/telegram/robo")

    with pytest.raises(SendError):
        channel.subscribe(kit.account, callback_url="")

    assert vendor.platform.courier.registration.url.endswith("/webhooks/telegram/robo")


def test_an_account_without_an_address_of_its_own_never_asks_another_vendor(
    channel: ManagedChannel, kit: TelegramKit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server's default address belongs to another channel: this token must not go there."""
    asked: list[str] = []

    def request(method: str, url: str, **options: object) -> None:
        asked.append(httpx.URL(url).host)
        raise AssertionError

    monkeypatch.setattr("apps.gateway.channels.telegram.bot_api.outgoing.request", request)
    account = kit.account.model_copy(update={"settings": {}, "graph_url": "https://graph.facebook.com"})

    with pytest.raises(AssertionError):
        channel.check_account(account)

    assert asked == ["api.telegram.org"]
