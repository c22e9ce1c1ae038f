"""The base of every editor in /admin/: the theme, tenant scoping, import and export, and the audit log.

@admin.register(SpamRule)
class SpamRuleAdmin(TenantScopedAdmin):
    list_display = ["name", "is_active"]
    import_keys = ["name"]          # what names a row in a CSV file; leave out for no import and export
"""

from typing import Any, ClassVar, TypeVar, cast

from django.db import models, transaction
from django.http import HttpRequest
from import_export.admin import ImportExportModelAdmin
from import_export.resources import ModelResource
from unfold.admin import ModelAdmin
from unfold.admin import TabularInline as UnfoldTabularInline
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from apps.tenants.forms import inside_tenant
from apps.tenants.models import Configured, Tenant, User
from apps.tenants.resources import resource_for
from apps.tenants.services import record_audit
from apps.tenants.snapshots import changed_fields, snapshot

M = TypeVar("M", bound=models.Model)


def visible_tenants(request: HttpRequest) -> models.QuerySet[Tenant]:
    """The businesses this login may configure: a superuser all of them, anybody else their own."""
    user = cast(User, request.user)
    if user.is_superuser:
        return Tenant.objects.all()
    return Tenant.objects.filter(slug=user.tenant_id or "")


class ScopedRelations:
    """Offers in every select box only rows of the tenants that this login may see."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        related = db_field.remote_field.model
        if related is Tenant:
            options["queryset"] = visible_tenants(request)
            options.setdefault("initial", visible_tenants(request).first())
        elif related is User:
            tenants = visible_tenants(request)
            options["queryset"] = User.objects.filter(
                models.Q(tenant__in=tenants) | models.Q(tenant=None, is_superuser=True)
            )
        elif issubclass(related, Configured):
            options["queryset"] = related.objects.filter(**{f"{related.tenant_path}__in": visible_tenants(request)})
        return super().formfield_for_foreignkey(db_field, request, **options)  # type: ignore[misc]


class ScopedTabularInline(ScopedRelations, UnfoldTabularInline):
    """Rows of a parent, edited in its page."""

    extra = 0


class AuditedAdmin(ModelAdmin):
    """Writes every change made here to the audit log, with what the fields were before."""

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        before = snapshot(type(obj)._default_manager.filter(pk=obj.pk).first()) if change else {}
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            self._audit(request, obj, "changed" if change else "created", before, snapshot(obj))

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        with transaction.atomic():
            self._audit(request, obj, "deleted", snapshot(obj), {})
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        with transaction.atomic():
            for obj in queryset:
                self._audit(request, obj, "deleted", snapshot(obj), {})
            super().delete_queryset(request, queryset)

    def _audit(
        self, request: HttpRequest, obj: models.Model, action: str, before: dict[str, Any], after: dict[str, Any]
    ) -> None:
        old, new = changed_fields(before, after)
        if action == "changed" and not new:
            return
        user = cast(User, request.user)
        record_audit(
            tenant_id=obj.config_tenant if isinstance(obj, Configured) else getattr(obj, "tenant_id", None) or "",
            actor_id=str(user.pk),
            actor_name=str(user),
            action=action,
            target_kind=str(obj._meta.label_lower),
            target_id=str(obj.pk),
            target_name=str(obj)[:200],
            before=old,
            after=new,
        )


class TenantScopedAdmin(ScopedRelations, AuditedAdmin, ImportExportModelAdmin):
    """An editor whose rows belong to a tenant.

    A login that may see one tenant never sees the field; a superuser chooses it once, when the row is made.
    """

    import_form_class = ImportForm
    export_form_class = ExportForm
    import_keys: ClassVar[list[str]] = []
    list_filter_submit = True
    warn_unsaved_form = True
    list_per_page = 50
    list_fullwidth = True
    compressed_fields = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        found: models.QuerySet[Any] = super().get_queryset(request)
        path = self.model.tenant_path
        return found.filter(**{f"{path}__in": [tenant.slug for tenant in visible_tenants(request)]})

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        excluded = list(super().get_exclude(request, obj) or [])
        return [*excluded, "tenant"] if self._has_one_tenant(request) else excluded

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        found = super().get_fieldsets(request, obj)
        if not self._has_one_tenant(request):
            return found
        return [(title, {**options, "fields": _without_tenant(options["fields"])}) for title, options in found]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        readonly = list(super().get_readonly_fields(request, obj))
        return [*readonly, "tenant"] if obj is not None and self._has_tenant_field() else readonly

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        filters = list(super().get_list_filter(request))
        return filters if self._has_one_tenant(request) or not self._has_tenant_field() else [*filters, "tenant"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        form = super().get_form(request, obj, change=change, **options)
        if not self._has_tenant_field():
            return form
        return inside_tenant(form, visible_tenants(request).get() if self._has_one_tenant(request) else None)

    def get_resource_classes(self, request: HttpRequest) -> list[type[ModelResource]]:
        return [resource_for(self.model, keys=self.import_keys, tenants=[t.slug for t in visible_tenants(request)])]

    def has_import_permission(self, request: HttpRequest) -> bool:
        return bool(self.import_keys) and self.has_add_permission(request) and self.has_change_permission(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return bool(self.import_keys) and self.has_view_permission(request)

    def _has_tenant_field(self) -> bool:
        return any(field.name == "tenant" for field in self.model._meta.fields)

    def _has_one_tenant(self, request: HttpRequest) -> bool:
        return self._has_tenant_field() and visible_tenants(request).count() == 1


def _without_tenant(fields: Any) -> list[Any]:
    return [field for field in fields if field != "tenant"]
