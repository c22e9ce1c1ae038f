"""Vera administers `vizinha`: of Urbana do Brasil she sees nothing and changes nothing."""

import pytest

from apps.tenants import models
from apps.tenants import selectors as tenants
from tests.tenants.factories import make_account, make_attendant, make_queue, make_user


@pytest.fixture
def ours(projetos):
    return projetos


def test_lists_hold_only_ones_own_rows(manager, ours):
    make_queue("obras", tenant_id="vizinha")

    page = manager.get("/admin/tenants/queue/").text

    assert "Obras" in page
    assert "Projetos" not in page


def test_a_neighbours_row_cannot_be_opened_changed_or_deleted(manager, ours):
    path = f"/admin/tenants/queue/{ours.pk}"

    assert manager.get(f"{path}/change/").status_code == 302
    manager.post(f"{path}/change/", {"name": "Nossa agora"})
    manager.post(f"{path}/delete/", {"post": "yes"})

    assert tenants.queue("default", "projetos").name == "Projetos"


def test_a_new_row_belongs_to_ones_own_business_whatever_the_form_says(manager, ours):
    manager.post(
        "/admin/tenants/handoffrule/add/",
        {"name": "Dono", "phrases": "chama o dono", "queue": "", "position": 0, "is_active": "on", "tenant": "default"},
    )

    assert tenants.handoff_phrases("vizinha") == ("chama o dono",)
    assert tenants.handoff_phrases("default") == ()


def test_a_neighbours_queue_is_no_choice_in_a_form(manager, ours):
    answer = manager.post(
        "/admin/tenants/handoffrule/add/", {"name": "Dono", "phrases": "dono", "queue": ours.pk, "position": 0}
    )

    assert answer.status_code == 200
    assert "queue" in answer.context["adminform"].form.errors
    assert "Projetos" not in manager.get("/admin/tenants/handoffrule/add/").text


def test_not_even_a_superuser_points_a_rule_at_the_neighbours_queue(admin, ours):
    other = make_queue("obras", tenant_id="vizinha")

    answer = admin.post(
        "/admin/tenants/handoffrule/add/",
        {"tenant": "default", "name": "Obra", "phrases": "obra", "queue": other.pk, "position": 0, "is_active": "on"},
    )

    assert "queue" in answer.context["adminform"].form.errors
    assert tenants.handoff_rules("default") == ()


def test_a_bulk_action_does_not_reach_over_the_fence(manager, ours):
    manager.post("/admin/tenants/queue/", {"action": "delete_selected", "_selected_action": [ours.pk], "post": "yes"})

    assert tenants.queue("default", "projetos") is not None


def test_logins_of_others_and_superusers_are_out_of_reach(manager):
    other = make_user("bruno")
    chief = make_user("chefe", tenant_id="vizinha", is_superuser=True, is_staff=True)

    for user in (other, chief):
        assert manager.get(f"/admin/tenants/user/{user.pk}/change/").status_code == 302
        assert manager.get(f"/admin/tenants/user/{user.pk}/password/").status_code in (302, 403, 404)


def test_an_administrator_cannot_make_a_superuser(manager):
    caio = make_user("caio", tenant_id="vizinha")

    manager.post(
        f"/admin/tenants/user/{caio.pk}/change/",
        {"username": "caio", "is_active": "on", "is_staff": "on", "is_superuser": "on", "tenant": "default"},
    )

    caio.refresh_from_db()
    assert not caio.is_superuser
    assert caio.tenant_id == "vizinha"


def test_only_a_superuser_makes_businesses(manager, admin):
    assert manager.get("/admin/tenants/tenant/add/").status_code == 403
    assert admin.get("/admin/tenants/tenant/add/").status_code == 200


def test_the_account_of_a_neighbour_and_its_people_stay_unseen(manager):
    make_account("loja")
    make_attendant("davi")

    assert "WhatsApp loja" not in manager.get("/admin/tenants/channelaccount/").text
    assert "Davi" not in manager.get("/admin/tenants/attendant/").text
    assert "WhatsApp loja" not in manager.get("/admin/").text


def test_the_log_of_changes_is_ones_own(manager, admin, ours):
    admin.post(f"/admin/tenants/queue/{ours.pk}/delete/", {"post": "yes"})
    assert models.AuditEntry.objects.filter(tenant_id="default", action="deleted").exists()

    assert "Projetos" in admin.get("/admin/tenants/auditentry/").text
    assert "Projetos" not in manager.get("/admin/tenants/auditentry/").text
