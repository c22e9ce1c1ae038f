"""Editors of spam and routing rules."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.processor.models import RoutingRule, SpamRule
from apps.tenants.admin_base import TenantScopedAdmin


@admin.register(SpamRule)
class SpamRuleAdmin(TenantScopedAdmin):
    list_display = ["name", "sign", "score", "is_active"]
    list_filter = ["is_active", "sign"]
    list_editable = ["is_active"]
    search_fields = ["name", "pattern"]
    import_keys = ["name"]
    fieldsets = [(None, {"fields": ["tenant", "name", "is_active", "sign", "pattern", "score"]})]


@admin.register(RoutingRule)
class RoutingRuleAdmin(TenantScopedAdmin):
    list_display = ["name", "position", "action", "is_active"]
    list_filter = ["is_active", "action"]
    list_editable = ["position", "is_active"]
    search_fields = ["name", "phrases", "reply"]
    import_keys = ["name"]
    fieldsets = [
        (None, {"fields": ["tenant", "name", "is_active", "position"]}),
        (_("Quando"), {"fields": ["match", "phrases", "kind", "intent", "account", ("starts_at", "ends_at")]}),
        (_("Então"), {"fields": ["action", "reply", "queue", "tag", "assistant", "stops"]}),
        (_("Período"), {"fields": [("active_from", "active_until")], "classes": ["collapse"]}),
    ]
