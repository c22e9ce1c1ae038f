"""Where attendants are: what they choose, what they are forced to, and signs of life."""

from apps.common import clock
from apps.common.redis import RedisError
from apps.contracts.handoff import PresenceStatus
from apps.contracts.people import AttendantValue
from apps.handoff import presence_store
from apps.handoff.domain import chosen_on_return


def set_presence(
    *, attendant: AttendantValue, status: PresenceStatus, break_name: str = "", changed_by: str = ""
) -> None:
    """Say where an attendant is from now on. `changed_by` is the name of whoever forced it, so that it is explained.

    A choice of one's own is also a sign of life; a forced one is not.
    """
    now = clock.now()
    sign = None if changed_by else now
    presence_store.write(
        attendant.tenant_id,
        attendant.id,
        seen_at=sign,
        active_at=sign,
        chosen=status,
        break_name=break_name if status is PresenceStatus.BREAK else "",
        since=now,
        changed_by=changed_by,
    )


def heartbeat(*, attendant: AttendantValue, is_active: bool = True) -> None:
    """A sign of life. `is_active` for what a person did, False for a page that is merely open."""
    now = clock.now()
    try:
        seen = presence_store.read(attendant.tenant_id, [attendant.id])[attendant.id]
        chosen = chosen_on_return(seen, now=now) if is_active else seen.chosen
        is_new = seen.since is None or chosen is not seen.chosen
        presence_store.write(
            attendant.tenant_id,
            attendant.id,
            seen_at=now,
            active_at=now if is_active else seen.active_at or now,
            chosen=chosen if is_new else None,
            since=now if is_new else None,
        )
    except RedisError:
        # Presence may be lost; nobody's page fails for it.
        return
