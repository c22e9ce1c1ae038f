"""Which key was presented. Cached by the configuration's version, so a key ends within two seconds of its removal."""

from apps.api.domain import READ, WRITE, ApiKeyValue, is_valid, prefix_of
from apps.api.models import ApiKey
from apps.common import clock
from apps.tenants.cached import configured
from apps.tenants.versions import EVERYONE


def key_for(presented: str) -> ApiKeyValue | None:
    """The active key with this text, None for anything else."""
    found = _keys(EVERYONE).get(prefix_of(presented))
    return found if found and is_valid(found, presented=presented, now=clock.now()) else None


@configured(dict[str, ApiKeyValue], is_shared=False)
def _keys(_scope: str) -> dict[str, ApiKeyValue]:
    rows = ApiKey.objects.filter(is_active=True, tenant__is_active=True)
    return {row.prefix: _value(row) for row in rows}


def _value(row: ApiKey) -> ApiKeyValue:
    scopes = {READ: row.can_read, WRITE: row.can_write}
    return ApiKeyValue(
        id=str(row.pk),
        tenant_id=row.tenant_id,
        name=row.name,
        prefix=row.prefix,
        digest=row.digest,
        scopes=frozenset(scope for scope, is_granted in scopes.items() if is_granted),
        attendant_id=str(row.attendant_id or ""),
        expires_at=row.expires_at,
    )
