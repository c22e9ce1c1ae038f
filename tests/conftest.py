"""Fixtures that every test may use: the shared stores, emptied between tests, and private ones to break."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from apps.common import heartbeats, mongo
from apps.common import redis as redis_client
from apps.common.stores import RunningStore, start_mongod, start_valkey


@pytest.fixture(scope="session")
def _mongodb_of_this_worker() -> None:
    mongo.client().drop_database(mongo.database().name)
    call_command("ensure_indexes")


@pytest.fixture
def mongodb(_mongodb_of_this_worker: None) -> Iterator[None]:
    """Give the document store with every collection empty and every index in place."""
    yield
    database = mongo.database()
    for name in database.list_collection_names(filter={"type": "collection"}):
        database[name].delete_many({})


@pytest.fixture
def redis() -> Iterator[None]:
    """Give Redis without any key of this worker."""
    _forget_redis_keys()
    yield
    _forget_redis_keys()


@pytest.fixture
def stores(mongodb: None, redis: None, db: None) -> None:
    """Give all three stores, empty."""


@pytest.fixture
def private_mongod(tmp_path: Path) -> Iterator[RunningStore]:
    """Give a mongod of this test's own, to freeze, restart or kill."""
    server = start_mongod(tmp_path / "mongod")
    yield server
    server.stop()


@pytest.fixture
def private_valkey(tmp_path: Path) -> Iterator[RunningStore]:
    """Give a Valkey of this test's own, to freeze, flush or kill."""
    server = start_valkey(tmp_path / "valkey")
    yield server
    server.stop()


def _forget_redis_keys() -> None:
    client = redis_client.client()
    for key in client.scan_iter(match=redis_client.key("*"), count=1000):
        # Django's cache has the same prefix; its own clear() would flush the server for the other workers too.
        client.delete(key)
    heartbeats._last_beat.clear()
