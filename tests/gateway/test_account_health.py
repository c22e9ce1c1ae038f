"""What is known of an account, since when, and when somebody is called: on evidence only."""

import json
import logging
import time
from datetime import UTC, datetime, timedelta

import pytest

from apps.common import clock, mongo
from apps.contracts.channels import AccountNews
from apps.contracts.words import AccountNewsKind, CheckState
from apps.conversations.documents import Message
from apps.gateway import intake_health, services
from apps.gateway import selectors as gateway
from apps.gateway.documents import AccountHealth
from apps.gateway.intake_health import Account
from apps.simulator.meta.tokens import Token
from apps.simulator.phone.changes import BusinessChanged
from apps.simulator.standin import DEFAULT_TOKEN
from apps.tenants import selectors as tenants
from apps.tenants.models import ChannelAccount
from tests.gateway.product import arrive


@pytest.fixture
def connected(meta, account):
    account.business_account_id = meta.account.business_account_id
    account.save()
    return tenants.account(account.slug)


@pytest.fixture
def alarms(caplog):
    """What the operator is paged with, in order."""
    caplog.set_level(logging.INFO)

    def said(level=logging.CRITICAL):
        return [
            (record.getMessage(), getattr(record, "check", ""))
            for record in caplog.records
            if record.levelno >= level and record.name.startswith("apps.gateway.services.health")
        ]

    return said


def change(meta, **changes):
    business = meta.platform.world.business.model_copy(update=changes)
    meta.run(lambda: meta.platform.world.record(BusinessChanged(business=business)))


def states(slug="default"):
    found = services.check_account(slug=slug)
    assert found is not None
    return {check.name: check.state for check in found.checks}


def news(kind=AccountNewsKind.RESTRICTION, state="ACCOUNT_RESTRICTION", **fields):
    return AccountNews(tenant_id="default", account="default", kind=kind, state=state, **{"at": clock.now(), **fields})


def accepted(connected, *, ago: timedelta, rank: int = 0, status: str = "sent"):
    """An outbound message that the channel took; `rank` above 0 when it reported about it."""
    Message(
        tenant_id="default",
        account=connected.slug,
        conversation_id=mongo.new_id(),
        customer_id=mongo.new_id(),
        direction="outbound",
        author="system",
        order=mongo.new_id(),
        status=status,
        rank=rank,
        claimed_at=clock.now() - ago,
    ).save()


def test_a_fault_pages_once_keeps_since_when_and_says_when_it_is_over(meta, connected, alarms):
    change(meta, number_status="BANNED")
    states()
    since = {check.name: check.since for check in gateway.account_health(connected).checks}["status"]

    states()
    assert alarms() == [("account_check_failed", "status")]
    assert {check.name: check.since for check in gateway.account_health(connected).checks}["status"] == since

    change(meta, number_status="CONNECTED")
    assert states()["status"] is CheckState.GOOD
    assert alarms(logging.WARNING)[-1] == ("account_check_recovered", "status")


def test_an_outage_of_meta_is_no_alarm_and_forgets_nothing(meta, connected, account, alarms):
    change(meta, quality="RED")
    states()
    paged = alarms()

    ChannelAccount.objects.update(graph_url="http://127.0.0.1:9")
    found = states()

    assert found["quality"] is CheckState.BAD
    assert found["reachable"] is CheckState.UNKNOWN
    assert alarms() == paged


def test_a_fault_that_nobody_could_ask_about_for_a_while_pages_no_second_time(meta, connected, alarms, account):
    change(meta, number_status="BANNED")
    states()
    change(meta, number_status="A_WORD_OF_TOMORROW")
    assert states()["status"] is CheckState.UNKNOWN

    change(meta, number_status="BANNED")
    states()

    assert alarms() == [("account_check_failed", "status")]


def test_a_refused_token_is_found_without_a_single_message(meta, connected, alarms):
    meta.platform.tokens.put(DEFAULT_TOKEN, Token(is_revoked=True))

    assert states()["token"] is CheckState.BAD
    assert alarms() == [("account_check_failed", "token")]


def test_the_pace_follows_the_tier_unless_somebody_fixed_it(meta, connected):
    ChannelAccount.objects.update(messages_per_second=80)
    change(meta, throughput="HIGH")
    states()
    assert tenants.account("default").messages_per_second == 1000

    ChannelAccount.objects.update(messages_per_second=30, is_pace_fixed=True)
    states()
    assert tenants.account("default").messages_per_second == 30


def test_no_limit_is_a_decision_too(meta, connected):
    ChannelAccount.objects.update(messages_per_second=0)

    states()

    assert tenants.account("default").messages_per_second == 0


