"""What Meta says about a number becomes sentences that an administrator can act on."""

import pytest
from pydantic import SecretStr

from apps.contracts.channels import ManagedChannel
from apps.contracts.errors import SendError, SendUnknown
from apps.contracts.words import CheckState
from apps.gateway.channels.registry import adapter_for
from apps.simulator.meta.tokens import MANAGEMENT, Token
from apps.simulator.phone.changes import BusinessChanged
from apps.simulator.standin import DEFAULT_TOKEN
from apps.tenants import selectors as tenants

ALL_CHECKS = {
    "token", "permissions", "app_secret", "number", "status", "quality", "display_name", "pace", "address",
    "business_account", "subscription", "templates",
}  # fmt: skip


@pytest.fixture
def connected(meta, account):
    """The account, complete, and Meta calls it."""
    account.business_account_id = meta.account.business_account_id
    account.verify_token = "segredo-de-verificacao"
    account.save()
    return tenants.account(account.slug)


def check(account):
    channel = adapter_for(account.kind)
    assert isinstance(channel, ManagedChannel)
    return {one.name: one for one in channel.check_account(account)}


def change(meta, **changes):
    business = meta.platform.world.business.model_copy(update=changes)
    meta.run(lambda: meta.platform.world.record(BusinessChanged(business=business)))


def test_a_number_that_works_has_nothing_but_good_checks(meta, connected, keeper):
    change(meta, callback_url="https://urbana.example/webhooks/whatsapp/default", is_subscribed=True)

    found = check(connected)

    assert set(found) == ALL_CHECKS
    assert [one.name for one in found.values() if one.state is not CheckState.GOOD] == []
    assert all(one.sentence for one in found.values())


def test_an_expired_token_is_the_only_thing_said_and_names_its_field(meta, connected):
    meta.platform.tokens.put(DEFAULT_TOKEN, Token(expires_at=1.0))

    (token,) = check(connected).values()

    assert (token.name, token.state, token.field) == ("token", CheckState.BAD, "access_token")
    assert "Usuários do sistema" in token.next_step


def test_a_token_that_soon_expires_is_a_warning_with_its_day(meta, connected, monkeypatch):
    meta.platform.tokens.put(DEFAULT_TOKEN, Token(expires_at=meta.platform.clock() + 3 * 86_400))

    token = check(connected)["token"]

    assert token.state is CheckState.WARNING
    assert "vale até" in token.sentence


def test_a_missing_permission_is_named(meta, connected):
    meta.platform.tokens.put(DEFAULT_TOKEN, Token(scopes=(MANAGEMENT,)))

    permissions = check(connected)["permissions"]

    assert permissions.state is CheckState.BAD
    assert "whatsapp_business_messaging" in permissions.sentence
    assert "whatsapp_business_management" not in permissions.sentence


@pytest.mark.parametrize(
    ("given", "name", "field"),
    [
        ({"phone_number_id": "999"}, "number", "phone_number_id"),
        ({"phone_number_id": ""}, "number", "phone_number_id"),
        ({"business_account_id": "999"}, "business_account", "business_account_id"),
        ({"business_account_id": ""}, "business_account", "business_account_id"),
        ({"app_secrets": (SecretStr("outro"),)}, "app_secret", "app_secret"),
        ({"app_secrets": ()}, "app_secret", "app_secret"),
        ({"access_token": SecretStr("outro")}, "token", "access_token"),
        ({"access_token": SecretStr("")}, "token", "access_token"),
    ],
)
def test_each_wrong_value_is_found_beside_its_own_field(connected, given, name, field):
    found = check(connected.model_copy(update=given))

    assert found[name].state is CheckState.BAD
    assert found[name].field == field
    assert found[name].sentence and found[name].next_step
    assert [one.field for one in found.values() if one.state is CheckState.BAD and one.field] == [field]


@pytest.mark.parametrize(
    ("changes", "name", "state"),
    [
        ({"quality": "RED"}, "quality", CheckState.BAD),
        ({"quality": "YELLOW"}, "quality", CheckState.WARNING),
        ({"quality": "UNKNOWN"}, "quality", CheckState.GOOD),
        ({"number_status": "BANNED"}, "status", CheckState.BAD),
        ({"number_status": "SOMETHING_NEW"}, "status", CheckState.UNKNOWN),
        ({"name_status": "DECLINED"}, "display_name", CheckState.BAD),
        ({"is_subscribed": False}, "subscription", CheckState.BAD),
        ({"callback_url": "https://other.example/hook"}, "address", CheckState.WARNING),
    ],
)
def test_what_meta_says_of_the_number_is_judged(meta, connected, changes, name, state):
    change(meta, **changes)

    found = check(connected)

    assert found[name].state is state
    assert found[name].sentence


def test_the_pace_follows_the_tier_that_meta_tells(meta, connected):
    assert check(connected)["pace"].learned == {"messages_per_second": "80"}

    change(meta, throughput="HIGH")

    assert check(connected)["pace"].learned == {"messages_per_second": "1000"}


def test_a_server_that_is_not_metas_is_no_verdict(keeper, connected):
    elsewhere = connected.model_copy(update={"graph_url": keeper.url})

    with pytest.raises((SendError, SendUnknown)):
        adapter_for("whatsapp").check_account(elsewhere)


def test_nobody_listening_is_no_verdict(connected):
    with pytest.raises(SendError) as outage:
        adapter_for("whatsapp").check_account(connected.model_copy(update={"graph_url": "http://127.0.0.1:9"}))

    assert outage.value.code == "unreachable"


def test_the_number_gets_its_own_address_after_the_app_is_subscribed(meta, connected, keeper):
    change(meta, is_subscribed=False)
    keeper.verify_token = "segredo-de-verificacao"

    for _ in range(2):
        adapter_for("whatsapp").subscribe(connected, callback_url=keeper.url)

    business = meta.platform.world.business
    assert (business.is_subscribed, business.number_callback_url, business.callback_url) == (True, keeper.url, "")


def test_an_address_that_does_not_prove_itself_is_refused_with_what_it_needs(meta, connected, keeper):
    keeper.verify_token = "outro"

    with pytest.raises(SendError) as refused:
        adapter_for("whatsapp").subscribe(connected, callback_url=keeper.url)

    assert "https" in str(refused.value)
    assert meta.platform.world.business.number_callback_url == ""
