"""The editors of businesses, logins, attendants."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from apps.tenants.admin_base import AuditedAdmin, ScopedTabularInline, TenantScopedAdmin, visible_tenants
from apps.tenants.models import Attendant, QueueMember, Tenant, User

admin.site.unregister(Group)


@admin.register(Tenant)
class TenantAdmin(TenantScopedAdmin):
    list_display = ["name", "slug", "timezone", "state", "is_active"]
    search_fields = ["name", "slug"]
    fields = ["name", "slug", "timezone", "state", "keeps_national_holidays", "is_active"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # The slug is the tenant id in every document: changing it would orphan them all.
        return ["slug"] if obj else []


class MembershipInline(ScopedTabularInline):
    model = QueueMember
    verbose_name = _("fila")
    verbose_name_plural = _("filas em que atende")


@admin.register(Attendant)
class AttendantAdmin(TenantScopedAdmin):
    list_display = ["name", "user", "is_supervisor", "capacity", "queue_names", "is_active"]
    list_filter = ["is_supervisor", "is_active", "queues"]
    search_fields = ["name", "user__username"]
    fields = ["tenant", "name", "user", "is_supervisor", "capacity", "is_active"]
    inlines = [MembershipInline]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Attendant]:
        return super().get_queryset(request).prefetch_related("queues")

    @display(description=_("filas"))
    def queue_names(self, attendant: Attendant) -> str:
        return ", ".join(queue.name for queue in attendant.queues.all()) or "–"


@admin.register(User)
class UserAdmin(DjangoUserAdmin, AuditedAdmin, ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """Logins. Only a superuser makes superusers, moves a login to another business or gives single permissions."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "first_name", "last_name", "role_names", "is_staff", "is_active"]
    list_filter = ["is_active", "is_staff", "groups"]
    filter_horizontal = ()
    fieldsets = [
        (None, {"fields": ["username", "password", "tenant"]}),
        (_("Pessoa"), {"fields": ["first_name", "last_name", "email"]}),
        (_("Acesso"), {"fields": ["is_active", "is_staff", "is_superuser", "groups"]}),
        (_("Datas"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"classes": ["wide"], "fields": ["username", "tenant", "usable_password", "password1", "password2"]})
    ]
    readonly_fields = ["last_login", "date_joined"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[User]:
        found = super().get_queryset(request).prefetch_related("groups")
        if cast(User, request.user).is_superuser:
            return found
        return found.filter(tenant__in=visible_tenants(request), is_superuser=False)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        readonly = list(super().get_readonly_fields(request, obj))
        if cast(User, request.user).is_superuser:
            return readonly
        return [*readonly, "is_superuser", *(["tenant"] if obj else [])]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.remote_field.model is Tenant:
            options["queryset"] = visible_tenants(request)
            options["initial"] = visible_tenants(request).first()
        return super().formfield_for_foreignkey(db_field, request, **options)

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        user = cast(User, obj)
        actor = cast(User, request.user)
        if not actor.is_superuser:
            user.tenant_id = actor.tenant_id
        super().save_model(request, user, form, change)

    @display(description=_("papel"))
    def role_names(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all()) or "–"


@admin.register(Group)
class RoleAdmin(DjangoGroupAdmin, ModelAdmin):
    """Roles come with the product; here one reads what they may do."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return cast(User, request.user).is_superuser
