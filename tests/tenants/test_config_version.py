"""Every way of changing a row announces the change in the transaction that makes it."""

from collections.abc import Callable

import pytest
from django.db import transaction

from apps.tenants import models
from apps.tenants import selectors as tenants
from tests.tenants.factories import make_queue, make_tenant


def _queryset_update(queue: models.Queue) -> None:
    models.Queue.objects.filter(pk=queue.pk).update(name="Outra")


def _save(queue: models.Queue) -> None:
    queue.name = "Outra"
    queue.save()


def _delete(queue: models.Queue) -> None:
    queue.delete()


def _queryset_delete(queue: models.Queue) -> None:
    models.Queue.objects.filter(pk=queue.pk).delete()


def _bulk_create(queue: models.Queue) -> None:
    models.Queue.objects.bulk_create([models.Queue(tenant=queue.tenant, slug="nova", name="Nova")])


def _bulk_update(queue: models.Queue) -> None:
    queue.name = "Outra"
    models.Queue.objects.bulk_update([queue], ["name"])


def _related_manager(queue: models.Queue) -> None:
    queue.tenant.queues.filter(pk=queue.pk).update(name="Outra")


def _member(queue: models.Queue) -> None:
    user = models.User.objects.create_user("caio", tenant=queue.tenant)
    attendant = models.Attendant.objects.create(tenant=queue.tenant, user=user, name="Caio")
    before = tenants.config_version("default")
    queue.members.add(attendant)
    assert tenants.config_version("default") > before


def _hours(queue: models.Queue) -> None:
    models.BusinessHours.objects.create(queue=queue, weekday=0, opens="08:00", closes="18:00")


WAYS: list[Callable[[models.Queue], None]] = [
    _save, _delete, _queryset_update, _queryset_delete, _bulk_create, _bulk_update, _related_manager, _member, _hours,
]  # fmt: skip


@pytest.mark.parametrize("change", WAYS, ids=lambda way: way.__name__.strip("_"))
def test_every_way_of_changing_a_row_raises_the_version_of_its_tenant_only(change, projetos):
    make_queue(tenant_id="vizinha")
    before, next_door, everyone = (tenants.config_version(scope) for scope in ("default", "vizinha", "*"))

    change(projetos)

    assert tenants.config_version("default") > before
    assert tenants.config_version("*") > everyone
    assert tenants.config_version("vizinha") == next_door


def test_a_change_is_read_at_once_by_the_process_that_made_it(projetos):
    assert tenants.queue("default", "projetos").name == "Projetos"

    projetos.name = "Projetos novos"
    projetos.save()

    assert tenants.queue("default", "projetos").name == "Projetos novos"


def test_a_rolled_back_change_leaves_neither_a_row_nor_a_cached_answer(projetos):
    assert tenants.queue("default", "projetos").name == "Projetos"

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        projetos.name = "Nunca"
        projetos.save()
        assert tenants.queue("default", "projetos").name == "Nunca"
        raise ZeroDivisionError

    assert tenants.queue("default", "projetos").name == "Projetos"


def test_a_version_is_never_given_twice_even_after_a_rollback(projetos):
    seen = set()
    for _ in range(20):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            projetos.save()
            seen.add(tenants.config_version("default"))
            raise ZeroDivisionError

    assert len(seen) == 20


def test_an_import_that_changes_nothing_announces_nothing(default):
    before = tenants.config_version("default")

    assert make_tenant("default") == default

    assert tenants.config_version("default") == before
