"""What somebody was about to say, kept in Redis for a week: it may be lost, it must not get in the way."""

from datetime import timedelta

from redis.exceptions import RedisError

from apps.common import redis
from apps.console.spare import unless_away
from apps.contracts.people import AttendantValue

LIFETIME = timedelta(days=7)
LONGEST = 4096


def _key(attendant: AttendantValue) -> str:
    return redis.key("drafts", attendant.tenant_id, attendant.id)


def read(attendant: AttendantValue, conversation_id: str) -> str:
    return read_all(attendant).get(conversation_id, "")


def read_all(attendant: AttendantValue) -> dict[str, str]:
    """Every draft of this person by conversation; none while Redis is away."""

    def ask() -> dict[str, str]:
        kept = redis.client().hgetall(_key(attendant))
        return {str(conversation_id): str(text) for conversation_id, text in kept.items()}

    nothing: dict[str, str] = {}
    return unless_away(ask, nothing)


def keep(attendant: AttendantValue, conversation_id: str, text: str) -> bool:
    """Keep this text, or forget the draft when it is blank. Tells whether that worked."""
    try:
        if text.strip():
            pipe = redis.client().pipeline(transaction=False)
            pipe.hset(_key(attendant), conversation_id, text[:LONGEST])
            pipe.expire(_key(attendant), LIFETIME)
            pipe.execute()
        else:
            redis.client().hdel(_key(attendant), conversation_id)
    except RedisError:
        return False
    return True
