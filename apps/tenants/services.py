"""The changes that are not made in the admin's forms."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction

from apps.common import clock
from apps.common.tracing import trace_id
from apps.events import selectors as event_selectors
from apps.events.services import replay
from apps.tenants import models
from apps.tenants.encryption import EncryptedTextField
from apps.tenants.roles import ROLES


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


@transaction.atomic
def save_account_from_environment() -> str | None:
    """Create or update the account `default` of the tenant `default` from the WHATSAPP_* variables.

    Safe to run at every start: an account that is as the environment says is left alone. Returns "created",
    "updated" or "unchanged", None when the variables are not set.
    """
    if not (settings.WHATSAPP_PHONE_NUMBER_ID and settings.WHATSAPP_ACCESS_TOKEN):
        return None
    ensure_tenant(tenant_id="default", name="Urbana do Brasil")
    wanted = {
        "is_active": True,
        "phone_number_id": settings.WHATSAPP_PHONE_NUMBER_ID,
        "access_token": settings.WHATSAPP_ACCESS_TOKEN,
        "app_secret": settings.WHATSAPP_APP_SECRET,
        "verify_token": settings.WHATSAPP_VERIFY_TOKEN,
        "messages_per_second": settings.WHATSAPP_MESSAGES_PER_SECOND,
        "pair_interval_seconds": settings.WHATSAPP_PAIR_INTERVAL_SECONDS,
    }
    if settings.WHATSAPP_BUSINESS_ACCOUNT_ID:
        wanted["business_account_id"] = settings.WHATSAPP_BUSINESS_ACCOUNT_ID
    account = models.ChannelAccount.objects.filter(slug="default").first()
    if account is None:
        models.ChannelAccount.objects.create(
            tenant_id="default", slug="default", kind="whatsapp", name="WhatsApp", **wanted
        )
        return "created"
    if all(getattr(account, name) == value for name, value in wanted.items()):
        return "unchanged"
    for name, value in wanted.items():
        setattr(account, name, value)
    account.save()
    return "updated"


def learn_business_account(*, slug: str, business_account_id: str) -> None:
    """Keep the vendor's account id that a verified webhook named, unless one is configured already."""
    models.ChannelAccount.objects.filter(slug=slug, business_account_id="").update(
        business_account_id=business_account_id
    )


@transaction.atomic
def ensure_tenant(*, tenant_id: str, name: str) -> models.Tenant:
    """Make sure that a business exists with a queue to wait in and limits to edit. Changes nothing that is there."""
    tenant, _created = models.Tenant.objects.get_or_create(slug=tenant_id, defaults={"name": name})
    if not tenant.queues.exists():
        models.Queue.objects.create(tenant=tenant, slug="atendimento", name="Atendimento", is_default=True)
    models.ReplyLimits.objects.get_or_create(tenant=tenant)
    return tenant


@transaction.atomic
def sync_roles() -> None:
    """Make the groups of the four roles hold exactly the permissions of `roles.ROLES`. Safe to repeat."""
    everything = list(Permission.objects.select_related("content_type"))
    for role, may in ROLES.items():
        group, _created = Group.objects.get_or_create(name=role)
        allowed = [row for row in everything if may(row.content_type.app_label, row.content_type.model, row.codename)]
        group.permissions.set(allowed)


@transaction.atomic
def reencrypt_secrets() -> int:
    """Store every secret again under the present SECRET_KEY; how many rows were written.

    Run after SECRET_KEY changed and the former one is listed in SECRET_KEY_FALLBACKS.
    """
    names = [
        field.name for field in models.ChannelAccount._meta.concrete_fields if isinstance(field, EncryptedTextField)
    ]
    accounts = list(models.ChannelAccount.objects.all())
    for account in accounts:
        account.save(update_fields=names)
    return len(accounts)


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


def new_secret() -> str:
    return secrets.token_hex(24)
