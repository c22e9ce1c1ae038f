"""The four roles and what each may do in /admin/. The console asks the attendant profile, not these groups."""

from collections.abc import Callable
from typing import Final

ADMINISTRATOR: Final = "administrator"
SUPERVISOR: Final = "supervisor"
ATTENDANT: Final = "attendant"
AUDITOR: Final = "auditor"

#: What only a superuser changes, because it decides who sees which tenant or belongs to the frameworks.
_RESERVED = frozenset({"tenant", "configversion", "group", "permission", "contenttype", "session", "logentry"})
_OURS = frozenset({"tenants", "plugins", "processor", "ai", "gateway", "handoff", "api", "console", "insights"})


def _administrator_may(app: str, model: str, codename: str) -> bool:
    if model == "auditentry":
        return codename.startswith("view_")
    return app in _OURS and (model not in _RESERVED or codename.startswith("view_"))


def _auditor_may(app: str, model: str, codename: str) -> bool:
    return app in _OURS and codename.startswith("view_")


def _nobody_may(app: str, model: str, codename: str) -> bool:
    return False


#: Role → whether it holds the permission `codename` on `app.model`. Supervisors and attendants work in the console.
ROLES: Final[dict[str, Callable[[str, str, str], bool]]] = {
    ADMINISTRATOR: _administrator_may,
    SUPERVISOR: _nobody_may,
    ATTENDANT: _nobody_may,
    AUDITOR: _auditor_may,
}
