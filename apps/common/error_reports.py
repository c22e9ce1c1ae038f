"""Sentry: off until SENTRY_DSN is set, and without anything a customer wrote when it is on."""

from typing import Any, cast

import sentry_sdk
from sentry_sdk.types import Event, Hint

from apps.common.masking import mask
from apps.common.tracing import trace_id


def switch_on(dsn: str) -> None:
    """Send unhandled errors to Sentry from now on; nothing happens without a DSN."""
    if not dsn:
        return
    sentry_sdk.init(
        dsn=dsn,
        send_default_pii=False,
        # Local variables hold message texts, and request bodies are what customers wrote.
        include_local_variables=False,
        max_request_body_size="never",
        traces_sample_rate=0,
        before_send=scrub,
        before_breadcrumb=lambda crumb, _hint: cast(dict[str, Any], masked(crumb)),
    )


def scrub(event: Event, hint: Hint) -> Event:
    """Mask every text of a report and name the trace it belongs to."""
    for part in ("request", "user"):
        event.pop(part, None)  # type: ignore[misc]
    clean = cast(Event, masked(event))
    clean.setdefault("tags", {})["trace_id"] = trace_id()  # type: ignore[index, call-overload]
    return clean


def masked(value: object) -> object:
    """Give the same structure with every text in it masked."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {name: masked(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [masked(part) for part in value]
    return value
