"""The account that the WHATSAPP_* variables describe, and the checks that guard them."""

from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from apps.tenants import checks, models
from apps.tenants import selectors as tenants
from apps.tenants.services import learn_account

VARIABLES = {
    "WHATSAPP_PHONE_NUMBER_ID": "106540352242922",
    "WHATSAPP_ACCESS_TOKEN": "EAAG",
    "WHATSAPP_APP_SECRET": "s3cret",
    "WHATSAPP_VERIFY_TOKEN": "verify me",
}


@pytest.fixture
def environment(settings):
    for name, value in VARIABLES.items():
        setattr(settings, name, value)
    return settings


def sync() -> str:
    out = StringIO()
    call_command("sync_env_account", stdout=out)
    return out.getvalue()


def test_the_account_is_created_with_the_business_and_a_queue_to_wait_in(environment):
    environment.WHATSAPP_MESSAGES_PER_SECOND = 20
    environment.WHATSAPP_PAIR_INTERVAL_SECONDS = 0

    sync()

    account = tenants.account("default")
    assert account is not None
    assert (account.tenant_id, account.kind, account.phone_number_id) == ("default", "whatsapp", "106540352242922")
    assert (account.messages_per_second, account.pair_interval_seconds) == (20, 0)
    assert [secret.get_secret_value() for secret in account.app_secrets] == ["s3cret"]
    assert tenants.default_queue("default") is not None


def test_a_second_start_changes_nothing_and_a_new_token_changes_the_account(environment):
    sync()
    version = tenants.config_version("default")
    assert "unchanged" in sync()
    assert tenants.config_version("default") == version

    environment.WHATSAPP_ACCESS_TOKEN = "EAAH"

    assert "updated" in sync()
    assert tenants.account("default").access_token.get_secret_value() == "EAAH"
    assert models.ChannelAccount.objects.count() == 1


def test_a_pace_learned_from_meta_survives_a_restart_unless_the_environment_names_one(environment):
    environment.WHATSAPP_PACE_IS_FIXED = False
    sync()
    learn_account(tenant_id="default", slug="default", learned={"messages_per_second": "1000"})

    sync()
    assert tenants.account("default").messages_per_second == 1000

    environment.WHATSAPP_PACE_IS_FIXED, environment.WHATSAPP_MESSAGES_PER_SECOND = True, 20
    sync()
    learn_account(tenant_id="default", slug="default", learned={"messages_per_second": "1000"})
    assert tenants.account("default").messages_per_second == 20


def test_a_new_app_secret_in_the_environment_keeps_the_former_one_valid(environment):
    sync()

    environment.WHATSAPP_APP_SECRET = "s3cret of today"
    sync()

    secrets = [secret.get_secret_value() for secret in tenants.account("default").app_secrets]
    assert secrets == ["s3cret of today", "s3cret"]


def test_without_the_variables_no_account_is_made():
    assert "not set" in sync()
    assert tenants.accounts() == []


def test_half_of_the_variables_is_an_error_that_names_the_rest(settings):
    settings.WHATSAPP_PHONE_NUMBER_ID = "106540352242922"

    [error] = checks.whatsapp_variables_are_complete(None)

    assert error.id == "tenants.E001"
    assert "WHATSAPP_APP_SECRET" in str(error.msg)


def test_the_roles_hold_what_each_may_do():
    sync()

    def may(role: str) -> set[str]:
        return {f"{p.content_type.app_label}.{p.codename}" for p in Group.objects.get(name=role).permissions.all()}

    assert {"tenants.change_queue", "tenants.add_handoffrule", "plugins.change_pluginsetting"} <= may("administrator")
    assert "tenants.add_tenant" not in may("administrator")
    assert "tenants.delete_auditentry" not in may("administrator")
    assert "tenants.view_auditentry" in may("auditor")
    assert not any(codename.split(".")[1].startswith(("add_", "change_", "delete_")) for codename in may("auditor"))
    assert may("attendant") == may("supervisor") == set()
