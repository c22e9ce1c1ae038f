"""The changes that put a conversation into a queue."""

from typing import Any

from apps.common import clock
from apps.contracts.people import queue_holder
from apps.contracts.words import ConversationStatus
from apps.tenants import selectors as tenants


def handing_off(tenant_id: str, queue: str) -> dict[str, Any]:
    """The changes that put a conversation into a queue: the one asked for if there is one, else the tenant's default."""
    wanted = (tenants.queue(tenant_id, queue) if queue else None) or tenants.default_queue(tenant_id)
    slug = wanted.slug if wanted else "default"
    return {
        "set__holder": str(queue_holder(slug)),
        "set__status": ConversationStatus.WAITING_HUMAN.value,
        "set__queue": slug,
        "set__waiting_since": clock.now(),
    }
