"""The accounts that webhooks may name, in memory: an unknown slug or a wrong signature costs no query."""

import logging
import threading
from collections.abc import Callable
from typing import NamedTuple

from django.db import DatabaseError, close_old_connections

from apps.contracts.channels import ChannelAdapter
from apps.contracts.people import ChannelAccountValue
from apps.gateway.channels.registry import adapters
from apps.gateway.intake_health import Account

log = logging.getLogger(__name__)

PREFIX = "/webhooks/"
REFRESH_SECONDS = 0.9


class Endpoint(NamedTuple):
    """One webhook address: whose it is and who can read it."""

    account: ChannelAccountValue
    adapter: ChannelAdapter
    name: Account


class Snapshot:
    """Refreshed every second in a thread of its own; while the database is away it keeps what it knows."""

    def __init__(self, load: Callable[[], dict[str, ChannelAccountValue]]) -> None:
        self._load = load
        #: Every address with its endpoint, with and without a trailing slash.
        self.by_path: dict[str, Endpoint] = {}
        #: The addresses of accounts that are switched off.
        self.switched_off: dict[str, Account] = {}
        self.is_loaded = False
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._stopping.clear()
        self.refresh()
        self._thread = threading.Thread(target=self._refresh_for_ever, name="webhook-accounts", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()

    def refresh(self) -> None:
        """Read the accounts again. An inactive one is left out: refused, its webhooks return for a week."""
        try:
            accounts = self._load()
        except DatabaseError as error:
            log.warning("accounts_not_refreshed", extra={"reason": type(error).__name__})
            return
        finally:
            close_old_connections()
        known = adapters()
        self.by_path = {
            path: Endpoint(account, known[account.kind], Account(account.tenant_id, slug))
            for slug, account in accounts.items()
            if account.is_active and account.kind in known
            for path in _paths(account, slug)
        }
        self.switched_off = {
            path: Account(account.tenant_id, slug)
            for slug, account in accounts.items()
            if not account.is_active
            for path in _paths(account, slug)
        }
        self.is_loaded = True

    def accounts(self) -> set[Account]:
        """Every account that may get webhooks."""
        return {endpoint.name for endpoint in self.by_path.values()}

    def _refresh_for_ever(self) -> None:
        while not self._stopping.wait(REFRESH_SECONDS):
            self.refresh()


def _paths(account: ChannelAccountValue, slug: str) -> tuple[str, str]:
    return (f"{PREFIX}{account.kind}/{slug}", f"{PREFIX}{account.kind}/{slug}/")
