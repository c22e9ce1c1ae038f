"""An open loop against the whole product: customers write at a rate, whatever the product does."""

import asyncio
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from tests.benchmarks.outside import APP_SECRET, PHONE_NUMBER_ID, Client, Meta, Model
from tests.product import Product

THINK_SECONDS = 0.8


@dataclass(frozen=True)
class Result:
    """One rate's outcome. Overhead is webhook → send without the model's time, in milliseconds."""

    offered_per_second: float
    answered_per_second: float
    lost: int
    doubled: int
    p50_ms: float
    p99_ms: float


class Load:
    """The product with its outside, on one event loop."""

    def __init__(self, product: Product, meta: Meta) -> None:
        self._product = product
        self._meta = meta

    async def run(self, rate: float, seconds: float, *, patience_seconds: float = 20) -> Result:
        """Write `rate` messages a second for `seconds`, wait for the last answers, and count."""
        batch = uuid.uuid4().hex[:6]
        # Enough customers that nobody writes again before the answer: a burst would get one answer for two.
        customers = max(40, int(rate * 12))
        tokens = [f"{batch}-{number}" for number in range(int(rate * seconds))]
        started = time.perf_counter()
        tasks = []
        for number, token in enumerate(tokens):
            await asyncio.sleep(max(0.0, started + number / rate - time.perf_counter()))
            tasks.append(asyncio.create_task(self._meta.write(number % customers, token)))
        await asyncio.gather(*tasks)
        until = time.perf_counter() + patience_seconds
        while any(token not in self._meta.answered for token in tokens) and time.perf_counter() < until:
            await asyncio.sleep(0.1)
        return self._count(tokens, rate, started)

    def _count(self, tokens: list[str], rate: float, started: float) -> Result:
        answered = {token: self._meta.answered[token] for token in tokens if token in self._meta.answered}
        overheads = sorted(
            (times[0] - self._meta.written[token] - THINK_SECONDS) * 1000 for token, times in answered.items()
        )
        last = max((times[0] for times in answered.values()), default=started + 1)
        cuts = quantiles(overheads, n=100) if len(overheads) > 1 else [float("inf")] * 99
        return Result(
            offered_per_second=rate,
            answered_per_second=len(answered) / max(last - started - THINK_SECONDS, 0.001),
            lost=len(tokens) - len(answered),
            doubled=sum(len(times) > 1 for times in answered.values()),
            p50_ms=cuts[49],
            p99_ms=cuts[98],
        )


@contextmanager
def whole_product() -> Iterator[tuple[asyncio.AbstractEventLoop, Load]]:
    """Start everything as `make run` does, with Meta and the model outside; end it all afterwards."""
    loop = asyncio.new_event_loop()
    meta, model = Meta(), Model(THINK_SECONDS)
    loop.run_until_complete(meta.server.start())
    loop.run_until_complete(model.server.start())
    with tempfile.TemporaryDirectory(prefix="urbana-bench-") as directory:
        product = Product(Path(directory), **_variables(meta, model))
        try:
            product.start()
            meta.client = Client("127.0.0.1", product.port)
            yield loop, Load(product, meta)
        finally:
            product.stop()
            product.kill()
            for task in asyncio.all_tasks(loop):
                task.cancel()
            loop.run_until_complete(asyncio.sleep(0))
            loop.close()


def _variables(meta: Meta, model: Model) -> dict[str, str]:
    return {
        "WHATSAPP_GRAPH_URL": meta.server.url,
        "WHATSAPP_PHONE_NUMBER_ID": PHONE_NUMBER_ID,
        "WHATSAPP_ACCESS_TOKEN": "benchmark",
        "WHATSAPP_APP_SECRET": APP_SECRET,
        "WHATSAPP_VERIFY_TOKEN": "benchmark",
        "WHATSAPP_MESSAGES_PER_SECOND": "0",
        "WHATSAPP_PAIR_INTERVAL_SECONDS": "0",
        "OPENAI_API_KEY": "benchmark",
        "OPENAI_BASE_URL": f"{model.server.url}/v1",
        "OPENAI_MODEL": "gpt-6-luna",
        "QUIET_WINDOW_SECONDS": "0",
        "ASSISTANT_TURNS_PER_CUSTOMER_HOUR": "0",
        "ASSISTANT_THREADS": "160",
    }
