"""The editor of API keys. A key's text is shown once, right after it was made."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.api.domain import make_key
from apps.api.models import ApiKey
from apps.tenants.admin_base import TenantScopedAdmin


@admin.register(ApiKey)
class ApiKeyAdmin(TenantScopedAdmin):
    list_display = ["name", "prefix", "can_read", "can_write", "attendant", "expires_at", "is_active"]
    list_filter = ["is_active", "can_write"]
    search_fields = ["name", "prefix"]
    readonly_fields = ["prefix", "created_at"]
    fieldsets = [
        (None, {"fields": ["tenant", "name", "prefix", "is_active", "expires_at", "created_at"]}),
        (_("O que pode fazer"), {"fields": ["can_read", "can_write", "attendant"]}),
    ]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        key = None if change else make_key()
        if key is not None:
            obj.prefix, obj.digest = key.prefix, key.digest
        super().save_model(request, obj, form, change)
        if key is not None:
            messages.success(request, _("Copie agora, ela não aparece de novo: %(key)s") % {"key": key.text})
