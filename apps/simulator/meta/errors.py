"""Meta's error bodies (protocols/whatsapp.md §11)."""

import secrets
from typing import Any

#: What Meta calls each error that this stand-in can give.
TITLES = {
    1: "API Unknown",
    2: "API Service",
    4: "Application request limit reached",
    100: "Invalid parameter",
    190: "Access token has expired or is invalid",
    80007: "Rate limit issues",
    130429: "Rate limit hit",
    131000: "Something went wrong",
    131008: "Required parameter is missing",
    131009: "Parameter value is not valid",
    131016: "Service unavailable",
    131021: "Recipient cannot be sender",
    131026: "Message undeliverable",
    131047: "Re-engagement message",
    131051: "Unsupported message type",
    131053: "Media upload error",
    131056: "Pair rate limit hit",
    131062: "Business-scoped id not allowed here",
    132000: "Number of parameters does not match",
    132001: "Template does not exist",
    132018: "Template parameter format mismatch",
}


def http_status(code: int) -> int:
    """Give the HTTP status that goes with an error code (§11, text above the tables)."""
    if code in (0, 190):
        return 401
    if code in (10, 368, 130497, 131031) or 200 <= code <= 299:
        return 403
    if code in (4, 613, 80007, 130429, 131056):
        return 429
    if code in (1, 2, 131000, 131016):
        return 500
    return 400


class GraphError(Exception):
    """Meta refuses a call. `rule` names the paragraph of protocols/whatsapp.md that was broken, "" for a fault on order."""

    def __init__(self, code: int, details: str, *, rule: str = "") -> None:
        super().__init__(f"({code}) {details}")
        self.code = code
        self.details = details
        self.rule = rule
        self.status = http_status(code)

    def body(self) -> dict[str, Any]:
        return {
            "error": {
                "message": f"(#{self.code}) {TITLES.get(self.code, 'Error')}",
                "type": "OAuthException",
                "code": self.code,
                "error_data": {"messaging_product": "whatsapp", "details": self.details},
                "fbtrace_id": secrets.token_urlsafe(12),
            }
        }


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
