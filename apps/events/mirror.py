"""The live mirror: each event's outline on Redis Pub/Sub, for observers that re-read the truth themselves."""

import json
import logging
from datetime import datetime
from typing import Any

from redis.exceptions import RedisError

from apps.common import redis
from apps.contracts.events import Event

log = logging.getLogger(__name__)


def channel() -> str:
    """The Pub/Sub channel of every tenant's outlines; Pub/Sub ignores database numbers, so the name is prefixed."""
    return redis.key("events")


def send(record_id: Any, event: Event, at: datetime) -> None:
    """Publish the outline {id, type, tenant_id, conversation_id, change, message_id, at}: ids only, nothing a customer wrote.

    May be lost: observers resume from their cursor.
    """
    outline = {
        "id": str(record_id),
        "type": event.type,
        "tenant_id": event.tenant_id,
        "conversation_id": event.conversation_id,
        "change": getattr(event, "change", ""),
        "message_id": getattr(event, "message_id", ""),
        "at": at.isoformat(),
    }
    try:
        redis.client().publish(channel(), json.dumps(outline))
    except RedisError as error:
        log.warning("mirror_unavailable", extra={"reason": type(error).__name__})
