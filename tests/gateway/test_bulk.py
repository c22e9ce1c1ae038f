"""What nobody waits for takes only the pace, the place in its conversation and the threads that replies leave over."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from apps.common import redis, throttle
from apps.contracts.content import text_content
from apps.contracts.errors import SendError
from apps.contracts.words import Author
from apps.conversations.services import add_reply, claim_outbound
from apps.events.documents import EventRecord
from apps.gateway.services import bulkheads, limits
from apps.gateway.services.bulkheads import Errand
from apps.simulator.phone.changes import PhoneCustomer
from apps.simulator.standin import MetaStandIn
from apps.tenants.models import ChannelAccount
from apps.tenants.selectors import account as account_of
from tests.gateway.product import Product

THREADS = 16


@pytest.fixture(autouse=True)
def _threads(settings: object) -> Iterator[None]:
    settings.DELIVERY_THREADS = THREADS  # type: ignore[attr-defined]
    forget()
    yield
    forget()


def forget() -> None:
    for kept in (bulkheads._held, bulkheads._turned_away, bulkheads._suspects):
        kept.clear()


@pytest.fixture
def carla_wrote(product: Product, meta: MetaStandIn, carla: PhoneCustomer) -> None:
    meta.write(carla, "Oi")
    product.take_in(messages=1)


def bulk(product: Product, text: str) -> str:
    """Queue what nobody waits for."""
    message_id = add_reply(
        tenant_id="default",
        conversation_id=str(product.conversation().id),
        author=Author.SYSTEM,
        content=text_content(text),
        is_bulk=True,
    )
    assert message_id is not None
    return message_id


def said(meta: MetaStandIn) -> list[str]:
    return [body["text"]["body"] for _, body in meta.accepted]


def enter(stack: ExitStack, errand: Errand, *, account: str = "default", customer_id: str = "carla") -> None:
    stack.enter_context(bulkheads.room(errand, tenant_id="default", account=account, customer_id=customer_id))


def room_for(errand: Errand, *, account: str = "default", same_customer: bool = False) -> int:
    """How many threads one kind of errand gets, until it is turned away."""
    with ExitStack() as stack:
        for number in range(100):
            try:
                enter(stack, errand, account=account, customer_id="carla" if same_customer else str(number))
            except SendError:
                return number
    return 100


# -- in its conversation --------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("carla_wrote")
def test_a_reply_passes_what_nobody_waits_for(product: Product, meta: MetaStandIn) -> None:
    bulk(product, "Novidades!")
    product.reply("Olá, Carla!")

    for _ in range(2):
        product.deliver()

    assert said(meta) == ["Olá, Carla!", "Novidades!"]


@pytest.mark.usefixtures("carla_wrote")
def test_what_nobody_waits_for_does_not_hold_the_lane_while_it_waits(product: Product, meta: MetaStandIn) -> None:
    bulk(product, "Novidades!")
    meta.fail_next("130429")
    with pytest.raises(SendError):
        product.deliver()
    product.reply("Olá, Carla!")

    product.deliver()
    product.let_retry_pass()
    product.deliver()

    assert said(meta) == ["Olá, Carla!", "Novidades!"]
    assert product.conversation().lane == ""


@pytest.mark.usefixtures("carla_wrote")
def test_it_is_sent_by_workers_of_its_own_queue(product: Product) -> None:
    message_id = bulk(product, "Novidades!")

    record = EventRecord.objects(key=f"default:out:{message_id}").first()

    assert [(one.to, one.queue) for one in record.pending] == [("gateway.deliver_bulk", "bulk")]


@pytest.mark.usefixtures("carla_wrote")
def test_a_claim_knows_that_nobody_waits(product: Product) -> None:
    bulk(product, "Novidades!")

    claimed = claim_outbound(tenant_id="default", conversation_id=str(product.conversation().id))

    assert claimed is not None
    assert claimed.is_bulk


# -- the pace -------------------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("carla_wrote")
def test_half_of_the_pace_is_kept_for_replies(account: ChannelAccount) -> None:
    account.messages_per_second = 10
    account.save()

    taken_by_bulk = taken(is_bulk=True)
    taken_by_replies = taken(is_bulk=False)

    assert (taken_by_bulk, taken_by_replies) == (5, 5)


def taken(*, is_bulk: bool) -> int:
    """How many of twelve get a token of the account's bucket, in which no time passes."""
    configured = account_of("default")
    assert configured is not None
    bucket = limits.account_bucket(configured, is_bulk=is_bulk)
    assert bucket is not None
    return sum(throttle.take([replace(bucket, per_second=0.001)]) == 0 for _ in range(12))


def test_a_number_that_may_send_one_at_a_time_still_sends_what_nobody_waits_for(redis: None) -> None:
    single = throttle.Bucket(redis_key(), 1.0, 1.0, 0.5)

    assert throttle.take([single]) == 0


def redis_key() -> str:
    return redis.key("rate", "default", "whatsapp", "single")


@pytest.mark.usefixtures("carla_wrote")
def test_a_number_that_used_up_most_of_its_allowance_slows_down(account: ChannelAccount) -> None:
    account.messages_per_second = 10
    account.save()
    configured = account_of("default")
    assert configured is not None
    bucket = limits.account_bucket(configured)
    assert bucket is not None

    limits.ease_off(configured, 79)
    before = throttle.take([bucket])
    limits.ease_off(configured, 100)

    assert before == 0
    assert throttle.take([bucket]) > 0


# -- the threads ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("errand", "most"),
    [(Errand.REPLY, 12), (Errand.BULK, 4), (Errand.FILE, 4), (Errand.COURTESY, 4)],
)
def test_no_kind_of_errand_holds_all_threads(errand: Errand, most: int) -> None:
    assert room_for(errand) == most


def test_who_is_turned_away_comes_back_soon_and_nobody_is_to_blame() -> None:
    with ExitStack() as stack:
        enter(stack, Errand.COURTESY)
        with pytest.raises(SendError) as busy:
            enter(stack, Errand.COURTESY)

    assert (busy.value.code, busy.value.counts) == ("busy", False)
    assert busy.value.retry_after is not None
    assert 0 < busy.value.retry_after.total_seconds() < 1


def test_an_account_that_hangs_leaves_room_for_the_others() -> None:
    with ExitStack() as stack:
        for number in range(12):
            enter(stack, Errand.REPLY, account="trava", customer_id=str(number))

        assert room_for(Errand.REPLY, account="trava") == 0
        assert room_for(Errand.REPLY, account="default") == 12


def test_all_other_errands_together_leave_threads_for_replies() -> None:
    with ExitStack() as stack:
        for errand in (Errand.BULK, Errand.FILE, Errand.COURTESY):
            for number in range(4):
                enter(stack, errand, account=f"conta-{errand}", customer_id=str(number))

        assert room_for(Errand.REPLY) >= THREADS - 12


def test_one_customer_gets_one_courtesy_at_a_time() -> None:
    assert room_for(Errand.COURTESY, same_customer=True) == 1


def test_whoever_made_a_call_hang_gets_a_small_share() -> None:
    for number in range(20):
        bulkheads.suspect(tenant_id="default", account="default", customer_id=str(number))

    assert room_for(Errand.REPLY) == 4


def test_a_place_is_free_again_whatever_happened_in_it() -> None:
    for _ in range(50):
        with pytest.raises(ValueError, match="x"), ExitStack() as stack:
            enter(stack, Errand.BULK)
            raise ValueError("x")

    assert room_for(Errand.BULK) == 4
