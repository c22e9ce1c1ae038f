"""Who changed what: read only."""

from typing import Any, cast

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from apps.tenants.admin_base import visible_tenants
from apps.tenants.models import AuditEntry, User


@admin.register(AuditEntry)
class AuditEntryAdmin(ModelAdmin):
    list_display = ["at", "actor_name", "action", "target_kind", "target_name", "changes"]
    list_filter = ["action", "target_kind"]
    search_fields = ["actor_name", "target_name", "target_id"]
    date_hierarchy = "at"
    list_fullwidth = True

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[AuditEntry]:
        found: models.QuerySet[AuditEntry] = super().get_queryset(request)
        if cast(User, request.user).is_superuser:
            return found
        return found.filter(tenant_id__in=[tenant.slug for tenant in visible_tenants(request)])

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description=_("campos"))
    def changes(self, entry: AuditEntry) -> str:
        return ", ".join(sorted({**entry.before, **entry.after})) if entry.action == "changed" else "–"
