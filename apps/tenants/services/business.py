"""A business and its roles, made where they are missing."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from apps.tenants import models
from apps.tenants.roles import ROLES


@transaction.atomic
def ensure_tenant(*, tenant_id: str, name: str) -> models.Tenant:
    """Make sure that a business exists with a queue to wait in and limits to edit. Changes nothing that is there."""
    tenant, _created = models.Tenant.objects.get_or_create(slug=tenant_id, defaults={"name": name})
    if not tenant.queues.exists():
        models.Queue.objects.create(tenant=tenant, slug="atendimento", name="Atendimento", is_default=True)
    models.ReplyLimits.objects.get_or_create(tenant=tenant)
    return tenant


@transaction.atomic
def sync_roles() -> None:
    """Make the groups of the four roles hold exactly the permissions of `roles.ROLES`. Safe to repeat."""
    everything = list(Permission.objects.select_related("content_type"))
    for role, may in ROLES.items():
        group, _created = Group.objects.get_or_create(name=role)
        allowed = [row for row in everything if may(row.content_type.app_label, row.content_type.model, row.codename)]
        group.permissions.set(allowed)
