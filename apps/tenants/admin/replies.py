"""The editors of quick replies, the assistant's limits and feature flags."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from apps.tenants.admin_base import TenantScopedAdmin
from apps.tenants.models import Flag, QuickReply, ReplyLimits


@admin.register(QuickReply)
class QuickReplyAdmin(TenantScopedAdmin):
    list_display = ["command", "title", "queue", "attendant", "is_active"]
    list_filter = ["is_active", "queue", "attendant"]
    search_fields = ["shortcut", "title", "body"]
    import_keys = ["shortcut", "attendant"]
    fieldsets = [
        (None, {"fields": ["tenant", "shortcut", "title", "body", "file"]}),
        (_("Quem usa"), {"fields": ["queue", "attendant", "is_active"]}),
    ]

    @display(description=_("atalho"), ordering="shortcut")
    def command(self, reply: QuickReply) -> str:
        return f"/{reply.shortcut}"


@admin.register(ReplyLimits)
class ReplyLimitsAdmin(TenantScopedAdmin):
    list_display = ["tenant", "max_failed_replies", "turns_per_customer_hour", "loop_limit"]
    fieldsets = [
        (None, {"fields": ["tenant", "max_failed_replies", "turns_per_customer_hour", "loop_limit"]}),
        (_("Conversa parada"), {"fields": ["idle_warning_seconds", "idle_close_seconds"]}),
    ]


@admin.register(Flag)
class FlagAdmin(TenantScopedAdmin):
    list_display = ["name", "note", "is_on", "percentage"]
    list_filter = ["is_on"]
    list_editable = ["is_on"]
    search_fields = ["name", "note"]
    import_keys = ["name"]
    fields = ["tenant", "name", "note", "is_on", "percentage", "logins"]
