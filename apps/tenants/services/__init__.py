"""The changes that are not made in the admin's forms."""

from apps.tenants.services.accounts import (
    AccountInput,
    SlugTaken,
    account_as_given,
    learn_account,
    learn_business_account,
    new_secret,
    retire_previous_secret,
    save_account,
    save_account_from_environment,
)
from apps.tenants.services.audit import record_audit, replay_dead_letter
from apps.tenants.services.business import ensure_tenant, sync_roles
from apps.tenants.services.rotation import SecretsReport, rotate_secrets

__all__ = [
    "AccountInput",
    "SecretsReport",
    "SlugTaken",
    "account_as_given",
    "ensure_tenant",
    "learn_account",
    "learn_business_account",
    "new_secret",
    "record_audit",
    "replay_dead_letter",
    "retire_previous_secret",
    "rotate_secrets",
    "save_account",
    "save_account_from_environment",
    "sync_roles",
]
