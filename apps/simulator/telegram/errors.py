"""The vendor's error bodies (protocols/telegram.md §4)."""

from typing import Any

REASONS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    413: "Request Entity Too Large",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
}


class BotApiError(Exception):
    """A call is refused. `rule` names the paragraph of protocols/telegram.md that was broken, "" for a fault on order."""

    def __init__(
        self, code: int, details: str = "", *, rule: str = "", parameters: dict[str, int] | None = None
    ) -> None:
        super().__init__(f"({code}) {details}")
        self.code = code
        self.details = details
        self.rule = rule
        self.parameters = parameters or {}

    def body(self) -> dict[str, Any]:
        reason = REASONS[self.code]
        content: dict[str, Any] = {
            "ok": False,
            "error_code": self.code,
            "description": f"{reason}: {self.details}" if self.details else reason,
        }
        if self.parameters:
            content["parameters"] = self.parameters
        return content


def bad(details: str, *, rule: str) -> BotApiError:
    return BotApiError(400, details, rule=rule)
