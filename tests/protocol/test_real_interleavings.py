"""The real services keep I1 to I4 in any order of messages, duplicates, statuses, people and kills.

A failure names its seed and what happened. Replay it alone, or try a range of other seeds, with:

    INTERLEAVING_SEED=1234 pytest tests/protocol/test_real_interleavings.py
    INTERLEAVING_SEED=1000-5000 pytest tests/protocol/test_real_interleavings.py
"""

import logging
import os
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from apps.events import wakeups
from apps.events.documents import EventRecord
from apps.tenants.models import ChannelAccount, Tenant
from tests.protocol.real import ACCOUNT, NUMBER, start_of_time
from tests.protocol.real_run import Run

SEEDS, BLOCK = 504, 63
CHOSEN = os.environ.get("INTERLEAVING_SEED", "")

pytestmark = pytest.mark.timeout(600)


class Silent:
    """Stands where Celery stands: here the dice wake the workers."""

    def wake(self, record_id: str, to: str, *, queue: str, delay: timedelta) -> None:
        """Lost, as any wake-up may be."""

    def hand(self, event_type: str, data: dict[str, object], to: str, *, queue: str) -> None:
        """Lost, as any courtesy may be."""

    def show(self, to: str, seconds: float) -> None:
        """Nobody watches."""


@pytest.fixture
def _whatsapp(stores: None, settings: object) -> Iterator[None]:
    settings.EVENT_TRANSPORT = "tests.protocol.test_real_interleavings.Silent"  # type: ignore[attr-defined]
    settings.WHATSAPP_RECONCILE_SECONDS = 2  # type: ignore[attr-defined]
    settings.QUIET_WINDOW_SECONDS = 0.5  # type: ignore[attr-defined]
    wakeups._transports.clear()
    tenant, _ = Tenant.objects.get_or_create(slug="default", defaults={"name": "Urbana do Brasil"})
    ChannelAccount.objects.create(
        tenant=tenant,
        slug=ACCOUNT,
        kind="whatsapp",
        name="WhatsApp",
        phone_number_id=NUMBER,
        access_token="segredo",
        app_secret="segredo",
        messages_per_second=0,
        pair_interval_seconds=0,
    )
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
    wakeups._transports.clear()


def chosen_blocks() -> list[range]:
    if CHOSEN:
        first, _, last = CHOSEN.partition("-")
        return [range(int(first), int(last or first) + 1)]
    return [range(first, first + BLOCK) for first in range(0, SEEDS, BLOCK)]


@pytest.mark.usefixtures("_whatsapp")
@pytest.mark.parametrize("seeds", chosen_blocks(), ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")
def test_nothing_is_lost_doubled_reordered_or_stuck(seeds: range) -> None:
    now, happened = start_of_time(), Counter[str]()
    for seed in seeds:
        run, found = play(seed, now)
        assert not found, failure(run, found)
        now = run.world.now + timedelta(seconds=60)
        happened.update(kills=run.world.kills, overlaps=run.world.overlaps, sends=len(run.world.accepted))

    if len(seeds) == BLOCK:
        assert min(happened["kills"], happened["overlaps"], happened["sends"]) > BLOCK / 2, f"too tame: {happened}"


def play(seed: int, now: datetime) -> tuple[Run, list[str]]:
    with pytest.MonkeyPatch.context() as patch:
        run = Run(seed, now=now, patch=patch)
        return run, run.violations()


def failure(run: Run, found: list[str]) -> str:
    pending = [f"{one.key} {[p.to for p in one.pending]}" for one in EventRecord.objects(pending__0__exists=True)]
    lines = [f"INTERLEAVING_SEED={run.world.seed}", *found, *pending, " ".join(run.world.log)]
    return "\n".join(lines)
