"""What people did, written down."""

from typing import Any

from apps.common import clock
from apps.common.tracing import trace_id
from apps.events import selectors as event_selectors
from apps.events.services import replay
from apps.tenants import models


def record_audit(
    *,
    tenant_id: str,
    action: str,
    actor_id: str = "",
    actor_name: str = "",
    target_kind: str = "",
    target_id: str = "",
    target_name: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write down what a person did. Neither `before` nor `after` may hold a secret or a customer's text."""
    models.AuditEntry.objects.create(
        tenant_id=tenant_id,
        at=clock.now(),
        actor_id=actor_id,
        actor_name=actor_name,
        action=action,
        target_kind=target_kind,
        target_id=target_id,
        target_name=target_name,
        before=before or {},
        after=after or {},
        trace_id=trace_id(),
    )


def replay_dead_letter(*, tenant_id: str, record_id: str, to: str, actor_id: str, actor_name: str) -> bool:
    """Let a handler try a dead letter of this tenant again, and write down who asked for it.

    False when it is not among the tenant's dead letters any more, so asking twice is harmless.
    """
    if event_selectors.record(tenant_id, record_id) is None or not replay(record_id, to):
        return False
    record_audit(
        tenant_id=tenant_id,
        actor_id=actor_id,
        actor_name=actor_name,
        action="replayed",
        target_kind="event",
        target_id=record_id,
        target_name=to,
    )
    return True
