"""Who calls: a machine with a key, or a person with the console's session."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from apps.api.domain import MACHINE_CAPACITY, READ, WRITE, ApiKeyValue
from apps.api.selectors import key_for
from apps.contracts.people import AttendantValue
from apps.tenants import selectors as tenants


@dataclass(frozen=True)
class Caller:
    """Who calls and what they may. `attendant` is as whom: it decides what they see and in whose name they speak.

    `is_machine` for keys, which nobody watches over: their presence is not expected.
    """

    pk: str
    attendant: AttendantValue
    scopes: frozenset[str]
    is_machine: bool
    is_authenticated: bool = True

    @property
    def tenant_id(self) -> str:
        return self.attendant.tenant_id


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer uc_…`."""

    def authenticate(self, request: Request) -> tuple[Caller, ApiKeyValue] | None:
        """Read the key; None when there is none, so that a session may speak instead."""
        scheme, _space, presented = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        key = key_for(presented.strip())
        if key is None:
            raise AuthenticationFailed(_("Chave inválida ou vencida."))
        return Caller(f"key:{key.id}", _attendant_of(key), key.scopes, is_machine=True), key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class ConsoleSessionAuthentication(SessionAuthentication):
    """The console's session; writing needs the CSRF token."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Turn a logged-in person into a caller. Raises PermissionDenied for a login that does not attend."""
        found = super().authenticate(request)
        if found is None:
            return None
        attendant = tenants.attendant_for_user(found[0].pk)
        if attendant is None:
            raise PermissionDenied(_("Este login não atende em nenhuma empresa."))
        return Caller(f"user:{attendant.user_id}", attendant, frozenset({READ, WRITE}), is_machine=False), None


class HasScope(BasePermission):
    """The key or session may do what the view needs."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.user, Caller) and view.scope in request.user.scopes


class IsSupervisor(HasScope):
    """Only a supervisor or a machine sees the whole tenant."""

    def has_permission(self, request: Request, view: Any) -> bool:
        caller = request.user
        return super().has_permission(request, view) and isinstance(caller, Caller) and caller.attendant.is_supervisor


def _attendant_of(key: ApiKeyValue) -> AttendantValue:
    """As whom a key acts. A machine sees all of its tenant, whoever it speaks as."""
    chosen = tenants.attendant(key.tenant_id, key.attendant_id) if key.attendant_id else None
    if chosen is not None:
        return chosen.model_copy(update={"is_supervisor": True})
    return AttendantValue(
        id=f"key-{key.id}",
        user_id="",
        tenant_id=key.tenant_id,
        name=key.name,
        is_supervisor=True,
        capacity=MACHINE_CAPACITY,
    )
