"""The demonstration: the same every time, once, and only with DEBUG."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.common import clock
from apps.console.demo.loading import demo_rows
from apps.conversations.documents import Conversation, Customer, Message
from apps.handoff import selectors as handoff
from apps.insights import selectors as insights
from apps.tenants.models import ChannelAccount
from apps.tenants.seed import TENANT

pytestmark = pytest.mark.usefixtures("stores")


@pytest.fixture(autouse=True)
def _debug(settings: Any) -> None:
    settings.DEBUG = True


def test_loading_the_demonstration_twice_changes_nothing() -> None:
    call_command("seed_demo")
    first = (Conversation.objects.count(), Customer.objects.count(), Message.objects(author__ne="system").count())

    call_command("seed_demo")

    again = (Conversation.objects.count(), Customer.objects.count(), Message.objects(author__ne="system").count())
    assert first == again
    assert first[0] == len(demo_rows()) >= 15
    assert ChannelAccount.objects.filter(slug="simulator").count() == 1


def test_who_waits_has_been_told_their_place_and_nobody_is_to_be_answered() -> None:
    call_command("seed_demo")

    waiting = Conversation.objects(status="waiting_human")
    told = [
        Message.objects(conversation_id=str(row.id), author="system", direction="outbound").count() for row in waiting
    ]
    assert told == [1] * len(waiting)
    assert len(waiting) >= 3
    assert all(row.turn == row.answered for row in Conversation.objects(holder="assistant"))


def test_what_people_hold_and_what_customers_rated_is_in_the_figures() -> None:
    call_command("seed_demo")
    call_command("seed_demo")

    held = Conversation.objects(status="with_human")
    assert sum(handoff.loads(TENANT).values()) == held.count() >= 2
    assert all(handoff.ticket_for_conversation(TENANT, str(row.id)).is_open for row in held)
    ratings = insights.ratings_since(TENANT, clock.now() - timedelta(days=7))
    assert ratings.answered == ratings.asked == sum("rating" in row for row in demo_rows())


def test_more_conversations_are_added_quickly_and_once_more_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("seed_demo", conversations=30)
    after_one = Conversation.objects.count()

    call_command("seed_demo", conversations=30)

    assert after_one == len(demo_rows()) + 30
    assert Conversation.objects.count() == after_one + 30
    assert "30 conversations added" in capsys.readouterr().out


def test_without_debug_it_is_refused(settings: Any) -> None:
    settings.DEBUG = False

    with pytest.raises(CommandError):
        call_command("seed_demo")

    assert Conversation.objects.count() == 0
