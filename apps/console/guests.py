"""Who may keep a socket: asked again every few seconds, because sessions end and profiles change."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.utils.crypto import constant_time_compare

from apps.contracts.people import AttendantValue
from apps.tenants import selectors as tenants
from apps.tenants.models import User


@dataclass(frozen=True)
class Pass:
    """What a socket was let in with."""

    session_key: str
    user_id: str


def welcome(passes: Iterable[Pass]) -> dict[Pass, AttendantValue]:
    """Give the attendant of every pass that still holds: its session lives, its login is active and attends.

    A changed password ends a session, as it does for pages.
    """
    asked = set(passes)
    users = {str(user.pk): user for user in User.objects.filter(pk__in={one.user_id for one in asked}, is_active=True)}
    held: dict[Pass, AttendantValue] = {}
    for one in asked:
        user = users.get(one.user_id)
        if user is None or not _lives(one, user):
            continue
        attendant = tenants.attendant_for_user(one.user_id)
        if attendant is not None:
            held[one] = attendant
    return held


def _lives(held: Pass, user: User) -> bool:
    store = import_module(settings.SESSION_ENGINE).SessionStore(held.session_key)
    session = store.load()
    if session.get(SESSION_KEY) != held.user_id:
        return False
    return any(
        constant_time_compare(session.get(HASH_SESSION_KEY, ""), valid)
        for valid in (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    )
