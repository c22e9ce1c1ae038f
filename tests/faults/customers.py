"""Customers of the account `default`: they write, in any number and at any rate."""

import threading
import time
from itertools import count

from tests.faults.meta import metadata
from tests.faults.webhooks import Posted, Webhooks


class Customers:
    """Sends inbound texts and remembers each by its wamid."""

    def __init__(self, webhooks: Webhooks, *, phone_number_id: str, first: int = 0) -> None:
        self.webhooks, self.phone_number_id = webhooks, phone_number_id
        self.written: dict[str, list[Posted]] = {}
        self._numbers = count(1)
        self._first = first

    def leave(self) -> None:
        """Let other customers take the place of these; what these wrote is forgotten here."""
        self.written = {}
        self._first += 1000

    def phone(self, customer: int) -> str:
        return f"55839{80000000 + self._first + customer:08d}"

    def write(self, customer: int, text: str, *, copies: int = 1) -> str:
        """Send one text of a customer (a number from 0); give its wamid."""
        wamid = f"wamid.IN{self._first:06d}.{next(self._numbers):06d}"
        phone = self.phone(customer)
        message = {
            "from": phone,
            "id": wamid,
            "timestamp": str(int(time.time())),
            "type": "text",
            "text": {"body": text},
        }
        value = {
            "metadata": metadata(self.phone_number_id),
            "contacts": [{"profile": {"name": f"Carla {customer}"}, "wa_id": phone}],
            "messages": [message],
        }
        self.written[wamid] = self.webhooks.send(value, copies=copies)
        return wamid

    def write_many(
        self, texts: int, *, customers: int, per_second: float, text: str = "Quanto custa o Decor Interiores?"
    ) -> threading.Thread:
        """Send numbered texts of many customers in turn, from a thread; join it to know that all were handed over."""

        def run() -> None:
            started = time.monotonic()
            for number in range(texts):
                time.sleep(max(0.0, started + number / per_second - time.monotonic()))
                self.write(number % customers, f"({number}) {text}")

        thread = threading.Thread(target=run, name="customers", daemon=True)
        thread.start()
        return thread

    @property
    def acknowledged(self) -> set[str]:
        """The wamids of which at least one copy got its 200."""
        return {wamid for wamid, copies in self.written.items() if any(c.acknowledged_at for c in copies)}

    def answers(self) -> list[int]:
        return [answer for copies in self.written.values() for posted in copies for answer in posted.answers]
