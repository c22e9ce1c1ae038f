"""Everything the gateway does: takes webhooks in, sends, reconciles, fetches files."""

from apps.gateway.services.acknowledging import acknowledge
from apps.gateway.services.claims import claim_wakeup, forget_wakeup
from apps.gateway.services.filling import check_parameters, fill_template
from apps.gateway.services.ingest import drain, ingest_alone, replay_delivery
from apps.gateway.services.media import fetch_media
from apps.gateway.services.reconciling import reconcile
from apps.gateway.services.sending import deliver
from apps.gateway.services.sweeping import drain_spool, sweep_deliveries
from apps.gateway.services.templates import (
    accounts_to_sync,
    note_template_news,
    note_template_refusal,
    sync_claimed,
    sync_templates,
)
from apps.gateway.services.typing import show_read, show_typing

__all__ = [
    "accounts_to_sync",
    "check_parameters",
    "acknowledge",
    "claim_wakeup",
    "deliver",
    "drain",
    "drain_spool",
    "fetch_media",
    "fill_template",
    "forget_wakeup",
    "ingest_alone",
    "note_template_news",
    "note_template_refusal",
    "reconcile",
    "replay_delivery",
    "show_read",
    "show_typing",
    "sweep_deliveries",
    "sync_claimed",
    "sync_templates",
]
