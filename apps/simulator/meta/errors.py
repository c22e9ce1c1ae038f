"""Meta's error bodies (protocols/whatsapp.md §11)."""

import secrets
from typing import Any

#: What Meta calls each error that this stand-in can give.
TITLES = {
    1: "API Unknown",
    2: "API Service",
    4: "Application request limit reached",
    10: "Permission denied",
    100: "Invalid parameter",
    190: "Access token has expired or is invalid",
    200: "Permissions error",
    368: "Temporarily blocked for policy violations",
    613: "Calls to this API have exceeded the rate limit",
    2500: "Unknown path components",
    2200: "Callback verification failed",
    80007: "Rate limit issues",
    130403: "Recipient is blocked by the business",
    130429: "Rate limit hit",
    130472: "Recipient is part of an experiment",
    130497: "Business account is restricted from messaging users in this country",
    131000: "Something went wrong",
    131005: "Access denied",
    131008: "Required parameter is missing",
    131009: "Parameter value is not valid",
    131016: "Service unavailable",
    131021: "Recipient cannot be sender",
    131026: "Message undeliverable",
    131030: "Recipient phone number not in allowed list",
    131031: "Business account locked",
    131037: "Display name approval needed",
    131042: "Business eligibility payment issue",
    131047: "Re-engagement message",
    131048: "Spam rate limit hit",
    131049: "Withheld to maintain healthy ecosystem engagement",
    131050: "Recipient has stopped marketing messages",
    131051: "Unsupported message type",
    131052: "Media download error",
    131053: "Media upload error",
    131056: "Pair rate limit hit",
    131057: "Account in maintenance mode",
    131062: "Business-scoped id not allowed here",
    131064: "Messaging limit reached",
    132000: "Number of parameters does not match",
    132001: "Template does not exist in this language or is not approved",
    132005: "Template text too long",
    132007: "Template format character policy violated",
    132008: "Template parameter is missing or empty",
    132012: "Template parameter format does not match",
    132015: "Template is paused",
    132016: "Template is disabled",
    132018: "Template parameter text is not valid",
    133004: "Server temporarily unavailable",
    133010: "Phone number not registered",
    134011: "Payments terms not accepted",
    137000: "Recipient identity hash does not match",
    139100: "Failed to block or unblock some users",
}
FORBIDDEN = (10, 368, 130497, 131031)
THROTTLED = (4, 613, 80007, 130429, 131056)
BROKEN = (1, 2, 131000, 131016, 133004)
TRANSIENT = (*THROTTLED, *BROKEN)


def http_status(code: int) -> int:
    """Give the HTTP status that goes with an error code (§11, text above the tables)."""
    if code in (0, 190):
        return 401
    if code in FORBIDDEN or 200 <= code <= 299:
        return 403
    if code in THROTTLED:
        return 429
    if code in BROKEN:
        return 503 if code in (131016, 133004) else 500
    return 400


class GraphError(Exception):
    """Meta refuses a call. `rule` names the paragraph of protocols/whatsapp.md that was broken, "" for a fault on order."""

    def __init__(self, code: int, details: str, *, rule: str = "", more: dict[str, Any] | None = None) -> None:
        super().__init__(f"({code}) {details}")
        self.code = code
        self.details = details
        self.rule = rule
        self.status = http_status(code)
        #: What stands beside the error in the answer.
        self.more = more or {}

    def body(self) -> dict[str, Any]:
        error: dict[str, Any] = {
            "message": f"(#{self.code}) {TITLES.get(self.code, 'Error')}",
            "type": "OAuthException",
            "code": self.code,
            "error_data": {"messaging_product": "whatsapp", "details": self.details},
            "fbtrace_id": secrets.token_urlsafe(12),
        }
        if self.code in TRANSIENT:
            error["is_transient"] = True
        return {**self.more, "error": error}


def status_error(code: int, details: str) -> dict[str, Any]:
    """The same error as a `failed` status carries it (§4)."""
    title = TITLES.get(code, "Error")
    return {
        "code": code,
        "title": title,
        "message": title,
        "error_data": {"details": details},
        "href": "https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes",
    }
