"""The fixed cast: Urbana do Brasil (`default`) with Ana, Bruno and Sofia, and next door Vizinha with Vera. Carla writes to them."""

from typing import Any

from apps.tenants import models

CARLA_PHONE = "5583988888888"
PASSWORD = "a long enough secret"


def make_tenant(tenant_id: str = "default", **fields: Any) -> models.Tenant:
    names = {"default": "Urbana do Brasil", "vizinha": "Vizinha Reformas"}
    tenant, _ = models.Tenant.objects.get_or_create(
        slug=tenant_id, defaults={"name": names.get(tenant_id, tenant_id), **fields}
    )
    return tenant


def make_user(login: str, *, tenant_id: str | None = "default", **fields: Any) -> models.User:
    tenant = make_tenant(tenant_id) if tenant_id else None
    return models.User.objects.create_user(
        username=login, password=PASSWORD, first_name=login.capitalize(), tenant=tenant, **fields
    )


def make_queue(slug: str = "projetos", *, tenant_id: str = "default", **fields: Any) -> models.Queue:
    return models.Queue.objects.create(
        tenant=make_tenant(tenant_id), slug=slug, **{"name": slug.capitalize(), "is_default": False, **fields}
    )


def make_attendant(login: str, *queues: models.Queue, tenant_id: str = "default", **fields: Any) -> models.Attendant:
    attendant = models.Attendant.objects.create(
        tenant=make_tenant(tenant_id),
        user=make_user(login, tenant_id=tenant_id),
        **{"name": login.capitalize(), "capacity": 50, **fields},
    )
    for queue in queues:
        models.QueueMember.objects.create(queue=queue, attendant=attendant)
    return attendant


def make_account(slug: str = "simulator", *, tenant_id: str = "default", **fields: Any) -> models.ChannelAccount:
    return models.ChannelAccount.objects.create(
        tenant=make_tenant(tenant_id),
        slug=slug,
        **{
            "name": f"WhatsApp {slug}",
            "phone_number_id": f"1065403522429{len(slug)}",
            "access_token": "the access token",
            "app_secret": "the app secret",
            "verify_token": "the verify token",
            **fields,
        },
    )
