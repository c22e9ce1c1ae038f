"""What a failing channel stops: one endpoint of one account, until one call has shown that it is well again."""

import logging

import pytest
from prometheus_client import REGISTRY

from apps.common import redis
from apps.contracts.errors import SendError, SendUnknown
from apps.contracts.people import ChannelAccountValue
from apps.events import selectors as events
from apps.gateway import services
from apps.gateway.selectors import endpoint_states
from apps.gateway.services import breakers, limits
from apps.simulator.meta.tokens import Token
from apps.simulator.phone.changes import PhoneCustomer
from apps.simulator.standin import MetaStandIn
from apps.tenants.models import ChannelAccount
from apps.tenants.selectors import account as account_of
from tests.gateway.product import Product


@pytest.fixture
def configured(account: ChannelAccount) -> ChannelAccountValue:
    found = account_of(account.slug)
    assert found is not None
    return found


def states(account: ChannelAccountValue) -> dict[str, str]:
    return {one.endpoint: one.state for one in endpoint_states(account)}


def call(account: ChannelAccountValue, endpoint: str, error: Exception | None = None) -> None:
    """Call the channel once, with this result."""
    with breakers.guarded(account, endpoint):
        if error is not None:
            raise error


def fail(account: ChannelAccountValue, endpoint: str, error: Exception, *, times: int) -> None:
    for _ in range(times):
        with pytest.raises(type(error)):
            call(account, endpoint, error)


def let_time_pass(account: ChannelAccountValue, endpoint: str) -> None:
    redis.client().delete(f"{limits.breaker_for(account, endpoint).key}:open")


@pytest.mark.parametrize("error", [SendUnknown("no_answer", ""), SendError("unreachable", "")])
def test_one_endpoint_fails_for_itself(configured: ChannelAccountValue, error: Exception) -> None:
    fail(configured, "media", error, times=5)

    with pytest.raises(SendError) as refused:
        call(configured, "media")
    call(configured, "messages")

    assert refused.value.code == "breaker_open"
    assert states(configured) == {"messages": "closed", "media": "open", "templates": "closed", "management": "closed"}


@pytest.mark.parametrize("code", ["131026", "131047", "100", "130429"])
def test_a_refusal_is_an_answer_and_opens_nothing(configured: ChannelAccountValue, code: str) -> None:
    fail(configured, "messages", SendError(code, ""), times=20)

    assert states(configured)["messages"] == "closed"


def test_one_call_tries_whether_it_is_well_again(configured: ChannelAccountValue) -> None:
    fail(configured, "templates", SendUnknown("no_answer", ""), times=5)
    let_time_pass(configured, "templates")

    with breakers.guarded(configured, "templates"):
        with pytest.raises(SendError) as second:
            call(configured, "templates")
        during = states(configured)["templates"]

    assert second.value.code == "breaker_open"
    assert during == "half_open"
    assert states(configured)["templates"] == "closed"


def test_a_probe_that_never_called_leaves_the_door_to_the_next(configured: ChannelAccountValue) -> None:
    fail(configured, "media", SendUnknown("no_answer", ""), times=5)
    let_time_pass(configured, "media")

    fail(configured, "media", SendError("not_sendable", ""), times=1)

    call(configured, "media")
    assert states(configured)["media"] == "closed"


def test_a_bad_token_pages_the_operator(configured: ChannelAccountValue, caplog: pytest.LogCaptureFixture) -> None:
    before = blocked(code="190")

    fail(configured, "messages", SendError("190", "", blocks_account=True), times=1)

    assert [record.levelno for record in caplog.records if record.message == "account_blocked"] == [logging.CRITICAL]
    assert blocked(code="190") == before + 1
    sending = endpoint_states(configured)[0]
    assert (sending.state, sending.why) == ("open", "190")
    assert "token" in sending.sentence


def blocked(*, code: str) -> float:
    return REGISTRY.get_sample_value("urbana_account_blocked_total", {"account": "default", "code": code}) or 0.0


def test_the_gauge_says_what_is_stopped(configured: ChannelAccountValue) -> None:
    fail(configured, "media", SendUnknown("no_answer", ""), times=5)

    services.measure_breakers()

    assert [gauge(endpoint) for endpoint in ("messages", "media")] == [0, 2]


def gauge(endpoint: str) -> float | None:
    return REGISTRY.get_sample_value("urbana_breaker_state", {"account": "default", "endpoint": endpoint})


@pytest.fixture
def held(product: Product, meta: MetaStandIn, carla: PhoneCustomer) -> list[str]:
    """Let three texts wait in their order behind a token that Meta refuses."""
    meta.write(carla, "Oi")
    product.take_in(messages=1)
    found = [product.reply(text) for text in ("um", "dois", "três")]
    meta.fail_next("190")
    with pytest.raises(SendError):
        product.deliver()
    return found


def test_a_new_token_releases_what_was_held_in_its_order(
    product: Product, meta: MetaStandIn, account: ChannelAccount, held: list[str]
) -> None:
    before = account_of("default")
    assert before is not None
    was = states(before)["messages"]
    meta.give_token("outro-token", Token())
    account.access_token = "outro-token"
    account.save()
    configured = account_of("default")
    assert configured is not None

    woken = services.try_account_now(configured)
    for _ in held:
        product.deliver()

    assert was == "open"
    assert woken == 1
    assert [body["text"]["body"] for _, body in meta.accepted] == ["um", "dois", "três"]


def test_trying_now_wakes_the_queue_and_lets_one_call_probe(
    product: Product, meta: MetaStandIn, configured: ChannelAccountValue, held: list[str]
) -> None:
    conversation_id = str(product.conversation().id)

    services.try_account_now(configured)
    during = states(configured)["messages"]
    product.deliver()

    assert during == "half_open"
    assert states(configured)["messages"] == "closed"
    assert events.is_pending("default", conversation_id, "gateway.deliver")
    assert product.message(held[0]).status == "sent"
