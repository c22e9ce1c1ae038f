"""What may be registered as a webhook, and what is known about it afterwards (protocols/telegram.md §1)."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from apps.simulator.telegram.errors import bad

PORTS = (443, 80, 88, 8443)
LOOPBACK = ("127.0.0.1", "localhost", "::1")
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
#: Left out unless they are asked for by name.
ONLY_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_RULE = "§1"


@dataclass(frozen=True)
class Registration:
    url: str = ""
    secret: str = ""
    max_connections: int = 40
    allowed_updates: tuple[str, ...] = ()

    def wants(self, update: dict[str, Any]) -> bool:
        kind = next(name for name in update if name != "update_id")
        return kind in self.allowed_updates if self.allowed_updates else kind not in ONLY_ON_REQUEST


def registration(params: dict[str, Any], known: Registration, *, allows_loopback: bool) -> Registration:
    """Read a `setWebhook`. `allows_loopback` lets tests register plain HTTP on this machine. Raises BotApiError."""
    url, secret = str(params.get("url", "")), params.get("secret_token", "")
    if url:
        _check_url(url, allows_loopback=allows_loopback)
    if not isinstance(secret, str) or (secret and not SECRET.fullmatch(secret)):
        raise bad("secret token contains unallowed characters", rule=_RULE)
    connections = params.get("max_connections", 40)
    if not isinstance(connections, int) or not 1 <= connections <= 100:
        raise bad("max_connections must be between 1 and 100", rule=_RULE)
    allowed = params.get("allowed_updates")
    if allowed is not None and not (isinstance(allowed, list) and all(isinstance(one, str) for one in allowed)):
        raise bad("allowed_updates must be a list of strings", rule=_RULE)
    # The list is remembered when it is not given again.
    return Registration(url, secret, connections, known.allowed_updates if allowed is None else tuple(allowed))


def _check_url(url: str, *, allows_loopback: bool) -> None:
    parts = urlsplit(url)
    if allows_loopback and parts.hostname in LOOPBACK:
        return
    if parts.scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook", rule=_RULE)
    if parts.hostname in LOOPBACK:
        raise bad("bad webhook: IP address 127.0.0.1 is reserved", rule=_RULE)
    if (parts.port or 443) not in PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443", rule=_RULE)
