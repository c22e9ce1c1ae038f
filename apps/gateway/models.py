"""The templates that a vendor approved, as of the last time it was asked or told us."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.tenants.models import ChannelAccount, Configured, Tenant


class MessageTemplate(Configured):
    """One template in one language. Edited at the vendor, never here: each sync writes it anew."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, verbose_name=_("empresa"), related_name="message_templates")
    account = models.ForeignKey(
        ChannelAccount, models.CASCADE, verbose_name=_("conta do canal"), related_name="message_templates"
    )
    external_id = models.CharField(_("id na Meta"), max_length=60, blank=True)
    name = models.CharField(_("nome"), max_length=512)
    language = models.CharField(_("idioma"), max_length=15)
    category = models.CharField(_("categoria"), max_length=30, blank=True)
    status = models.CharField(_("situação"), max_length=12)
    reason = models.CharField(_("motivo"), max_length=500, blank=True)
    quality = models.CharField(_("qualidade"), max_length=12, blank=True)
    #: `contracts.templates.TemplateValue` as JSON: header, body, footer, buttons and what is to be filled in.
    definition = models.JSONField(_("definição"), default=dict)
    synced_at = models.DateTimeField(_("lido em"))

    class Meta:
        verbose_name = _("modelo de mensagem")
        verbose_name_plural = _("modelos de mensagem")
        ordering = ["name", "language"]
        constraints = [
            models.UniqueConstraint(fields=["account", "name", "language"], name="message_template_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"
