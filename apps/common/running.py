"""What a running `make run` tells the management commands of other terminals: where its stores are."""

import fcntl
import json
import os
from pathlib import Path


def environment_file(var_dir: Path) -> Path:
    """Name the file in which the supervisor keeps the variables it gave to its processes."""
    return var_dir / "run" / "environment.json"


def lock_file(var_dir: Path) -> Path:
    """Name the file that the supervisor keeps locked for as long as it lives, kill -9 included."""
    return var_dir / "run" / "supervisor.lock"


def running_product(var_dir: Path) -> dict[str, str]:
    """Give the variables of the product that runs on this directory, or nothing when none does."""
    if not environment_file(var_dir).exists() or not is_locked(lock_file(var_dir)):
        return {}
    try:
        content = json.loads(environment_file(var_dir).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(value) for name, value in content.items()}


def is_locked(path: Path) -> bool:
    """Tell whether a living process holds the lock on this file."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
