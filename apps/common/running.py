"""Where variables come from besides the environment: `.env`, and a `make run` in another terminal."""

import fcntl
import json
import os
from pathlib import Path

import environ


def read_env_file(base_dir: Path) -> None:
    """Add the variables of `.env` (or of the file that URBANA_ENV_FILE names) to the environment, which wins."""
    file = Path(os.environ.get("URBANA_ENV_FILE") or base_dir / ".env")
    if file.is_file():
        environ.Env.read_env(str(file))


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
