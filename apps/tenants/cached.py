"""How a selector of configuration is remembered: keyed by the tenant's version, so a save is seen everywhere.

@configured(tuple[SpamRuleValue, ...])
def spam_rules(tenant_id: str) -> tuple[SpamRuleValue, ...]: ...
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar

from django.db import connection

from apps.common.cache import TwoLevelCache
from apps.tenants.models import ConfigVersion
from apps.tenants.versions import EVERYONE, known_version

T = TypeVar("T")

#: Configuration changes rarely and its version is in the key, so this only bounds what old versions occupy.
CONFIGURATION_TTL = timedelta(minutes=10)


def config_version(tenant_id: str = EVERYONE) -> int:
    """The version of a tenant's configuration, or of everybody's; at most a second old.

    Inside a transaction it is read every time and not remembered, because the transaction may still roll back.
    """
    if connection.in_atomic_block:
        return _read_version(tenant_id)
    return known_version(tenant_id, read=lambda: _read_version(tenant_id))


def configured(
    shape: Any, *, ttl: timedelta = CONFIGURATION_TTL, is_shared: bool = True
) -> Callable[[Callable[[str], T]], Callable[[str], T]]:
    """Remember what a selector of one tenant's configuration answers. `is_shared` False keeps secrets out of Redis.

    Asked for the tenant `EVERYONE`, it is keyed by the version of all tenants together.
    """

    def decorate(load: Callable[[str], T]) -> Callable[[str], T]:
        kind = f"{load.__module__}.{load.__qualname__}"
        cache: TwoLevelCache[T] = TwoLevelCache(kind, shape, ttl=ttl, is_shared=is_shared)

        @wraps(load)
        def answer(tenant_id: str) -> T:
            return cache.get(tenant_id, config_version(tenant_id), load=lambda: load(tenant_id))

        return answer

    return decorate


def _read_version(scope: str) -> int:
    return ConfigVersion.objects.filter(scope=scope).values_list("number", flat=True).first() or 0
