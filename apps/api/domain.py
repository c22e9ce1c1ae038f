"""Rules of API keys: pure functions on values."""

import hashlib
import hmac
import secrets
from datetime import datetime

from apps.contracts.base import Moment, Value

MARK = "uc"
READ = "read"
WRITE = "write"

#: A machine holds as many conversations as it is given.
MACHINE_CAPACITY = 10_000


class ApiKeyValue(Value):
    id: str
    tenant_id: str
    name: str
    prefix: str
    digest: str
    scopes: frozenset[str]
    attendant_id: str = ""
    expires_at: Moment | None = None


class NewKey(Value):
    """A key just made. `text` is shown once; only `prefix` and `digest` are kept."""

    text: str
    prefix: str
    digest: str


def make_key() -> NewKey:
    """Draw a key "uc_<prefix>_<secret>" of 256 random bits."""
    prefix = secrets.token_hex(5)
    text = f"{MARK}_{prefix}_{secrets.token_urlsafe(32)}"
    return NewKey(text=text, prefix=prefix, digest=digest_of(text))


def digest_of(text: str) -> str:
    """The secret is random and long, so a plain hash is as good as a slow one."""
    return hashlib.sha256(text.encode()).hexdigest()


def prefix_of(text: str) -> str:
    """The part of a presented key by which it is found, "" for what cannot be one of ours."""
    mark, _, rest = text.partition("_")
    prefix, _, secret = rest.partition("_")
    return prefix if mark == MARK and secret else ""


def is_valid(key: ApiKeyValue, *, presented: str, now: datetime) -> bool:
    """Tell whether a presented key is this one and still counts. Constant time."""
    is_same = hmac.compare_digest(key.digest, digest_of(presented))
    return is_same and (key.expires_at is None or now < key.expires_at)
