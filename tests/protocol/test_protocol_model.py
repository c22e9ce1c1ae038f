"""The protocol of docs/decisions/0001-conversation-protocol.md survives what the model throws at it.

A failure names its seed. Replay it alone, or try a range of other seeds, with:

    PROTOCOL_SEED=1234 pytest tests/protocol
    PROTOCOL_SEED=1000-5000 pytest tests/protocol
"""

import os
from collections import Counter
from collections.abc import Callable

import pytest

from tests.protocol.lane import ASSISTANT
from tests.protocol.model import Protocol
from tests.protocol.mutants import MUTANTS, ConversationNotTouched
from tests.protocol.scenario import Run, run
from tests.protocol.simulation import Steps
from tests.protocol.store import Conflict, Store, Transaction

SEEDS, BLOCK, MUTANT_SEEDS = 300, 50, 1500
CHOSEN = os.environ.get("PROTOCOL_SEED", "")


def chosen_blocks() -> list[range]:
    if CHOSEN:
        first, _, last = CHOSEN.partition("-")
        return [range(int(first), int(last or first) + 1)]
    return [range(first, first + BLOCK) for first in range(0, SEEDS, BLOCK)]


@pytest.mark.parametrize("seeds", chosen_blocks(), ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")
def test_nothing_is_lost_doubled_reordered_or_stuck(seeds: range) -> None:
    broken = {seed: outcome.violations for seed in seeds if (outcome := run(seed)).violations}

    assert not broken, "\n".join(f"PROTOCOL_SEED={seed}: {found}" for seed, found in broken.items())


def test_the_runs_contain_the_faults_they_claim_to_survive() -> None:
    runs = [run(seed) for seed in range(40)]

    states = Counter[str]()
    for outcome in runs:
        states.update(outcome.states)
    assert sum(outcome.kills for outcome in runs) > 200
    assert sum(outcome.sent for outcome in runs) > 200
    assert {"read", "failed", "cancelled", "unknown"} <= set(states)
    assert states["unknown"] < 0.1 * sum(states.values()), "what cannot be decided stays the exception"


def test_store_and_meta_agree_within_a_minute_of_recovery() -> None:
    late = {
        seed: found.recovered_after_seconds for seed in range(100) if (found := run(seed)).recovered_after_seconds > 60
    }

    assert not late


def test_a_seed_replays_exactly() -> None:
    assert run(7) == run(7)


@pytest.mark.parametrize("mutant", [m for m in MUTANTS if m is not ConversationNotTouched], ids=lambda m: m.__name__)
def test_the_model_catches_each_mistake(mutant: type[Protocol]) -> None:
    caught = next((found for seed in range(MUTANT_SEEDS) if (found := run(seed, mutant)).violations), None)

    assert isinstance(caught, Run), f"no seed below {MUTANT_SEEDS} notices: {mutant.__doc__}"


@pytest.mark.parametrize(("protocol", "ends_as"), [(Protocol, "cancelled"), (ConversationNotTouched, "queued")])
def test_a_refusal_settled_while_a_person_takes_over(protocol: type[Protocol], ends_as: str) -> None:
    """The window is milliseconds wide, so it is driven by hand: T3 between T5's reads and its commit."""
    store, rules = a_text_being_sent(protocol())
    settling = Transaction(store)
    steps = rules.settle(settling, 1.0, "reply:carla.0:1", 1, "refused", None)
    next(steps)

    taken_at_once = commit(store, lambda tx: rules.take(tx, "carla.0", "ana", ASSISTANT))
    exhaust(steps)
    settling.commit()
    if not taken_at_once:
        assert commit(store, lambda tx: rules.take(tx, "carla.0", "ana", ASSISTANT))

    assert store.docs["conversation"]["carla.0"]["holder"] == "ana"
    assert store.docs["message"]["reply:carla.0:1"]["state"] == ends_as


def a_text_being_sent(rules: Protocol) -> tuple[Store, Protocol]:
    store = Store(lambda: 0.0, transaction_lifetime_seconds=5.0)
    inbound = {"wamid": "1", "customer": "carla", "wants_person": False, "quiet": 0.0, "poison": False}
    commit(store, lambda tx: rules.receive(tx, 0.0, inbound))
    commit(store, lambda tx: rules.answer(tx, "carla.0", 1, False))
    commit(store, lambda tx: rules.claim(tx, 0.0, "carla.0"))
    return store, rules


def commit(store: Store, body: Callable[[Transaction], Steps]) -> bool:
    """Run one transaction; False when it met a conflict and has to be run again."""
    tx = Transaction(store)
    try:
        exhaust(body(tx))
    except Conflict:
        tx.abort()
        return False
    tx.commit()
    return True


def exhaust(steps: Steps) -> None:
    for _ in steps:
        pass
