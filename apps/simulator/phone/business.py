"""What Meta's side keeps about the business itself: its templates, and how its account stands."""

from typing import Any

from apps.contracts.base import Value


class Template(Value):
    """One template in one language, in Meta's own words (protocols/whatsapp.md §7.1 and §13).

    `components` are Meta's objects with their examples. `parameter_format` is POSITIONAL ({{1}}) or NAMED ({{cliente}}).
    """

    id: str
    name: str
    language: str
    category: str = "UTILITY"
    status: str = "APPROVED"
    parameter_format: str = "POSITIONAL"
    components: tuple[dict[str, Any], ...] = ()
    rejected_reason: str = "NONE"
    quality: str = "UNKNOWN"

    @property
    def key(self) -> str:
        return template_key(self.name, self.language)

    def component(self, kind: str) -> dict[str, Any] | None:
        """The header, body, footer or buttons; None when the template has none."""
        return next((part for part in self.components if part.get("type") == kind), None)


def template_key(name: str, language: str) -> str:
    return f"{name}:{language}"


class BusinessState(Value):
    """How the account stands. Words are Meta's; `callback_url` is the override of the business account, "" for the app's own,
    and `number_callback_url` the number's, which comes before both (§1).

    `customers_per_day` limits how many different customers templates may reach in 24 hours (§10; 0 for no limit).
    """

    quality: str = "GREEN"
    number_status: str = "CONNECTED"
    name_status: str = "APPROVED"
    code_verification: str = "VERIFIED"
    throughput: str = "STANDARD"
    messaging_limit: str = "TIER_2K"
    customers_per_day: int = 0
    is_subscribed: bool = True
    callback_url: str = ""
    number_callback_url: str = ""
    is_locked: bool = False
    restrictions: tuple[str, ...] = ()
    #: Keys of the customers whom the business blocked, and of those who want no marketing.
    blocked: tuple[str, ...] = ()
    without_marketing: tuple[str, ...] = ()
    about: dict[str, Any] = {}
