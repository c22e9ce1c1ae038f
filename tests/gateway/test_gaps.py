"""Webhooks that could not be taken for reasons of ours: somebody can see when, for which account, and why."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from pymongo.errors import ConnectionFailure

from apps.common import clock, redis
from apps.contracts.words import Gap
from apps.gateway import intake_health, selectors
from apps.gateway.committer import Committer
from apps.gateway.gaps import Gaps
from apps.gateway.intake_health import Account
from apps.gateway.selectors import IntakeGapValue
from tests.gateway.asgi import ask, running, sign, text_webhook
from tests.gateway.payloads import ACCOUNT

pytestmark = pytest.mark.usefixtures("mongodb", "redis")

DEFAULT = Account("default", "default")


def gaps() -> list[IntakeGapValue]:
    return selectors.intake_gaps("default", since=clock.now() - timedelta(days=1))


async def one_gap() -> IntakeGapValue:
    """Wait for the first gap to be written."""
    for _ in range(200):
        if found := await asyncio.to_thread(gaps):
            return found[0]
        await asyncio.sleep(0.05)
    raise AssertionError("no gap was written")


async def test_a_webhook_answered_503_is_a_gap_of_its_account(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running() as application:
        monkeypatch.setattr(Committer, "submit", _refuse)
        assert (await ask(application, body=text_webhook(1))).status == 503
        gap = await one_gap()

    assert (gap.account, gap.reason, gap.refused) == ("default", Gap.REFUSED, 1)
    assert selectors.intake_gaps("vizinha", since=gap.started_at) == []


async def test_wrong_signatures_are_one_gap_however_many() -> None:
    async with running() as application:
        for number in range(3):
            wrong = {"x-hub-signature-256": sign(text_webhook(number), "outro")}
            assert (await ask(application, body=text_webhook(number), headers=wrong)).status == 403
        gap = await one_gap()

    assert (gap.reason, gap.refused) == (Gap.WRONG_SIGNATURE, 3)
    assert len(gaps()) == 1


async def test_a_webhook_for_an_account_that_was_switched_off_is_a_gap_of_that_account() -> None:
    async with running(ACCOUNT.model_copy(update={"is_active": False})) as application:
        assert (await ask(application, body=text_webhook(1))).status == 404
        assert (await ask(application, path="/webhooks/whatsapp/nobody", body=text_webhook(1))).status == 404
        gap = await one_gap()

    assert (gap.account, gap.reason) == ("default", Gap.SWITCHED_OFF)
    assert intake_health.is_rejecting(DEFAULT)


async def test_the_time_in_which_nobody_listened_is_a_gap_of_every_account() -> None:
    intake_health.beat(refused=False)
    redis.client().hset(intake_health._key(), "at", str(time.time() - 420))

    async with running() as application:
        assert (await ask(application, body=text_webhook(1))).status == 200
        gap = await one_gap()

    assert gap.reason is Gap.DOWN
    assert timedelta(seconds=415) < gap.ended_at - gap.started_at < timedelta(seconds=450)


async def test_a_silent_night_a_first_start_and_a_restart_of_redis_are_no_gaps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(intake_health, "BEAT_SECONDS", 0.05)
    async with running():
        await _until(lambda: bool(redis.client().exists(intake_health._key())))
        redis.client().delete(intake_health._key())
        await _until(lambda: bool(redis.client().exists(intake_health._key())))

    assert gaps() == []


def test_a_gap_is_kept_in_memory_while_mongodb_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    noted = Gaps()
    now = time.time()
    noted.note(DEFAULT, Gap.REFUSED, since=now - 100, until=now - 40, refused=4)
    with monkeypatch.context() as away:
        away.setattr("apps.gateway.gaps._write", _raise_outage)
        noted.write()
    noted.note(DEFAULT, Gap.REFUSED, until=now)

    noted.write()

    (gap,) = gaps()
    assert gap.refused == 5
    assert timedelta(seconds=99) < gap.ended_at - gap.started_at < timedelta(seconds=101)


def test_refusals_far_apart_are_two_gaps() -> None:
    noted = Gaps()
    for seconds_ago in (10_100, 10_000, 0):
        noted.note(DEFAULT, Gap.REFUSED, until=time.time() - seconds_ago)
        noted.write()

    assert [gap.refused for gap in gaps()] == [1, 2]


def test_a_right_signature_does_not_bring_back_what_a_wrong_one_lost() -> None:
    before = time.time()
    intake_health.beat(refused=False, rejected={DEFAULT})
    assert intake_health.is_rejecting(DEFAULT)

    intake_health.beat(refused=False, verified={DEFAULT})

    assert not intake_health.is_rejecting(DEFAULT)
    assert intake_health.is_rejecting(DEFAULT, since=before)
    assert not intake_health.is_rejecting(DEFAULT, since=time.time())
    assert not intake_health.is_rejecting(Account("default", "outra"), since=before)


async def _refuse(_: Committer, __: object) -> bool:
    return False


def _raise_outage(*_: object) -> None:
    raise ConnectionFailure("away")


async def _until(condition: Callable[[], bool]) -> None:
    for _ in range(200):
        if await asyncio.to_thread(condition):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come true")
