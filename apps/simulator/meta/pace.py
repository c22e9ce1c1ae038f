"""How long things take on Meta's side."""

from collections.abc import Callable
from dataclasses import dataclass

Clock = Callable[[], float]


@dataclass(frozen=True)
class Pace:
    """How long Meta and the customer take. `answer_seconds` is the Graph call itself; the rest count from its answer."""

    answer_seconds: float = 0.05
    sent_seconds: float = 0.15
    delivered_seconds: float = 0.6
    read_seconds: float = 1.6
