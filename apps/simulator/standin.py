"""The stand-ins on addresses of their own, for tests and benchmarks: a thread with an event loop and a real HTTP server."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any, Self, TypeVar

import uvicorn

from apps.simulator.meta.account import MetaAccount
from apps.simulator.meta.business import Business
from apps.simulator.meta.courier import Courier
from apps.simulator.meta.faults import send_fault
from apps.simulator.meta.graph import Graph
from apps.simulator.meta.handset import Handset
from apps.simulator.meta.happenings import Happenings
from apps.simulator.meta.limits import RateLimits, meta_limits
from apps.simulator.meta.platform import MetaPlatform, Pace
from apps.simulator.meta.tokens import Token
from apps.simulator.model.answers import Mode
from apps.simulator.model.service import ModelService
from apps.simulator.phone.business import Template
from apps.simulator.phone.changes import CallMade, Faults, FaultsChanged, PhoneCustomer
from apps.simulator.server import Line, asgi
from apps.simulator.wire import WireRequest, WireResponse

STARTING_SECONDS = 10
#: What opens a stand-in that was given no other token; it protects nothing.
DEFAULT_TOKEN = "token-of-the-stand-in"  # noqa: S105
#: The account that a stand-in plays Meta for, unless it is told otherwise.
FIRST_ACCOUNT = {
    "phone_number_id": "330000000000001",
    "business_account_id": "210000000000001",
    "display_number": "558330000001",
    "access_token": DEFAULT_TOKEN,
    "name": "Urbana do Brasil",
}
T = TypeVar("T")


class ServerThread:
    """Runs one ASGI application on loopback until left. Its event loop is `loop`; `url` is where it listens."""

    def __init__(self, application: Callable[..., Any], *, port: int = 0) -> None:
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.loop = asyncio.new_event_loop()
        config = uvicorn.Config(
            application,
            http=Line,
            lifespan="on",
            log_level="warning",
            access_log=False,
            log_config=None,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="stand-in", daemon=True)

    def start(self) -> None:
        self._thread.start()
        deadline = time.monotonic() + STARTING_SECONDS
        while not self._server.started:
            if time.monotonic() > deadline:
                raise RuntimeError("the stand-in did not start")
            time.sleep(0.01)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(STARTING_SECONDS)

    def call(self, work: Callable[[], T]) -> T:
        """Run a function on the server's own loop and give its result."""

        async def on_loop() -> T:
            return work()

        return self.wait(on_loop())

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(STARTING_SECONDS)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self._server.serve(sockets=[self._listener]))


