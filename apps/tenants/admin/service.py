"""The editors of queues, their hours and holidays, and of the phrases that bring a person."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from apps.tenants.admin_base import ScopedTabularInline, TenantScopedAdmin
from apps.tenants.models import BusinessHours, HandoffRule, Holiday, Queue, QueueMember


class MemberInline(ScopedTabularInline):
    model = QueueMember


class HoursInline(ScopedTabularInline):
    model = BusinessHours


@admin.register(Queue)
class QueueAdmin(TenantScopedAdmin):
    list_display = ["name", "slug", "is_default", "member_names", "opening", "is_active"]
    list_filter = ["is_active", "is_always_open"]
    search_fields = ["name", "slug"]
    import_keys = ["slug"]
    inlines = [MemberInline, HoursInline]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (None, {"fields": ["tenant", "name", "slug", "colour", "is_default", "is_active", "position"]}),
        (_("Espera e horário"), {"fields": ["accept_limit_seconds", "unaccepted", "is_always_open", "wanted_facts"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Queue]:
        return super().get_queryset(request).prefetch_related("members", "hours")

    @display(description=_("atendentes"))
    def member_names(self, queue: Queue) -> str:
        return ", ".join(attendant.name for attendant in queue.members.all()) or gettext("ninguém")

    @display(description=_("horário"))
    def opening(self, queue: Queue) -> str:
        if queue.is_always_open:
            return gettext("o tempo todo")
        return ", ".join(str(stretch) for stretch in queue.hours.all()) or gettext("sempre fechada")


@admin.register(Holiday)
class HolidayAdmin(TenantScopedAdmin):
    list_display = ["day", "name", "queue", "opens", "closes"]
    list_filter = ["queue"]
    search_fields = ["name"]
    date_hierarchy = "day"
    import_keys = ["day", "name"]
    fields = ["tenant", "day", "name", "queue", "opens", "closes"]


@admin.register(HandoffRule)
class HandoffRuleAdmin(TenantScopedAdmin):
    list_display = ["name", "first_phrases", "queue", "position", "is_active"]
    list_filter = ["is_active", "queue"]
    list_editable = ["is_active"]
    search_fields = ["name", "phrases"]
    import_keys = ["name"]
    fields = ["tenant", "name", "phrases", "queue", "position", "is_active"]

    @display(description=_("frases"))
    def first_phrases(self, rule: HandoffRule) -> str:
        phrases = [line.strip() for line in rule.phrases.splitlines() if line.strip()]
        first = ", ".join(f"“{phrase}”" for phrase in phrases[:3])
        if len(phrases) <= 3:
            return first
        return gettext("%(first)s e mais %(number)d") % {"first": first, "number": len(phrases) - 3}
