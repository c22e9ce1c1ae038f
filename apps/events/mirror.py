"""The live mirror: each event's outline on Redis Pub/Sub, for observers that re-read the truth themselves."""

import json
import logging
from datetime import datetime

from redis.exceptions import RedisError

from apps.common import redis
from apps.contracts.events import Event

log = logging.getLogger(__name__)


def channel() -> str:
    """The Pub/Sub channel of every tenant's outlines; Pub/Sub ignores database numbers, so the name is prefixed."""
    return redis.key("events")


def outline(record_id: str, event: Event, at: datetime) -> str:
    """The outline {id, type, tenant_id, conversation_id, change, message_id, at} as JSON: ids only, nothing a customer wrote."""
    return json.dumps(
        {
            "id": record_id,
            "type": event.type,
            "tenant_id": event.tenant_id,
            "conversation_id": event.conversation_id,
            "change": getattr(event, "change", ""),
            "message_id": getattr(event, "message_id", ""),
            "at": at.isoformat(),
        }
    )


def send(outlines: list[str]) -> None:
    """Publish outlines in one round trip. They may be lost: observers resume from their cursor."""
    try:
        pipeline = redis.client().pipeline(transaction=False)
        for one in outlines:
            pipeline.publish(channel(), one)
        pipeline.execute()
    except RedisError as error:
        log.warning("mirror_unavailable", extra={"reason": type(error).__name__})
