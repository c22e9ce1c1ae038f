"""Who may enter /admin/, and what the others are told."""

import pytest
from django.test import Client

from tests.tenants.factories import PASSWORD, make_user


def test_the_administrator_sees_the_home_page_in_portuguese(admin):
    page = admin.get("/admin/")

    assert page.status_code == 200
    assert "Precisa de você" in page.text


def test_an_attendant_who_is_logged_in_is_refused_with_the_way_to_the_console(ana):
    page = ana.get("/admin/", follow=True)

    assert page.status_code == 403
    assert "só entra quem administra" in page.text
    assert 'href="/console/"' in page.text
    assert "Precisa de você" not in page.text


@pytest.mark.parametrize(
    "path",
    [
        "/admin/tenants/channelaccount/", "/admin/tenants/queue/add/", "/admin/tenants/user/",
        "/admin/records/events/", "/admin/records/dead-letters/", "/admin/plugins/pluginsetting/",
    ],
)  # fmt: skip
def test_an_attendant_gets_no_page_below_admin_either(ana, path):
    assert ana.get(path).status_code == 302
    assert ana.get(path, follow=True).status_code == 403


def test_an_attendants_right_password_gets_the_real_reason():
    make_user("ana")

    page = Client().post("/admin/login/?next=/admin/", {"username": "ana", "password": PASSWORD})

    assert "não administra" in page.text
    assert not page.wsgi_request.user.is_authenticated


def test_the_administrators_login_leads_to_the_administration():
    make_user("renata", is_staff=True)
    form = Client().get("/admin/login/").context

    page = Client().post("/admin/login/", {"username": "renata", "password": PASSWORD, "next": form["next"]})

    assert page["Location"] == "/admin/"


def test_who_is_refused_may_leave_and_come_back_as_somebody_else(ana):
    page = ana.get("/admin/", follow=True)
    assert 'action="/console/logout/"' in page.text

    ana.post("/console/logout/")

    assert ana.get("/admin/", follow=True).status_code == 200


def test_a_wrong_password_is_not_told_apart_from_a_wrong_name():
    make_user("ana")

    page = Client().post("/admin/login/", {"username": "ana", "password": "wrong"})

    assert "não administra" not in page.text
    assert page.context["form"].non_field_errors()


def test_a_stranger_is_sent_to_the_login():
    page = Client().get("/admin/tenants/queue/")

    assert page.status_code == 302
    assert page["Location"].startswith("/admin/login/")


def test_no_page_of_the_administration_may_run_an_inline_script(admin):
    policy = admin.get("/admin/")["Content-Security-Policy"]

    scripts = next(part for part in policy.split(";") if part.strip().startswith("script-src"))
    assert "'unsafe-inline'" not in scripts
