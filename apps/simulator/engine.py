"""The stand-in inside the web process: one thread with one event loop, on which Meta's side of the simulator runs."""

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from apps.gateway.selectors import account_for_simulator
from apps.simulator.meta.account import MetaAccount, meta_account
from apps.simulator.meta.business import Business
from apps.simulator.meta.courier import Courier
from apps.simulator.meta.graph import Graph
from apps.simulator.meta.handset import Handset
from apps.simulator.meta.happenings import Happenings
from apps.simulator.meta.limits import meta_limits
from apps.simulator.meta.media import StoredFile
from apps.simulator.meta.platform import MetaPlatform
from apps.simulator.phone.cast import cast
from apps.simulator.phone.changes import CallMade, CustomerJoined
from apps.simulator.phone.hub import Hub
from apps.simulator.phone.journal import Journal
from apps.simulator.phone.world import World

T = TypeVar("T")
SHELF = "simulator"
FILES_KEPT = 200
CATCHING_UP_SECONDS = 2


class StorageShelf:
    """Keeps files in the product's storage, where every web process finds them; forgets the oldest."""

    def put(self, file: StoredFile) -> None:
        default_storage.save(f"{SHELF}/{file.id}", ContentFile(file.content))
        known = {"mime_type": file.mime_type, "filename": file.filename, "expires_at": file.expires_at}
        about = json.dumps(known).encode()
        default_storage.save(f"{SHELF}/{file.id}.json", ContentFile(about))
        self._forget_oldest()

    def get(self, media_id: str) -> StoredFile | None:
        path = f"{SHELF}/{media_id}"
        if not media_id.isdigit() or not default_storage.exists(f"{path}.json"):
            return None
        with default_storage.open(f"{path}.json") as about, default_storage.open(path) as content:
            known = json.loads(about.read())
            expires_at = known.get("expires_at", 0)
            return StoredFile(media_id, known["mime_type"], content.read(), known["filename"], expires_at)

    def drop(self, media_id: str) -> bool:
        is_there = self.get(media_id) is not None
        if is_there:
            default_storage.delete(f"{SHELF}/{media_id}")
            default_storage.delete(f"{SHELF}/{media_id}.json")
        return is_there

    def _forget_oldest(self) -> None:
        ids = [name for name in default_storage.listdir(SHELF)[1] if name.isdigit()]
        if len(ids) > FILES_KEPT:
            oldest = min(ids, key=lambda name: default_storage.get_created_time(f"{SHELF}/{name}"))
            self.drop(oldest)


class Engine:
    """Everything the phone and the Graph address share. Work reaches its loop through `run` and `wait`."""

    def __init__(self, tenant_id: str, slug: str) -> None:
        self.world = World()
        self.hub = Hub()
        self.loop = asyncio.new_event_loop()
        key = f"{settings.URBANA_PREFIX}:simulator:{tenant_id}:{slug}"
        self._journal = Journal(self.world, redis_url=settings.REDIS_URL, key=key, tell=self.hub.tell)
        self.world.listeners += [self.hub.tell, self._journal.append]
        courier = Courier(
            tell=lambda call: self.world.record(CallMade(call=call)),
            slow_seconds=lambda: self.world.faults.slow_seconds,
        )
        self.platform = MetaPlatform(world=self.world, courier=courier, shelf=StorageShelf(), limits=meta_limits())
        self.handset = Handset(self.platform)
        self.happenings = Happenings(self.platform, self.handset.post)
        self.business = Business(self.platform)
        self.graph = Graph(self.platform)
        for customer in cast():
            self.world.apply(CustomerJoined(customer=customer))
        threading.Thread(target=self._live, name="simulator", daemon=True).start()
        # The first page after a restart shows what the phones showed before it.
        self._journal.has_caught_up.wait(CATCHING_UP_SECONDS)

    async def run(self, work: Callable[[], T]) -> T:
        """Call a function on the engine's loop, from another loop."""

        async def on_loop() -> T:
            return work()

        return await self.wait(on_loop())

    async def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Await a coroutine that runs on the engine's loop, from another loop."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self.loop))

    def _live(self) -> None:
        asyncio.set_event_loop(self.loop)
        journal = self.loop.create_task(self._journal.run())
        self.loop.run_forever()
        journal.cancel()


_engines: dict[tuple[str, str], Engine] = {}
_starting = threading.Lock()


def engine(tenant_id: str, slug: str) -> Engine:
    """Give this process's engine of an account, started on first use. Blocks while it starts."""
    with _starting:
        if (tenant_id, slug) not in _engines:
            _engines[tenant_id, slug] = Engine(tenant_id, slug)
        return _engines[tenant_id, slug]


def forget_engines() -> None:
    """Begin anew, as another process would."""
    with _starting:
        _engines.clear()


def current_account() -> MetaAccount | None:
    """The account that the simulator plays Meta for; None until the demo data is loaded."""
    configured = account_for_simulator()
    return meta_account(configured) if configured is not None else None
