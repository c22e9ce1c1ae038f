"""Signing in with an e-mail address instead of the user name."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from apps.tenants.models import User


class EmailBackend(ModelBackend):
    """Accepts an address that exactly one active login has; an ambiguous one signs nobody in."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        if not username or not password or "@" not in username:
            return None
        found = list(User.objects.filter(email__iexact=username, is_active=True)[:2])
        if len(found) != 1:
            # The same work as for a known address, so that the time tells nothing.
            User().set_password(password)
            return None
        return found[0] if found[0].check_password(password) else None
