"""CSV and spreadsheet import and export of configuration, inside one tenant."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from import_export.resources import ModelResource, modelresource_factory

from apps.tenants.encryption import EncryptedTextField
from apps.tenants.relations import strangers


class TenantResource(ModelResource):
    """Rows are found by their own names inside the tenant, never by the database's id of somebody else's row."""

    tenant_ids: tuple[str, ...] = ()

    class Meta:
        skip_unchanged = True
        report_skipped = True
        clean_model_instances = True

    def get_queryset(self) -> models.QuerySet[Any]:
        found: models.QuerySet[Any] = super().get_queryset()
        return found.filter(**{f"{self._meta.model.tenant_path}__in": self.tenant_ids})

    def before_import(self, dataset: Any, **options: Any) -> None:
        if "tenant" in self.fields and "tenant" not in (dataset.headers or []) and len(self.tenant_ids) == 1:
            dataset.append_col([self.tenant_ids[0]] * len(dataset), header="tenant")

    def before_import_row(self, row: dict[str, Any], **options: Any) -> None:
        if "tenant" in self.fields and not row.get("tenant") and len(self.tenant_ids) == 1:
            row["tenant"] = self.tenant_ids[0]

    def before_save_instance(self, instance: Any, row: dict[str, Any], **options: Any) -> None:
        if instance.config_tenant not in self.tenant_ids:
            raise PermissionDenied(f"tenant {instance.config_tenant!r} is not yours")
        if foreign := strangers(instance):
            raise PermissionDenied(f"{', '.join(foreign)} belongs to another tenant")


def resource_for(model: type[models.Model], *, keys: list[str], tenants: list[str]) -> type[ModelResource]:
    """Make the resource of a model for who may see these tenants. Database ids and secrets stay inside."""
    hidden = [
        field.name
        for field in model._meta.concrete_fields
        if field.name == "id" or isinstance(field, EncryptedTextField)
    ]
    has_tenant = any(field.name == "tenant" for field in model._meta.concrete_fields)
    meta = {"exclude": hidden, "import_id_fields": [*(["tenant"] if has_tenant else []), *keys]}
    made: type[ModelResource] = modelresource_factory(
        model, resource_class=TenantResource, meta_options=meta, custom_fields=None
    )
    made.tenant_ids = tuple(tenants)
    return made
