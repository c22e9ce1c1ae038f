"""B2: end-to-end overhead, webhook → send, minus the model's time, in an open loop at 20, 80 and 200 a second.

B3: the highest rate whose p99 overhead stays under a second, with nothing lost, doubled or reordered.
"""

import asyncio

from tests.benchmarks.load import Load, Result, whole_product
from tests.benchmarks.rows import Row, row

B2_RATES = (20, 80, 200)
B2_SECONDS = 10
B3_RATES = (20, 25, 30, 40, 60, 80, 100, 120, 150, 180, 225, 260)
B3_SECONDS = 8
DRAIN_SECONDS = 20
MOST_OVERHEAD_MS = 1000


def run(repeats: int) -> list[Row]:
    with whole_product() as (loop, load):
        loop.run_until_complete(load.run(10, 5))
        by_rate: dict[int, list[Result]] = {rate: [] for rate in B2_RATES}
        sustained = []
        for _ in range(repeats):
            # The overhead first: the search for the limit ends in a backlog.
            by_rate[B2_RATES[0]].append(loop.run_until_complete(load.run(B2_RATES[0], B2_SECONDS)))
            sustained.append(loop.run_until_complete(_sustained(load)))
            loop.run_until_complete(asyncio.sleep(DRAIN_SECONDS))
            # A rate that is beyond the machine says nothing about overhead.
            for rate in (rate for rate in B2_RATES[1:] if rate <= sustained[-1]):
                by_rate[rate].append(loop.run_until_complete(load.run(rate, B2_SECONDS)))
    rows = [
        row("B2", f"overhead at {rate}/s, {name}", [getattr(one, name.replace(" ", "_")) for one in results], "ms")
        for rate, results in by_rate.items()
        if results
        for name in ("p50 ms", "p99 ms")
    ]
    return [*rows, row("B3", "answered messages a second, sustained", sustained, "1/s")]


async def _sustained(load: Load) -> float:
    best = 0.0
    for rate in B3_RATES:
        result = await load.run(rate, B3_SECONDS)
        if result.lost or result.doubled or result.p99_ms > MOST_OVERHEAD_MS:
            break
        best = float(rate)
    return best
