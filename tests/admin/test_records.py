"""Events and dead letters, read and tried again."""

import pytest

from apps.common import clock
from apps.events import selectors as events
from apps.events.documents import EventRecord
from apps.tenants import models
from tests.tenants.factories import make_tenant


@pytest.fixture
def dead_letter():
    """A message that its handler gave up."""
    make_tenant()
    return _bury("default", "in:simulator:wamid.1")


def _bury(tenant_id: str, key: str) -> EventRecord:
    return EventRecord(
        tenant_id=tenant_id,
        created_at=clock.now(),
        key=f"{tenant_id}:{key}",
        type="message.received",
        data={},
        trace_id="a" * 32,
        dead=[{"to": "processor.process_message", "at": clock.now(), "reason": "KeyError: 'text'"}],
    ).save()


def test_a_dead_letter_is_listed_with_its_reason_and_counted_at_home(admin, dead_letter):
    assert "KeyError" in admin.get("/admin/records/dead-letters/").text
    assert "1 evento não processado" in admin.get("/admin/").text


def test_the_list_can_be_searched(admin, dead_letter):
    assert "KeyError" in admin.get("/admin/records/dead-letters/?q=keyerror").text
    assert "KeyError" not in admin.get("/admin/records/dead-letters/?q=timeout").text


def test_a_dead_letter_is_tried_again_and_the_log_says_by_whom(admin, dead_letter):
    admin.post("/admin/records/dead-letters/replay/", {"letter": f"{dead_letter.id} processor.process_message"})

    assert events.dead_letters("default") == []
    assert [one.to for one in EventRecord.objects.get(id=dead_letter.id).pending] == ["processor.process_message"]
    assert models.AuditEntry.objects.get(action="replayed").actor_name == "Renata"


def test_the_neighbours_dead_letters_are_neither_seen_nor_touched(manager, dead_letter):
    page = manager.get("/admin/records/dead-letters/").text
    manager.post("/admin/records/dead-letters/replay/", {"letter": f"{dead_letter.id} processor.process_message"})

    assert "KeyError" not in page
    assert len(events.dead_letters("default")) == 1
    assert manager.get(f"/admin/records/events/{dead_letter.id}/").status_code == 404


def test_events_are_listed_by_type_and_trace_and_open_one_by_one(admin, dead_letter):
    assert "message.received" in admin.get("/admin/records/events/").text
    assert str(dead_letter.id) in admin.get("/admin/records/events/?type=message.received").text
    assert str(dead_letter.id) not in admin.get("/admin/records/events/?type=delivery.updated").text
    assert str(dead_letter.id) in admin.get(f"/admin/records/events/?of={'a' * 32}").text
    assert admin.get(f"/admin/records/events/{dead_letter.id}/").status_code == 200


def test_replaying_needs_a_post(admin):
    assert admin.get("/admin/records/dead-letters/replay/").status_code == 405
