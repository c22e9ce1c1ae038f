"""Secrets at rest: encrypted with a key derived from SECRET_KEY, readable with any of SECRET_KEY_FALLBACKS."""

import base64
from enum import Enum
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models


class KeyAge(Enum):
    """Which key opens a stored secret. LOST: none that is known."""

    PRESENT = "present"
    FORMER = "former"
    LOST = "lost"


class LostSecret(str):
    """A secret that no known key opens: reads as missing, and is written back exactly as it was stored.

    Otherwise saving a row while a key is missing would destroy what the key, once back, would open again.
    """

    stored: str

    __slots__ = ("stored",)

    def __new__(cls, stored: str) -> "LostSecret":
        lost = super().__new__(cls, "")
        lost.stored = stored
        return lost


def encrypt(text: str) -> str:
    return _fernet().encrypt(text.encode()).decode() if text else ""


def decrypt(stored: str) -> str:
    """Read a stored secret; a LostSecret, which is "", when no known key opens it."""
    if not stored:
        return ""
    try:
        return _fernet().decrypt(stored.encode()).decode()
    except InvalidToken:
        return LostSecret(stored)


def age_of_key(stored: str) -> KeyAge:
    try:
        _fernet_for((settings.SECRET_KEY,)).decrypt(stored.encode())
    except InvalidToken:
        return KeyAge.LOST if isinstance(decrypt(stored), LostSecret) else KeyAge.FORMER
    return KeyAge.PRESENT


def _fernet() -> MultiFernet:
    return _fernet_for((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=8)
def _fernet_for(secret_keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derive(secret)) for secret in secret_keys])


def _derive(secret: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"urbana.tenants.secrets").derive(secret.encode())
    return base64.urlsafe_b64encode(derived)


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # not subscriptable at run time
    """A text that the database only ever sees encrypted. It cannot be searched."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str:
        return decrypt(value or "")

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, LostSecret):
            return value.stored
        return encrypt(str(value or ""))
