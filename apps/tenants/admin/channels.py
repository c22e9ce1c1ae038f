"""The editor of numbers and pages. Secrets go in and never come out."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminPasswordWidget

from apps.tenants.admin_base import TenantScopedAdmin
from apps.tenants.models import ChannelAccount

SECRETS = ("access_token", "app_secret", "previous_app_secret", "verify_token")


class ChannelAccountForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """A secret left blank stays as it is; the page only tells whether there is one."""

    class Meta:
        model = ChannelAccount
        exclude: tuple[str, ...] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in SECRETS:
            if name not in self.fields:
                continue
            kept = bool(self.instance.pk and getattr(self.instance, name))
            hint = _("guardado; escreva para trocar") if kept else _("ainda não há")
            self.fields[name].widget = UnfoldAdminPasswordWidget(
                attrs={"autocomplete": "new-password", "placeholder": hint}, render_value=False
            )
            self.initial.pop(name, None)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in SECRETS:
            if name in self.fields and not cleaned.get(name):
                cleaned[name] = getattr(self.instance, name) if self.instance.pk else ""
        if "messages_per_second" in self.changed_data:
            # Whoever writes a pace means it: it no longer follows the channel's tier.
            cleaned["is_pace_fixed"] = True
        return cleaned


@admin.register(ChannelAccount)
class ChannelAccountAdmin(TenantScopedAdmin):
    form = ChannelAccountForm
    # Both templates are drawn by a layer above, which knows what the channels say.
    change_form_outer_before_template = "administration/_account_head.html"
    list_before_template = "administration/_accounts_list_head.html"
    list_display = ["name", "display_number", "slug", "kind", "has_secrets", "is_active"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name", "slug", "display_number", "phone_number_id"]
    readonly_fields = ["webhook_path"]
    fieldsets = [
        (None, {"fields": ["tenant", "name", "slug", "kind", "display_number", "is_active"]}),
        (
            _("Meta"),
            {"fields": ["phone_number_id", "business_account_id", "access_token", "app_secret", "previous_app_secret"]},
        ),
        (_("Webhook"), {"fields": ["webhook_path", "verify_token"]}),
        (_("Limites"), {"fields": ["messages_per_second", "is_pace_fixed", "pair_interval_seconds"]}),
        (_("Avançado"), {"classes": ["collapse"], "fields": ["graph_url", "graph_version", "settings"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        readonly = super().get_readonly_fields(request, obj)
        # The slug stands in the address that Meta calls and in every stored message.
        return [*readonly, "slug", "kind"] if obj else readonly

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        found = super().get_fieldsets(request, obj)
        if self.has_change_permission(request, obj):
            return found
        # Drawn for reading only, a field shows what it holds.
        return [
            (title, {**options, "fields": [name for name in options["fields"] if name not in SECRETS]})
            for title, options in found
        ]

    @display(description=_("segredos"), label={"completos": "success", "faltam": "warning"})
    def has_secrets(self, account: ChannelAccount) -> str:
        # Only Meta, which numbers its accounts, signs with an application's secret.
        needs_app_secret = bool(account.phone_number_id)
        has_all = account.access_token and account.verify_token and (account.app_secret or not needs_app_secret)
        return "completos" if has_all else "faltam"

    @display(description=_("endereço do webhook"))
    def webhook_path(self, account: ChannelAccount) -> str:
        return f"/webhooks/{account.kind}/{account.slug}" if account.pk else "–"
