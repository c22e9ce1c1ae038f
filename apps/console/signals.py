"""Who looks and who types: told between processes on Redis Pub/Sub, forgotten at once, never stored."""

import json
from collections.abc import Iterable
from typing import Any, Protocol

from redis.exceptions import RedisError

from apps.common import redis
from apps.console.drawing import push
from apps.contracts.people import AttendantValue


class Listener(Protocol):
    attendant: AttendantValue
    open_id: str

    def push(self, frame: str) -> None: ...


def channel() -> str:
    """The Pub/Sub channel of every tenant's signals; each carries its tenant."""
    return redis.key("console-signals")


def tell(attendant: AttendantValue, conversation_id: str, what: str) -> None:
    """Say that an attendant is "viewing", "typing" in, or has "left" a conversation that they may see."""
    signal = {
        "tenant_id": attendant.tenant_id,
        "conversation_id": conversation_id,
        "what": what,
        "attendant_id": attendant.id,
        "name": attendant.name.partition(" ")[0],
    }
    try:
        redis.client().publish(channel(), json.dumps(signal))
    except RedisError:
        return


def relay(signal: dict[str, Any], listeners: Iterable[Listener]) -> None:
    """Pass a signal on to colleagues who have the same conversation open, and so may see it."""
    frame = push(
        "presence",
        conversation_id=signal["conversation_id"],
        what=signal["what"],
        name=signal["name"],
        who=signal["attendant_id"],
    )
    for listener in list(listeners):
        who = listener.attendant
        if (
            who.tenant_id == signal["tenant_id"]
            and who.id != signal["attendant_id"]
            and listener.open_id == signal["conversation_id"]
        ):
            listener.push(frame)
