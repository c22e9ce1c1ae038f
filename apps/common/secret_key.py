"""The secret that a development machine makes for itself."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def development_secret_key(var_dir: Path, *, is_debug: bool) -> str:
    """Read the secret kept under `var_dir`, making it the first time.

    Raises ImproperlyConfigured unless DEBUG is on: a made-up secret must never protect real sessions.
    """
    if not is_debug:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Set it in the environment or in .env (or set DEBUG=true to try the product)."
        )
    path = var_dir / "secret_key"
    if not path.exists():
        var_dir.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50), encoding="utf-8")
        try:
            # Linking refuses an existing name, so of two processes that start at once both read the first one's secret.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="utf-8")
