"""What is known of an account's health, as values: the checks, the vendor's news, and what its webhooks showed."""

from typing import Any, Final

from apps.contracts.base import Moment, Value
from apps.contracts.words import CheckState
from apps.gateway.documents import AccountHealth

#: Worst first: an account is as well as its worst check. What is not known is no fault.
SEVERITY: Final = (CheckState.BAD, CheckState.WARNING, CheckState.GOOD, CheckState.UNKNOWN)


class HealthCheck(Value):
    """One check with since when its state holds. `at` is when it was last looked at."""

    name: str
    state: CheckState
    sentence: str
    next_step: str = ""
    since: Moment
    at: Moment


class HealthNotice(Value):
    """Something the vendor told of the account by itself."""

    kind: str
    state: str
    subject: str = ""
    reason: str = ""
    at: Moment


class HealthValue(Value):
    """Everything about one account. Times are None for what never happened, as far as anybody knows."""

    tenant_id: str
    account: str
    checks: tuple[HealthCheck, ...] = ()
    notices: tuple[HealthNotice, ...] = ()
    checked_at: Moment | None = None
    handshake_at: Moment | None = None
    former_secret_at: Moment | None = None
    present_secret_at: Moment | None = None

    @property
    def state(self) -> CheckState:
        found = {check.state for check in self.checks}
        return next((state for state in SEVERITY if state in found), CheckState.UNKNOWN)

    @property
    def faults(self) -> tuple[HealthCheck, ...]:
        """What needs somebody, worst first."""
        order = {CheckState.BAD: 0, CheckState.WARNING: 1}
        return tuple(
            sorted((one for one in self.checks if one.state in order), key=lambda one: (order[one.state], one.since))
        )


def health_value(row: AccountHealth) -> HealthValue:
    return HealthValue(
        tenant_id=row.tenant_id,
        account=row.account,
        checks=tuple(HealthCheck.model_validate(_known(HealthCheck, one)) for one in row.checks),
        notices=tuple(HealthNotice.model_validate(_known(HealthNotice, one)) for one in row.notices),
        checked_at=row.checked_at,
        handshake_at=row.handshake_at,
        former_secret_at=row.former_secret_at,
        present_secret_at=row.present_secret_at,
    )


def _known(kind: type[Value], stored: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in stored.items() if name in kind.model_fields}
