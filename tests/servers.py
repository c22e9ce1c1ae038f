"""The mongod and the Valkey that one test run shares, however many pytest workers it has."""

import atexit
import json
import os
import shutil
import tempfile
from pathlib import Path

from apps.common.stores import start_mongod, start_valkey

BASE_DIR = Path(__file__).resolve().parents[1]
_VARIABLE = "URBANA_TEST_SERVERS"
# Variables of the developer's own shell that would change what the tests see.
FOREIGN = (
    "OPENAI_",
    "WHATSAPP_",
    "SENTRY_",
    "OTEL_",
    "METRICS_",
    "DATABASE_URL",
    "CELERY_BROKER_URL",
    "QUIET_WINDOW_SECONDS",
    "PORT",
)


def worker() -> str:
    """Name this pytest worker: gw0, gw1, …, or main without xdist."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def configure_environment() -> None:
    """Point the product's variables at the servers of this run, starting them in the first process that asks.

    The pytest workers inherit the environment of the process that started them, so all share one pair of servers;
    each has its own database and its own Redis prefix. The servers end with the process that started them.
    """
    for name in list(os.environ):
        if name.startswith(FOREIGN):
            del os.environ[name]
    if _VARIABLE not in os.environ:
        os.environ[_VARIABLE] = json.dumps(_start())
    servers = json.loads(os.environ[_VARIABLE])
    name = f"urbana_{worker()}"
    os.environ |= {
        "DEBUG": "true",
        "SECRET_KEY": "only for tests",
        "URBANA_ENV_FILE": os.devnull,
        "URBANA_VAR_DIR": str(Path(servers["directory"]) / worker()),
        "URBANA_PREFIX": name,
        "MONGODB_URI": servers["mongodb"].replace("/urbana?", f"/{name}?"),
        "REDIS_URL": servers["redis"],
    }


def _start() -> dict[str, str]:
    directory = Path(tempfile.mkdtemp(prefix="urbana-tests-"))
    mongod, valkey = start_mongod(directory / "mongod"), start_valkey(directory / "valkey")

    def end() -> None:
        mongod.stop()
        valkey.stop()
        shutil.rmtree(directory, ignore_errors=True)

    atexit.register(end)
    return {"directory": str(directory), "mongodb": mongod.uri, "redis": valkey.uri}
