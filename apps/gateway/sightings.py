"""What the webhook saw that a person connecting an account waits for: the vendor's handshake, and which secret signed.

Noted in memory and written once a second at most, outside of the requests.
"""

import asyncio
import logging
import threading
import time
from datetime import UTC, datetime

from apps.common.mongo import STORE_ERRORS
from apps.contracts.channels import ChannelAdapter
from apps.contracts.people import ChannelAccountValue
from apps.gateway.documents import AccountHealth

log = logging.getLogger(__name__)

HANDSHAKE, FORMER_SECRET, PRESENT_SECRET = "handshake_at", "former_secret_at", "present_secret_at"
EVERY_SECONDS = 1.0
#: Who waits for the former secret to fall silent waits for hours; a write for each webhook would tell no more.
SECRET_EVERY_SECONDS = 20.0

Seen = tuple[str, str, str]


class Sightings:
    """Of one web process. `note…` is called in the event loop, `write` in a thread."""

    def __init__(self) -> None:
        self._seen: dict[Seen, datetime] = {}
        self._written: dict[Seen, float] = {}
        self._lock = threading.Lock()

    def note_handshake(self, account: ChannelAccountValue) -> None:
        self._note(account, HANDSHAKE)

    def note_secret(
        self, account: ChannelAccountValue, adapter: ChannelAdapter, *, body: bytes, headers: dict[str, str]
    ) -> None:
        """Say which of two secrets signed a body that one of them did. With one secret there is nothing to tell."""
        if len(account.app_secrets) < 2:
            return
        with_present = account.model_copy(update={"app_secrets": account.app_secrets[:1]})
        is_present = adapter.verify(with_present, body=body, headers=headers)
        self._note(account, PRESENT_SECRET if is_present else FORMER_SECRET)

    async def write_for_ever(self) -> None:
        """Companion of the webhook: a slow store delays nothing but this."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            if self._seen:
                await asyncio.to_thread(self.write)

    def write(self) -> None:
        """Write what was noted since the last time. What MongoDB does not take now it takes later."""
        with self._lock:
            due = {seen: at for seen, at in self._seen.items() if self._is_due(seen)}
            for seen in due:
                del self._seen[seen]
        try:
            for (tenant_id, slug, field), at in due.items():
                AccountHealth.objects(tenant_id=tenant_id, account=slug).update_one(
                    upsert=True,
                    set_on_insert__created_at=at,
                    set_on_insert__schema_version=1,
                    **{f"set__{field}": at},
                )
                self._written[tenant_id, slug, field] = time.monotonic()
        except STORE_ERRORS as error:
            log.warning("sightings_kept", extra={"reason": type(error).__name__})
            with self._lock:
                self._seen = {**due, **self._seen}

    def _note(self, account: ChannelAccountValue, field: str) -> None:
        with self._lock:
            self._seen[account.tenant_id, account.slug, field] = datetime.now(UTC)

    def _is_due(self, seen: Seen) -> bool:
        since = time.monotonic() - self._written.get(seen, float("-inf"))
        return seen[2] == HANDSHAKE or since >= SECRET_EVERY_SECONDS
