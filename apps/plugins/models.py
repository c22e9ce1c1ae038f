"""Which extension a tenant switched on, and with what settings."""

import json

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel
from pydantic import ValidationError as InvalidSettings

from apps.contracts.plugins import PluginKind
from apps.plugins import registry
from apps.tenants.models import Configured, Tenant


class PluginSetting(Configured):
    """One extension of one tenant. `plugin` is "<kind>:<name>" as registered; `settings` obey its own model."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, verbose_name=_("empresa"), related_name="plugin_settings")
    plugin = models.CharField(_("extensão"), max_length=120)
    is_enabled = models.BooleanField(_("ligada"), default=False)
    settings = models.JSONField(_("ajustes"), default=dict, blank=True)

    class Meta:
        verbose_name = _("extensão")
        verbose_name_plural = _("extensões")
        ordering = ["plugin"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "plugin"],
                name="plugin_setting_once",
                violation_error_message=_("Esta extensão já está na lista."),
            )
        ]

    def __str__(self) -> str:
        known = known_plugin(self.plugin)
        return str(known.title) if known else self.plugin

    def clean(self) -> None:
        known = known_plugin(self.plugin)
        if known is None:
            raise ValidationError({"plugin": _("Esta extensão não está instalada.")})
        try:
            parse_settings(known, self.settings)
        except InvalidSettings as invalid:
            sentences = [
                f"{'.'.join(map(str, error['loc'])) or _('ajustes')}: {error['msg']}" for error in invalid.errors()
            ]
            raise ValidationError({"settings": sentences}) from invalid


def known_plugin(key: str) -> registry.Plugin | None:
    """The registered extension of this key, None when its package is not installed any more."""
    kind, _separator, name = key.partition(":")
    try:
        return registry.plugin(PluginKind(kind), name)
    except (ValueError, registry.UnknownPlugin):
        return None


def parse_settings(known: registry.Plugin, settings: object) -> BaseModel:
    """A tenant's settings as the extension's own model. Raises pydantic's ValidationError.

    They are read as JSON, in which a list may stand for a tuple.
    """
    return known.settings.model_validate_json(json.dumps(settings))
