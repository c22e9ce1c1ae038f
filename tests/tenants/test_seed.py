"""The demo business."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from apps.tenants import models
from apps.tenants import selectors as tenants
from apps.tenants.seed import seed_tenants


@pytest.fixture
def demo(settings):
    settings.DEBUG = True
    seed_tenants()


def test_the_demo_has_its_logins_queues_and_account(demo, settings):
    assert tenants.tenant("default").name == "Urbana do Brasil"
    for login in ("admin", "ana", "bruno", "sofia"):
        user = models.User.objects.get(username=login)
        assert user.check_password(login)
        assert user.is_staff is (login == "admin")
        assert tenants.attendant_for_user(user.pk) is not None
    assert all(queue.is_open and len(queue.attendant_ids) >= 2 for queue in tenants.queues("default"))
    assert all(person.capacity == 50 for person in tenants.attendants("default"))
    account = tenants.account("simulator")
    assert account.graph_url == f"http://127.0.0.1:{settings.PORT}/simulator/graph"
    assert account.app_secrets
    assert account.verify_token.get_secret_value()


def test_a_second_run_keeps_what_somebody_edited(demo, settings):
    secret = tenants.account("simulator").app_secrets
    models.HandoffRule.objects.filter(name="Reclamação").update(phrases="estou uma fera")
    models.Queue.objects.filter(slug="projetos").update(name="Projetos novos")
    people = models.Attendant.objects.count()

    settings.PORT = 9123
    seed_tenants()

    assert tenants.queue("default", "projetos").name == "Projetos novos"
    assert "estou uma fera" in tenants.handoff_phrases("default")
    assert models.Attendant.objects.count() == people
    assert tenants.account("simulator").app_secrets == secret
    assert ":9123/" in tenants.account("simulator").graph_url


def test_demo_data_is_refused_outside_debug(settings):
    settings.DEBUG = False

    with pytest.raises(ImproperlyConfigured):
        seed_tenants()

    assert not models.User.objects.exists()
