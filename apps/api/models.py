"""Keys with which machines use the API."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.tenants.models import Attendant, Configured, Tenant


class ApiKey(Configured):
    """One machine's key. Only its digest is kept: whoever loses the key makes another one."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, verbose_name=_("empresa"), related_name="api_keys")
    name = models.CharField(_("nome"), max_length=80, help_text=_("Que sistema usa esta chave. Aparece para a equipe."))
    prefix = models.CharField(_("começo da chave"), max_length=16, unique=True, editable=False)
    digest = models.CharField(_("resumo criptográfico"), max_length=64, editable=False)
    can_read = models.BooleanField(_("pode ler"), default=True)
    can_write = models.BooleanField(_("pode responder e comandar"), default=False)
    attendant = models.ForeignKey(
        Attendant,
        models.CASCADE,
        verbose_name=_("age como"),
        null=True,
        blank=True,
        related_name="api_keys",
        help_text=_("Vazio: responde com o nome da própria chave."),
    )
    expires_at = models.DateTimeField(_("vale até"), null=True, blank=True, help_text=_("Vazio: não vence."))
    is_active = models.BooleanField(_("ativa"), default=True)
    created_at = models.DateTimeField(_("criada em"), auto_now_add=True)

    class Meta:
        verbose_name = _("chave da API")
        verbose_name_plural = _("chaves da API")
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
