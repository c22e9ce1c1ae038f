"""Everything the gateway does: takes webhooks in, sends, reconciles, fetches files."""

from apps.gateway.services.acknowledging import acknowledge
from apps.gateway.services.breakers import measure_breakers, try_account_now
from apps.gateway.services.claims import claim_wakeup, forget_wakeup
from apps.gateway.services.connecting import (
    SentTest,
    Trial,
    can_be_managed,
    connect_account,
    send_test,
    subscribe_account,
    try_account,
)
from apps.gateway.services.files import sweep_files
from apps.gateway.services.filling import check_parameters, fill_template
from apps.gateway.services.health import check_account, due_accounts, note_account_news
from apps.gateway.services.ingest import drain, ingest_alone, replay_delivery
from apps.gateway.services.media import fetch_media, fetch_media_again
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
    "SentTest",
    "Trial",
    "accounts_to_sync",
    "acknowledge",
    "can_be_managed",
    "check_account",
    "check_parameters",
    "claim_wakeup",
    "connect_account",
    "deliver",
    "drain",
    "drain_spool",
    "due_accounts",
    "fetch_media",
    "fetch_media_again",
    "fill_template",
    "forget_wakeup",
    "ingest_alone",
    "measure_breakers",
    "note_account_news",
    "note_template_news",
    "note_template_refusal",
    "reconcile",
    "replay_delivery",
    "send_test",
    "show_read",
    "show_typing",
    "subscribe_account",
    "sweep_deliveries",
    "sweep_files",
    "sync_claimed",
    "sync_templates",
    "try_account",
    "try_account_now",
]
