"""How often a caller may ask and command. With the cache away, nobody is throttled."""

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from apps.api.authentication import Caller


class CallerThrottle(SimpleRateThrottle):
    """Counts per key or login."""

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        if not isinstance(request.user, Caller):
            return None
        return self.cache_format % {"scope": self.scope, "ident": f"{request.user.tenant_id}:{request.user.pk}"}


class QueryThrottle(CallerThrottle):
    scope = "api-query"
    rate = "1200/min"


class CommandThrottle(CallerThrottle):
    scope = "api-command"
    rate = "300/min"
