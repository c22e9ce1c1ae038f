"""The editor of extensions: what is installed, switched on per tenant, with its settings."""

import json
from typing import Any

from django import forms
from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from apps.contracts.plugins import SWITCHED_KINDS
from apps.plugins import registry
from apps.plugins.models import PluginSetting, known_plugin
from apps.tenants.admin_base import TenantScopedAdmin


class PluginSettingForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    class Meta:
        model = PluginSetting
        exclude: tuple[str, ...] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "plugin" in self.fields:
            choices = [(found.key, found.title) for found in registry.plugins() if found.kind in SWITCHED_KINDS]
            self.fields["plugin"] = forms.ChoiceField(
                label=_("Extensão"), choices=choices, widget=UnfoldAdminSelectWidget(choices=choices)
            )


@admin.register(PluginSetting)
class PluginSettingAdmin(TenantScopedAdmin):
    form = PluginSettingForm
    list_display = ["title", "what_it_does", "is_enabled"]
    list_editable = ["is_enabled"]
    fields = ["tenant", "plugin", "is_enabled", "settings", "settings_guide"]
    readonly_fields = ["settings_guide"]

    @display(description=_("extensão"), ordering="plugin")
    def title(self, row: PluginSetting) -> str:
        return str(row)

    @display(description=_("o que faz"))
    def what_it_does(self, row: PluginSetting) -> str:
        known = known_plugin(row.plugin)
        return str(known.description if known else _("Não está mais instalada."))

    @display(description=_("ajustes possíveis"))
    def settings_guide(self, row: PluginSetting) -> str | SafeString:
        known = known_plugin(row.plugin)
        if known is None or not known.settings.model_fields:
            return "–"
        lines = (
            (
                name,
                gettext(field.description) if field.description else "",
                json.dumps(field.get_default(call_default_factory=True), ensure_ascii=False),
            )
            for name, field in known.settings.model_fields.items()
        )
        return format_html("<ul>{}</ul>", format_html_join("", "<li><code>{}</code> {} ({})</li>", lines))
