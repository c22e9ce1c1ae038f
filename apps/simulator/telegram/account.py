"""Who takes part: the account that the product answers with, and the customers who write to it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BotAccount:
    """One account of the vendor's. The token begins with its id."""

    token: str = "800000001:AAstand-in-token-of-the-telegram-tests1"  # noqa: S105 - it protects nothing
    username: str = "urbana_teste_bot"
    name: str = "Urbana"

    @property
    def id(self) -> int:
        return int(self.token.partition(":")[0])

    def as_user(self) -> dict[str, object]:
        return {"id": self.id, "is_bot": True, "first_name": self.name, "username": self.username}


@dataclass(frozen=True)
class Customer:
    """Somebody with the app. Their private conversation has their own id."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    phone: str = ""

    def as_user(self) -> dict[str, object]:
        known = {"last_name": self.last_name, "username": self.username, "language_code": "pt-br"}
        return {"id": self.id, "is_bot": False, "first_name": self.first_name, **_filled(known)}

    def as_chat(self) -> dict[str, object]:
        known = {"last_name": self.last_name, "username": self.username}
        return {"id": self.id, "type": "private", "first_name": self.first_name, **_filled(known)}


def _filled(values: dict[str, str]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value}
