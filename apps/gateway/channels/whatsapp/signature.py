"""Who may post and who may subscribe: Meta's signature and the verification handshake."""

import hashlib
import hmac
from collections.abc import Iterable

from pydantic import SecretStr

PREFIX = "sha256="
HEX_DIGITS = 64
LONGEST_CHALLENGE = 256


def is_signed_by(secrets: Iterable[SecretStr], *, body: bytes, header: str) -> bool:
    """Tell whether one of the app secrets signed this body; none configured means no.

    `header` is the raw `X-Hub-Signature-256` value, "sha256=" plus 64 hex digits. `body` must be the bytes as
    received: re-encoded JSON does not verify. Every secret is tried, so that time does not tell which one matched.

    Source: https://developers.facebook.com/docs/graph-api/webhooks/getting-started
    """
    if len(header) != len(PREFIX) + HEX_DIGITS or not header.startswith(PREFIX) or not header.isascii():
        return False
    claimed = header[len(PREFIX) :].encode()
    matched = False
    for secret in secrets:
        key = secret.get_secret_value().encode()
        # An empty key would let anybody sign.
        if key:
            expected = hmac.digest(key, body, hashlib.sha256).hex().encode()
            matched |= hmac.compare_digest(expected, claimed)
    return matched


def challenge_to_echo(verify_token: SecretStr, *, query: dict[str, str]) -> str | None:
    """Give the challenge back when the token is ours, None otherwise. The challenge is opaque text of limited length."""
    ours = verify_token.get_secret_value().encode()
    theirs = query.get("hub.verify_token", "").encode()
    challenge = query.get("hub.challenge", "")
    is_ours = bool(ours) and hmac.compare_digest(ours, theirs)
    if not is_ours or query.get("hub.mode") != "subscribe" or not 0 < len(challenge) <= LONGEST_CHALLENGE:
        return None
    return challenge
