"""Numbers and pages: connected, corrected, given new secrets, and what their vendor tells of them."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify

from apps.common import clock
from apps.contracts.base import Value
from apps.contracts.people import ChannelAccountValue
from apps.tenants import models
from apps.tenants.services.audit import record_audit
from apps.tenants.services.business import ensure_tenant
from apps.tenants.snapshots import changed_fields, snapshot
from apps.tenants.values import account_value

#: Columns of an account that a channel may ask an administrator for; anything else it asks for goes into `settings`.
COLUMNS: Final = frozenset(
    {"name", "display_number", "phone_number_id", "business_account_id", "access_token", "app_secret", "verify_token"}
)
DATED: Final = {"app_secret": "app_secret_changed_at", "access_token": "access_token_changed_at"}


class SlugTaken(Exception):
    """Another account answers at this address already."""


class AccountInput(Value):
    """What an administrator gave for one account. `fields` by name; a secret that is absent stays as it is."""

    tenant_id: str
    kind: str
    slug: str = ""
    fields: dict[str, str]

    def __repr__(self) -> str:
        return f"AccountInput({self.tenant_id}/{self.slug})"


@transaction.atomic
def save_account(*, given: AccountInput, learned: Mapping[str, str], actor_id: str, actor_name: str) -> str:
    """Create or change one account and write down who did; the slug under which it answers.

    A new app secret keeps the former one beside it, so that webhooks signed with either are taken until somebody
    retires it. `learned` is what the vendor told of it meanwhile. Raises SlugTaken when the slug is another tenant's
    or another channel's.
    """
    row = _row(given)
    is_new = row.pk is None
    before = {} if is_new else snapshot(row)
    _fill(row, given.fields, now=clock.now())
    row.verify_token = row.verify_token or new_secret()
    if learned.get("display_number"):
        # The number behind the id may be another one now.
        row.display_number = ""
    _learn(row, learned)
    row.save()
    old, new = changed_fields(before, snapshot(row))
    if new:
        _audit(row, "created" if is_new else "changed", actor_id, actor_name, old, new)
    return row.slug


@transaction.atomic
def account_as_given(given: AccountInput) -> ChannelAccountValue:
    """The account as it would be with what was given, kept nowhere. Raises SlugTaken."""
    row = _row(given)
    _fill(row, given.fields, now=clock.now())
    return account_value(row, settings)


@transaction.atomic
def retire_previous_secret(*, tenant_id: str, slug: str, actor_id: str, actor_name: str) -> bool:
    """Stop taking webhooks signed with the former secret. False when there was none."""
    row = models.ChannelAccount.objects.select_for_update().filter(tenant_id=tenant_id, slug=slug).first()
    if row is None or not row.previous_app_secret:
        return False
    before = snapshot(row)
    row.previous_app_secret = ""
    row.save()
    _audit(row, "changed", actor_id, actor_name, *changed_fields(before, snapshot(row)))
    return True


@transaction.atomic
def learn_account(*, tenant_id: str, slug: str, learned: Mapping[str, str]) -> list[str]:
    """Keep what the vendor told of an account; the names of what changed.

    A number to show is learned once. The pace follows the vendor's unless an administrator fixed it, or set it to 0,
    which is no limit and never the vendor's wish.
    """
    row = models.ChannelAccount.objects.select_for_update().filter(tenant_id=tenant_id, slug=slug).first()
    changed = _learn(row, learned) if row is not None else []
    if row is not None and changed:
        row.save(update_fields=changed)
    return changed


def _row(given: AccountInput) -> models.ChannelAccount:
    row = models.ChannelAccount.objects.select_for_update().filter(slug=given.slug).first() if given.slug else None
    if row is not None and (row.tenant_id != given.tenant_id or row.kind != given.kind):
        raise SlugTaken(given.slug)
    return row or models.ChannelAccount(tenant_id=given.tenant_id, kind=given.kind, slug=_free_slug(given))


def _learn(row: models.ChannelAccount, learned: Mapping[str, str]) -> list[str]:
    changed = []
    if not row.display_number and learned.get("display_number"):
        row.display_number = learned["display_number"][:40]
        changed.append("display_number")
    pace = _number(learned.get("messages_per_second", ""))
    if pace > 0 and row.messages_per_second not in (0, pace) and not row.is_pace_fixed:
        row.messages_per_second = pace
        changed.append("messages_per_second")
    return changed


def learn_business_account(*, slug: str, business_account_id: str) -> None:
    """Keep the vendor's account id that a verified webhook named, unless one is configured already."""
    models.ChannelAccount.objects.filter(slug=slug, business_account_id="").update(
        business_account_id=business_account_id
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
    wanted = _wanted_of_environment()
    account = models.ChannelAccount.objects.filter(slug="default").first()
    if account is None:
        wanted.setdefault("messages_per_second", settings.WHATSAPP_MESSAGES_PER_SECOND)
        models.ChannelAccount.objects.create(
            tenant_id="default", slug="default", kind="whatsapp", name="WhatsApp", **wanted
        )
        return "created"
    if all(getattr(account, name) == value for name, value in wanted.items()):
        return "unchanged"
    if account.app_secret and account.app_secret != wanted["app_secret"]:
        account.previous_app_secret = account.app_secret
    for name, value in wanted.items():
        setattr(account, name, value)
    account.save()
    return "updated"


def new_secret() -> str:
    return secrets.token_hex(24)


def _wanted_of_environment() -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "is_active": True,
        "phone_number_id": settings.WHATSAPP_PHONE_NUMBER_ID,
        "access_token": settings.WHATSAPP_ACCESS_TOKEN,
        "app_secret": settings.WHATSAPP_APP_SECRET,
        "verify_token": settings.WHATSAPP_VERIFY_TOKEN,
        "pair_interval_seconds": settings.WHATSAPP_PAIR_INTERVAL_SECONDS,
    }
    if settings.WHATSAPP_BUSINESS_ACCOUNT_ID:
        wanted["business_account_id"] = settings.WHATSAPP_BUSINESS_ACCOUNT_ID
    if settings.WHATSAPP_PACE_IS_FIXED:
        wanted |= {"messages_per_second": settings.WHATSAPP_MESSAGES_PER_SECOND, "is_pace_fixed": True}
    return wanted


def _fill(row: models.ChannelAccount, fields: Mapping[str, str], *, now: datetime) -> None:
    own = {name: value for name, value in fields.items() if name in COLUMNS}
    for name, value in own.items():
        former = getattr(row, name)
        if name in DATED and value != former:
            setattr(row, DATED[name], now)
            if name == "app_secret" and former:
                row.previous_app_secret = former
        setattr(row, name, value)
    row.settings = {**row.settings, **{name: value for name, value in fields.items() if name not in COLUMNS}}


def _free_slug(given: AccountInput) -> str:
    """The slug asked for, or one from the name that no other account has."""
    wanted = given.slug or slugify(given.fields.get("name", ""))[:50] or given.kind
    taken = set(models.ChannelAccount.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(slug for slug in numbered if slug not in taken)


def _audit(
    row: models.ChannelAccount, action: str, actor_id: str, actor_name: str, old: dict[str, Any], new: dict[str, Any]
) -> None:
    record_audit(
        tenant_id=row.tenant_id,
        actor_id=actor_id,
        actor_name=actor_name,
        action=action,
        target_kind=str(row._meta.label_lower),
        target_id=str(row.pk),
        target_name=row.name,
        before=old,
        after=new,
    )


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
