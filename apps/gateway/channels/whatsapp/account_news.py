"""What Meta says about the account itself: its templates, its number's quality and pace, restrictions, errors.

Source: protocols sheet §5 and the end of §3.
"""

from datetime import UTC, datetime
from typing import Any

from apps.contracts.words import AccountNewsKind
from apps.gateway.channels.reading import items, mapping, text
from apps.gateway.channels.whatsapp.body import Reading

#: Events of `account_update` after which something may not be sent any more, or may again.
RESTRICTIONS = frozenset(
    {
        "ACCOUNT_RESTRICTION",
        "ACCOUNT_VIOLATION",
        "DISABLED_UPDATE",
        "ACCOUNT_DELETED",
        "ACCOUNT_OFFBOARDED",
        "ACCOUNT_RECONNECTED",
    }
)
#: Fields that an operator should know of, though nothing here acts on them.
WORTH_KNOWING = frozenset(
    {
        "account_alerts",
        "account_review_update",
        "account_settings_update",
        "business_username_updates",
        "payment_configuration_update",
        "phone_number_name_update",
        "security",
    }
)
_STATES = ("event", "decision", "alert_severity", "status", "rejection_reason")
_REASONS = ("reason", "alert_description", "rejection_reason", "requested_verified_name", "requester")


def read_account_news(reading: Reading, field: str, entry: dict[str, Any], value: dict[str, Any]) -> bool:
    """Read a field about the account. False for a field that is not one."""
    stamp = text(value, "timestamp") or text(entry, "time")
    match field:
        case "message_template_status_update":
            _template(reading, AccountNewsKind.TEMPLATE_STATUS, text(value, "event"), value, stamp, _rejection(value))
        case "message_template_quality_update":
            before = text(value, "previous_quality_score")
            _template(reading, AccountNewsKind.TEMPLATE_QUALITY, text(value, "new_quality_score"), value, stamp, before)
        case "message_template_components_update" | "template_category_update" | "template_correct_category_detection":
            state = text(value, "new_category") or text(value, "correct_category") or "components"
            before = text(value, "previous_category")
            _template(reading, AccountNewsKind.TEMPLATE_CHANGED, state, value, stamp, before)
        case "phone_number_quality_update":
            _number(reading, value, stamp)
        case "business_capability_update":
            _limits(reading, AccountNewsKind.PACE, "CAPABILITY", value, stamp)
        case "account_update":
            _account(reading, value, stamp)
        case _ if field in WORTH_KNOWING:
            state = next((found for name in _STATES if (found := text(value, name))), "")
            reason = ", ".join(found for name in _REASONS if (found := text(value, name)))
            reading.add_news(AccountNewsKind.OTHER, state or field, stamp=stamp, subject=field, reason=reason)
        case _:
            return False
    return True


def read_errors(reading: Reading, value: dict[str, Any]) -> None:
    """Errors of the whole account; those beside messages belong to them, whose raw form says it already."""
    for error in items(value, "errors"):
        code = text(error, "code")
        reading.notice(f"error {code}", error)
        if not items(value, "messages"):
            # Older errors have their details at the top.
            detail = text(mapping(error, "error_data"), "details") or text(error, "details") or text(error, "title")
            reading.add_news(AccountNewsKind.OTHER, "ERROR", stamp="", subject=code, reason=detail)


def _template(
    reading: Reading, kind: AccountNewsKind, state: str, value: dict[str, Any], stamp: str, reason: str
) -> None:
    """`subject` is the template's name; one that Meta names by its id only is found by that."""
    name = text(value, "message_template_name") or text(value, "message_template_id")
    language = text(value, "message_template_language")
    reading.add_news(kind, state, stamp=stamp, subject=name, language=language, reason=reason)


def _rejection(value: dict[str, Any]) -> str:
    rejected = mapping(value, "rejection_info")
    paused = mapping(value, "other_info")
    parts = (
        text(value, "reason"),
        text(rejected, "reason"),
        text(rejected, "recommendation"),
        text(paused, "title"),
        text(paused, "description"),
    )
    return ": ".join(part for part in parts if part and part != "NONE")


def _number(reading: Reading, value: dict[str, Any], stamp: str) -> None:
    event = text(value, "event") or "UNKNOWN"
    is_pace = any(word in event for word in ("THROUGHPUT", "UPGRADE", "DOWNGRADE", "ONBOARDING"))
    _limits(reading, AccountNewsKind.PACE if is_pace else AccountNewsKind.NUMBER_QUALITY, event, value, stamp)


def _limits(reading: Reading, kind: AccountNewsKind, state: str, value: dict[str, Any], stamp: str) -> None:
    names = ("max_daily_conversations_per_business", "max_daily_conversation_per_phone", "current_limit")
    limit = next((found for name in names if (found := text(value, name))), "")
    before = text(value, "old_limit")
    reading.add_news(kind, state, stamp=stamp, subject=limit, reason=before)


def _account(reading: Reading, value: dict[str, Any], stamp: str) -> None:
    event = text(value, "event") or "UNKNOWN"
    restrictions = items(value, "restriction_info")
    for restriction in restrictions:
        reading.add_news(
            AccountNewsKind.RESTRICTION,
            event,
            stamp=stamp,
            subject=text(restriction, "restriction_type"),
            reason=_until(text(restriction, "expiration")),
        )
    if restrictions:
        return
    kind = AccountNewsKind.RESTRICTION if event in RESTRICTIONS else AccountNewsKind.OTHER
    violation, ban = mapping(value, "violation_info"), mapping(value, "ban_info")
    detail = (text(violation, "violation_type"), text(ban, "waba_ban_state"), text(ban, "waba_ban_date"))
    reading.add_news(kind, event, stamp=stamp, reason=", ".join(one for one in detail if one))


def _until(stamp: str) -> str:
    """When a restriction ends, as a date that a person reads; "" when it is not said or makes no sense."""
    try:
        return datetime.fromtimestamp(int(stamp), tz=UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return ""
