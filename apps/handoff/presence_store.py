"""Presence in Redis: what attendants chose, when they were last seen, and since when anybody has been watching.

Every field is written by itself, so a heartbeat never overwrites a choice made at the same moment. Losing all of it
is harmless: the next heartbeat writes it again, and `watching_since` gives everybody a new grace.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from apps.common import redis
from apps.contracts.handoff import PresenceStatus
from apps.handoff.domain import BLIND_AFTER, SeenPresence

LIFETIME = timedelta(days=1)


def read(tenant_id: str, attendant_ids: Iterable[str]) -> dict[str, SeenPresence]:
    """What is known about these attendants. Raises RedisError when nothing can be known."""
    ids = list(attendant_ids)
    pipe = redis.client().pipeline(transaction=False)
    for attendant_id in ids:
        pipe.hgetall(_key(tenant_id, attendant_id))
    return {attendant_id: _parse(fields) for attendant_id, fields in zip(ids, pipe.execute(), strict=True)}


def write(
    tenant_id: str,
    attendant_id: str,
    *,
    seen_at: datetime | None = None,
    active_at: datetime | None = None,
    chosen: PresenceStatus | None = None,
    break_name: str = "",
    since: datetime | None = None,
    changed_by: str = "",
) -> None:
    """Write down a sign of life, a choice, or both."""
    fields: dict[Any, Any] = {}
    if seen_at:
        fields["seen"] = str(seen_at.timestamp())
    if active_at:
        fields["active"] = str(active_at.timestamp())
    if chosen:
        fields |= {"chosen": chosen.value, "break": break_name, "by": changed_by}
        fields["since"] = str(since.timestamp()) if since else ""
    if not fields:
        return
    pipe = redis.client().pipeline(transaction=False)
    pipe.hset(_key(tenant_id, attendant_id), mapping=fields)
    pipe.expire(_key(tenant_id, attendant_id), LIFETIME)
    pipe.execute()


def watching_since(now: datetime) -> datetime:
    """Say that somebody watches now, and since when without a gap somebody has."""
    name = redis.key("presence-watch", "*")
    fields = {str(field): _moment(str(value)) for field, value in redis.client().hgetall(name).items()}
    last, since = fields.get("last"), fields.get("since")
    if last is None or since is None or now - last > BLIND_AFTER:
        since = now
    redis.client().hset(name, mapping={"last": str(now.timestamp()), "since": str(since.timestamp())})
    return since


def _key(tenant_id: str, attendant_id: str) -> str:
    return redis.key("presence", tenant_id, attendant_id)


def _parse(known: dict[str, str]) -> SeenPresence:
    return SeenPresence(
        chosen=PresenceStatus(known.get("chosen", PresenceStatus.ONLINE)),
        break_name=known.get("break", ""),
        since=_moment(known.get("since", "")),
        changed_by=known.get("by", ""),
        seen_at=_moment(known.get("seen", "")),
        active_at=_moment(known.get("active", "")),
    )


def _moment(value: str) -> datetime | None:
    return datetime.fromtimestamp(float(value), tz=UTC) if value else None
