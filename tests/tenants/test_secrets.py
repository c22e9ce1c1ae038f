"""A channel's secrets: encrypted where they rest, hidden wherever somebody might look."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.tenants import encryption, models
from apps.tenants import selectors as tenants
from apps.tenants.services import rotation
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
    _change_key(settings, "a new key")
    assert models.ChannelAccount.objects.get().app_secret == "the app secret"

    said = _rotate()
    settings.SECRET_KEY_FALLBACKS = []

    assert "3 secrets moved" in said
    assert models.ChannelAccount.objects.get().app_secret == "the app secret"


def test_a_second_rotation_writes_nothing(settings):
    make_account()
    _change_key(settings, "a new key")
    _rotate()
    stored = _raw_row()

    said = _rotate()

    assert said == "All 3 readable secrets use the present key.\n"
    assert _raw_row() == stored


def test_the_check_says_that_a_former_key_is_still_needed_and_changes_nothing(settings):
    make_account()
    _change_key(settings, "a new key")
    stored = _raw_row()

    with pytest.raises(CommandError):
        _rotate("--check")

    assert _raw_row() == stored
    _rotate()
    assert _rotate("--check") == "All 3 readable secrets use the present key.\n"


def test_a_secret_that_no_key_opens_is_named_and_left_while_the_others_move(settings):
    first_key = settings.SECRET_KEY
    lost = make_account()
    settings.SECRET_KEY = "a second key"
    make_account("loja")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a third key", ["a second key"]

    complaints = StringIO()
    with pytest.raises(CommandError):
        call_command("rotate_secrets", stdout=StringIO(), stderr=complaints)

    assert f"tenants.ChannelAccount {lost.pk} access_token" in complaints.getvalue()
    settings.SECRET_KEY_FALLBACKS = []
    assert models.ChannelAccount.objects.get(slug="loja").access_token == "the access token"
    settings.SECRET_KEY_FALLBACKS = [first_key]
    assert models.ChannelAccount.objects.get(slug="simulator").access_token == "the access token"


def test_a_secret_saved_while_the_rotation_runs_is_not_undone(settings, monkeypatch):
    make_account()
    _change_key(settings, "a new key")
    read = rotation.decrypt

    def save_meanwhile(stored: str) -> str:
        secret = read(stored)
        if secret == "the app secret":
            models.ChannelAccount.objects.update(app_secret="a secret of today")
        return secret

    monkeypatch.setattr(rotation, "decrypt", save_meanwhile)
    _rotate()

    assert models.ChannelAccount.objects.get().app_secret == "a secret of today"


def test_a_lost_key_looks_like_a_missing_secret_and_not_like_an_error(settings):
    make_account()

    _lose_key(settings)

    assert models.ChannelAccount.objects.get().access_token == ""


def test_saving_an_account_while_its_key_is_lost_destroys_nothing(settings):
    make_account()
    key = settings.SECRET_KEY
    _lose_key(settings)

    account = models.ChannelAccount.objects.get()
    account.name = "Outro nome"
    account.save()

    settings.SECRET_KEY = key
    assert models.ChannelAccount.objects.get().access_token == "the access token"


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


def _change_key(settings, key: str) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = key


def _lose_key(settings) -> None:
    settings.SECRET_KEY = "another key"
    settings.SECRET_KEY_FALLBACKS = []


def _rotate(*arguments: str) -> str:
    said = StringIO()
    call_command("rotate_secrets", *arguments, stdout=said, stderr=StringIO())
    return said.getvalue()


def _raw_row() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_token, app_secret, verify_token FROM tenants_channelaccount")
        return str(cursor.fetchall())
