"""Access tokens: what each may do, on which account, until when (protocols/whatsapp.md §1, §7 and §11 D)."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from apps.simulator.meta.account import MetaAccount
from apps.simulator.meta.errors import GraphError
from apps.simulator.meta.payloads import Json

MESSAGING = "whatsapp_business_messaging"
MANAGEMENT = "whatsapp_business_management"


@dataclass(frozen=True)
class Token:
    """`expires_at` in Unix seconds, 0 for never. `business_accounts` empty means the account that is asked for."""

    scopes: tuple[str, ...] = (MANAGEMENT, MESSAGING)
    expires_at: float = 0
    is_revoked: bool = False
    business_accounts: tuple[str, ...] = ()
    app_id: str = ""

    def fault(self, *, now: float) -> str:
        """Why the token opens nothing; "" when it does."""
        if self.is_revoked:
            return "Error validating access token: The session has been invalidated"
        if self.expires_at and now >= self.expires_at:
            return "Error validating access token: Session has expired"
        return ""


class Tokens:
    """The tokens that this stand-in knows besides the account's own, which may do everything unless `put` says otherwise."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._known: dict[str, Token] = {}

    def put(self, value: str, token: Token) -> None:
        self._known[value] = token

    def check(self, account: MetaAccount, value: str, *, scope: str) -> None:
        """Refuse a caller without a living token of this account and permission. Raises GraphError."""
        token = self._find(account, value)
        if token is None:
            raise GraphError(190, "The access token is missing or wrong", rule="§7")
        if fault := token.fault(now=self._clock()):
            raise GraphError(190, fault, rule="§11 D")
        if token.business_accounts and account.business_account_id not in token.business_accounts:
            raise GraphError(10, "The token has no access to this WhatsApp Business Account", rule="§11 D")
        if scope and scope not in token.scopes:
            raise GraphError(200, f"The token lacks the permission {scope}", rule="§1")

    def describe(self, account: MetaAccount, asking: str, value: str) -> Json:
        """`GET /debug_token` (§13): asked with the token itself or with "<app id>|<app secret>". Raises GraphError."""
        if not _is_same(asking, f"{account.app_id}|{account.app_secret}"):
            self.check(account, asking, scope="")
        token = self._find(account, value)
        if token is None:
            error = {"code": 190, "message": "Invalid OAuth access token"}
            return {"data": {"error": error, "is_valid": False, "scopes": []}}
        fault = token.fault(now=self._clock())
        targets = token.business_accounts or (account.business_account_id,)
        about: Json = {
            "app_id": token.app_id or account.app_id,
            "type": "SYSTEM_USER",
            "application": "Urbana Connect",
            "data_access_expires_at": 0,
            "expires_at": int(token.expires_at),
            "is_valid": not fault,
            "scopes": list(token.scopes),
            "granular_scopes": [{"scope": scope, "target_ids": list(targets)} for scope in token.scopes],
            "user_id": "122000000000001",
        }
        if fault:
            about["error"] = {"code": 190, "message": fault}
        return {"data": about}

    def _find(self, account: MetaAccount, value: str) -> Token | None:
        if not value:
            return None
        for known, token in self._known.items():
            if _is_same(known, value):
                return token
        return Token() if account.access_token and _is_same(account.access_token, value) else None


def _is_same(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode(), other.encode())
