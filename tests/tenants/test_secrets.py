"""A channel's secrets: encrypted where they rest, hidden wherever somebody might look."""

from django.core.management import call_command
from django.db import connection

from apps.tenants import encryption, models
from apps.tenants import selectors as tenants
from tests.tenants.factories import make_account

SECRETS = ("the access token", "the app secret", "the verify token")


def test_the_database_never_sees_a_secret():
    make_account()

    stored = _raw_row()

    assert not any(secret in stored for secret in SECRETS)
    assert models.ChannelAccount.objects.get().access_token == "the access token"


def test_the_same_secret_is_stored_differently_each_time():
    assert encryption.encrypt("the app secret") != encryption.encrypt("the app secret")


def test_a_former_key_still_reads_and_the_command_moves_secrets_to_the_present_one(settings):
    make_account()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new key"
    assert models.ChannelAccount.objects.get().app_secret == "the app secret"

    call_command("reencrypt_secrets", stdout=open("/dev/null", "w"))  # noqa: PTH123, SIM115
    settings.SECRET_KEY_FALLBACKS = []

    assert models.ChannelAccount.objects.get().app_secret == "the app secret"


def test_a_lost_key_looks_like_a_missing_secret_and_not_like_an_error(settings):
    make_account()

    settings.SECRET_KEY = "another key"
    settings.SECRET_KEY_FALLBACKS = []

    assert models.ChannelAccount.objects.get().access_token == ""


def test_a_value_does_not_show_its_secrets_when_printed_or_logged():
    make_account()

    found = tenants.account("simulator")

    assert found is not None
    assert found.access_token.get_secret_value() == "the access token"
    assert not any(secret in f"{found!r} {found} {found.model_dump_json()}" for secret in SECRETS)


def test_both_app_secrets_count_while_one_replaces_the_other():
    make_account(previous_app_secret="the former secret")

    found = tenants.account("simulator")

    assert found is not None
    assert [secret.get_secret_value() for secret in found.app_secrets] == ["the app secret", "the former secret"]


def test_secrets_never_reach_redis():
    make_account()
    assert tenants.account("simulator") is not None

    from apps.common.redis import client, key

    values = [client().get(name) for name in client().scan_iter(match=key("cache", "*"))]

    assert not any(secret in str(value) for value in values for secret in SECRETS)


def _raw_row() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_token, app_secret, verify_token FROM tenants_channelaccount")
        return str(cursor.fetchall())