def test_each_account_is_due_once_and_again_after_its_pause(meta, connected, monkeypatch):
    assert services.due_accounts() == ["default"]
    assert services.due_accounts() == []

    later = clock.now() + timedelta(minutes=20)
    monkeypatch.setattr(clock, "now", lambda: later)

    assert services.due_accounts() == ["default"]


def test_a_broken_neighbour_does_not_keep_an_account_from_its_check(meta, connected, account):
    ChannelAccount.objects.create(
        tenant=account.tenant, slug="quebrada", name="Quebrada", graph_url="http://127.0.0.1:9", access_token="x"
    )

    found = {slug: services.check_account(slug=slug) for slug in services.due_accounts()}

    assert found["default"].state is not CheckState.UNKNOWN
    assert {check.name for check in found["quebrada"].checks if check.state is CheckState.UNKNOWN} == {"reachable"}


def test_a_restriction_holds_the_sends_and_pages_and_a_lifting_ends_it(meta, connected, alarms):
    services.note_account_news(news(subject="RESTRICTED_BIZ_INITIATED_MESSAGING"))

    assert gateway.sending_state(connected) == "open"
    assert alarms() == [("account_news", "")]
    assert states()["restriction"] is CheckState.BAD

    services.note_account_news(news(state="ACCOUNT_RECONNECTED"))
    assert "restriction" not in states()


def test_the_same_news_twice_pages_once(connected, alarms):
    told = news()

    services.note_account_news(told)
    services.note_account_news(told)

    assert len(alarms()) == 1
    assert len(gateway.account_health(connected).notices) == 1


def test_news_of_last_week_changes_nothing(connected, alarms):
    services.note_account_news(news(at=clock.now() - timedelta(days=8)))

    assert gateway.sending_state(connected) == "closed"
    assert alarms() == []


def test_a_restriction_ends_by_itself_at_its_own_time(meta, connected, monkeypatch):
    ends = clock.now() + timedelta(hours=2)
    services.note_account_news(news(reason=ends.isoformat()))
    assert "restriction" in states()

    monkeypatch.setattr(clock, "now", lambda: ends + timedelta(minutes=1))

    assert "restriction" not in states()


def test_other_news_only_brings_the_next_look_forward(meta, connected, alarms):
    services.due_accounts()
    assert services.due_accounts() == []

    services.note_account_news(news(AccountNewsKind.NUMBER_QUALITY, "FLAGGED"))

    assert services.due_accounts() == ["default"]
    assert gateway.sending_state(connected) == "closed"
    assert alarms() == []


def test_webhooks_with_a_wrong_signature_are_evidence(meta, connected):
    assert states()["signature"] is CheckState.GOOD

    intake_health.beat(refused=False, rejected={Account("default", "default")})

    assert states()["signature"] is CheckState.BAD


def test_many_sends_of_which_nobody_speaks_are_evidence_and_a_few_are_not(meta, connected):
    for _ in range(2):
        accepted(connected, ago=timedelta(minutes=20))
    assert "reports" not in states()

    accepted(connected, ago=timedelta(minutes=20))
    assert states()["reports"] is CheckState.BAD


def test_one_report_clears_the_suspicion(meta, connected):
    for _ in range(5):
        accepted(connected, ago=timedelta(minutes=20))
    accepted(connected, ago=timedelta(minutes=20), rank=2, status="delivered")

    assert states()["reports"] is CheckState.GOOD


def test_sends_of_a_moment_ago_and_of_yesterday_say_nothing(meta, connected):
    for ago in (timedelta(minutes=1), timedelta(days=1)):
        for _ in range(5):
            accepted(connected, ago=ago)

    assert "reports" not in states()


def test_what_is_stored_names_its_business_and_holds_no_secret(meta, connected):
    states()

    (row,) = AccountHealth.objects
    assert row.tenant_id == "default"
    assert DEFAULT_TOKEN not in str(row.to_mongo())
    assert row.checked_at <= datetime.now(UTC)


def test_metas_own_webhook_about_a_restriction_holds_the_account_and_shows_what_was_said(connected, alarms):
    value = {
        "event": "ACCOUNT_RESTRICTION",
        "restriction_info": [{"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING"}],
    }
    change_of_account = {"field": "account_update", "value": value}
    entry = {"id": connected.business_account_id, "time": int(time.time()), "changes": [change_of_account]}

    arrive(json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode())
    services.drain()

    (notice,) = gateway.account_health(connected).notices
    assert (notice.state, notice.subject) == ("ACCOUNT_RESTRICTION", "RESTRICTED_BIZ_INITIATED_MESSAGING")
    assert gateway.sending_state(connected) == "open"
    assert ("account_news", "") in alarms()
