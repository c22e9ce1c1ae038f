"""One seeded run: customers, people and faults for a while, then quiet, then the ledger is compared."""

from collections import Counter
from dataclasses import dataclass

from tests.protocol.invariants import Ledger, violations
from tests.protocol.model import Protocol
from tests.protocol.outside import Meta, Person, customer
from tests.protocol.product import Product, settled
from tests.protocol.simulation import Process, Simulation

FAULT_SECONDS, QUIET_SECONDS = 45.0, 400.0


@dataclass(frozen=True)
class Run:
    seed: int
    violations: list[str]
    kills: int
    stored: int
    sent: int
    recovered_after_seconds: float
    states: dict[str, int]


def run(seed: int, protocol: type[Protocol] = Protocol) -> Run:
    simulation = Simulation(seed)
    simulation.faults_until = FAULT_SECONDS
    product = Product(simulation, protocol())
    meta = Meta(simulation, product)
    ledger = Ledger(simulation, product, meta)
    for number in range(3):
        poison = number == 0 and simulation.random.random() < 0.15
        customer(simulation, meta, f"carla{number}", simulation.random.randint(2, 5), poison=poison)
    for name in ("ana", "bruno"):
        if simulation.random.random() < 0.7:
            simulation.spawn(Process(name, "people"), Person(simulation, product, name).works())
    kills = break_things(simulation, product)

    simulation.run(FAULT_SECONDS)
    product.drain_spool()
    simulation.run(FAULT_SECONDS + QUIET_SECONDS, stop=lambda: meta.outstanding == 0 and settled(simulation.store))

    texts = [m for m in simulation.store.docs["message"].values() if m["author"] != "customer"]
    recovery = max(FAULT_SECONDS, *product.frozen.values(), 0.0)
    return Run(
        seed,
        violations(ledger),
        kills=len(kills),
        stored=len(product.acknowledged),
        sent=len(meta.accepted),
        recovered_after_seconds=simulation.now - recovery,
        states=dict(sorted(Counter(text["state"] for text in texts).items())),
    )


def break_things(simulation: Simulation, product: Product) -> list[str]:
    """Kill and pause processes at random moments; sometimes leave a whole group without a hand for a minute."""
    dice, killed = simulation.random, list[str]()

    def kill() -> None:
        if product.processes:
            victim = dice.choice(product.processes)
            simulation.kill(victim)
            killed.append(victim.name)

    def pause() -> None:
        if product.processes:
            dice.choice(product.processes).paused_until = simulation.now + dice.uniform(1.0, 15.0)

    for _ in range(dice.randint(3, 14)):
        simulation.at(dice.uniform(0.0, FAULT_SECONDS), kill)
    for _ in range(dice.randint(0, 3)):
        simulation.at(dice.uniform(0.0, FAULT_SECONDS), pause)
    if dice.random() < 0.4:
        product.frozen[dice.choice(("intake", "intake", "delivery"))] = dice.uniform(30.0, 110.0)
    return killed
