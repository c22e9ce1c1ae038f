"""The stand-in on an address of its own, for tests: a thread with an event loop and a real HTTP server."""

import time
from collections.abc import Callable
from typing import Self, TypeVar

from apps.simulator.server import asgi
from apps.simulator.standin import ServerThread
from apps.simulator.telegram.account import BotAccount, Customer
from apps.simulator.telegram.faults import FAULTS
from apps.simulator.telegram.handset import Handset
from apps.simulator.telegram.platform import BotPlatform, Sent
from apps.simulator.telegram.rules import Json
from apps.simulator.telegram.server import BotApi, Called

T = TypeVar("T")


class TelegramStandIn:
    """The vendor on a port of its own. Use it as a context manager.

    `api_url` is what the product calls instead of the public address; `accepted` are the sends that the vendor took,
    oldest first; `calls` every call with the rule that it broke. Webhooks go where the product registered them.
    """

    def __init__(
        self,
        *,
        account: BotAccount | None = None,
        messages_per_second: int = 0,
        allows_loopback: bool = True,
        port: int = 0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.account = account or BotAccount()
        self.platform = BotPlatform(
            self.account, clock=clock, allows_loopback=allows_loopback, messages_per_second=messages_per_second
        )
        self.handset = Handset(self.platform)
        self.api = BotApi(self.platform)
        self._server = ServerThread(asgi(self.api.answer, on_stop=self.platform.courier.close), port=port)
        self.api_url = self._server.url

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    @property
    def accepted(self) -> list[Sent]:
        return list(self.platform.accepted)

    @property
    def calls(self) -> list[Called]:
        return list(self.api.calls)

    def fail_next(self, *faults: str) -> None:
        """Order faults of `faults.FAULTS` for the next sends, one each. An unknown name is a KeyError."""
        unknown = [name for name in faults if name not in FAULTS]
        if unknown:
            raise KeyError(unknown[0])
        self.run(lambda: self.platform.next_faults.extend(faults))

    def write(self, customer: Customer, text: str, *, quoted: int = 0) -> Json:
        """Send a text as a customer. Returns the update."""
        return self.run(lambda: self.handset.write(customer, text, quoted=quoted))

    def run(self, work: Callable[[], T]) -> T:
        """Run anything on the stand-in's own loop, where `handset` must be used."""
        return self._server.call(work)