class MetaStandIn:
    """Meta on a port of its own. Use it as a context manager.

    `graph_url` is what the product calls instead of graph.facebook.com; `accepted` are the bodies Meta took, with their
    wamids, oldest first; `calls` every HTTP call both ways when `keeps_calls`. With `is_strict` it refuses ids and
    customers that it has never seen and enforces Meta's own rates (80 a second, one in 6 s), otherwise only rates that are
    given. `account` are fields of `MetaAccount` that differ from FIRST_ACCOUNT.
    """

    def __init__(
        self,
        *,
        webhook_url: str,
        app_secret: str,
        pace: Pace | None = None,
        port: int = 0,
        messages_per_second: float | None = None,
        pair_interval_seconds: float | None = None,
        is_strict: bool = False,
        keeps_calls: bool = False,
        **account: str,
    ) -> None:
        courier = Courier()
        self._passed_seconds = 0.0
        limits = meta_limits(self._now) if is_strict else RateLimits(clock=self._now)
        limits.set_pace(messages_per_second=messages_per_second, pair_interval_seconds=pair_interval_seconds)
        self.platform = MetaPlatform(courier=courier, pace=pace, limits=limits, is_strict=is_strict, clock=self._now)
        self.platform.keeps_accepted = True
        if keeps_calls:
            courier.tell = lambda call: self.platform.world.record(CallMade(call=call))
        self.handset = Handset(self.platform)
        self.happenings = Happenings(self.platform, self.handset.post)
        self.business = Business(self.platform)
        self._graph = Graph(self.platform, shows_calls=keeps_calls)
        self._server = ServerThread(asgi(self._answer, on_stop=courier.close), port=port)
        self.graph_url = self._server.url
        addresses = {"graph_url": self.graph_url, "webhook_url": webhook_url, "app_secret": app_secret}
        self.account = MetaAccount(**{**FIRST_ACCOUNT, **addresses, **account})

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    @property
    def accepted(self) -> list[tuple[str, dict[str, Any]]]:
        return list(self.platform.accepted)

    def fail_next(self, *faults: str) -> None:
        """Order faults for the next sends, one each, by the names of `meta.faults.send_fault`; none takes the order back."""
        for fault in faults:
            send_fault(fault)
        self._set_faults(next_send=faults[0] if faults else "", later_sends=faults[1:])

    def fail_always(self, fault: str, *, customer: PhoneCustomer | None = None) -> None:
        """Order a fault for every send, or for every send to one customer; "" ends it."""
        if fault:
            send_fault(fault)
        if customer is None:
            self._set_faults(every_send=fault)
        else:
            self._set_faults(by_customer={**self.platform.world.faults.by_customer, customer.key: fault})

    def spoil_statuses(self, how: str, *, late_seconds: float = 30) -> None:
        """Let the statuses of the sends to come be spoilt as `phone.changes.Faults.statuses` says; "" ends it."""
        self._set_faults(statuses=how, late_seconds=late_seconds)

    def make_unreachable(self, *numbers: str) -> None:
        """Let WhatsApp not know these numbers (digits as dialled): each send there fails later with 131026."""
        self._set_faults(unreachable=numbers)

    def confirm_deliveries(self, confirms: bool) -> None:
        """Switch the statuses `delivered` and `read` on or off."""
        self._set_faults(confirms=confirms)

    def shake_hands(self, verify_token: str = "", *, url: str = "") -> str:
        """Ask the product's address to prove itself, as Meta's dashboard does. Returns "", or what is wrong with it."""
        asking = self.platform.courier.shake_hands(url or self.account.webhook_url, verify_token)
        return self._server.wait(asking)

    def let_pass(self, *, seconds: float = 0, hours: float = 0, days: float = 0) -> None:
        """Move Meta's clock on: windows close, tokens, files and addresses expire."""
        self._passed_seconds += seconds + hours * 3600 + days * 24 * 3600

    def _now(self) -> float:
        return time.time() + self._passed_seconds

    def write(self, customer: PhoneCustomer, text: str, *, quoted: str = "") -> str:
        """Send a text as a customer. Returns its wamid."""
        return self.run(lambda: self.handset.write(self.account, customer, text, quoted=quoted))

    @property
    def templates(self) -> list[Template]:
        return self.business.templates

    def add_template(self, definition: dict[str, Any]) -> Template:
        """Take a definition in Meta's words (name, language, components, …), approved unless it says otherwise."""
        return self.run(lambda: self.business.add_template(definition))

    def decide(self, decision: str, *arguments: Any, **named: Any) -> None:
        """Let Meta decide something that it tells by webhook: a method of `meta.business.Business`, told of this account.

        `decide("reject", "lembrete_visita")`, `decide("pause", …)`, `decide("restrict")`, `decide("change_quality", "RED")`…
        """
        decide = getattr(self.business, decision)
        self.run(lambda: decide(self.account, *arguments, **named))

    def give_token(self, value: str, token: Token) -> None:
        """Make another token known, or the account's own a worse one: expired, revoked, of another account, of fewer scopes."""
        self.run(lambda: self.platform.tokens.put(value, token))

    def run(self, work: Callable[[], T]) -> T:
        """Run anything on the stand-in's own loop, where `handset` must be used."""
        return self._server.call(work)

    def _set_faults(self, **changes: Any) -> None:
        faults = Faults.model_validate({**self.platform.world.faults.model_dump(), **changes})
        self.run(lambda: self.platform.world.record(FaultsChanged(faults=faults)))

    async def _answer(self, request: WireRequest) -> WireResponse:
        return await self._graph.answer(self.account, request)


class ModelStandIn:
    """An OpenAI-compatible server on a port of its own. Use it as a context manager.

    `base_url` goes into OPENAI_BASE_URL; `mode` is the fault it plays, `requests` the bodies it was sent.
    """

    def __init__(self, *, mode: Mode = Mode.ANSWER, delay_seconds: float = 0, port: int = 0) -> None:
        self.service = ModelService(mode=mode, delay_seconds=delay_seconds)
        self._server = ServerThread(asgi(self.service.answer), port=port)
        self.base_url = f"{self._server.url}/v1"

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    @property
    def requests(self) -> list[dict[str, Any]]:
        return self.service.requests

    def play(self, mode: Mode, *, times: int | None = None) -> None:
        """Switch the fault, for the next `times` calls or for good."""
        self._server.call(lambda: self.service.play(mode, times=times))
