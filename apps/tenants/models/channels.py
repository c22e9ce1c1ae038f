"""The numbers and pages through which customers write."""

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.tenants.encryption import EncryptedTextField
from apps.tenants.models.configured import Configured
from apps.tenants.models.people import Tenant


class ChannelAccount(Configured):
    """One number or page. The slug is unique across tenants because it stands alone in the webhook address."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, verbose_name=_("empresa"), related_name="accounts")
    slug = models.SlugField(
        _("identificador"),
        max_length=60,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]*$", _("Use letras minúsculas, números e hífen."))],
        help_text=_("Fica no endereço do webhook: /webhooks/whatsapp/identificador"),
    )
    # No choices: the kinds that exist are those whose adapter registered itself.
    kind = models.SlugField(_("canal"), max_length=20, default="whatsapp", db_index=False)
    name = models.CharField(_("nome"), max_length=80)
    is_active = models.BooleanField(_("ativa"), default=True)
    display_number = models.CharField(_("número"), max_length=40, blank=True)
    phone_number_id = models.CharField(_("id do número na Meta"), max_length=60, blank=True, db_index=True)
    business_account_id = models.CharField(_("id da conta comercial"), max_length=60, blank=True)
    graph_url = models.URLField(
        _("endereço da Graph API"), blank=True, help_text=_("Vazio: o endereço configurado no servidor.")
    )
    graph_version = models.CharField(_("versão da Graph API"), max_length=10, blank=True)
    access_token = EncryptedTextField(_("chave de acesso"), blank=True, default="")
    app_secret = EncryptedTextField(_("segredo do aplicativo"), blank=True, default="")
    previous_app_secret = EncryptedTextField(
        _("segredo anterior"), blank=True, default="", help_text=_("Ainda aceito enquanto a Meta troca para o novo.")
    )
    verify_token = EncryptedTextField(_("chave de verificação do webhook"), blank=True, default="")
    app_secret_changed_at = models.DateTimeField(_("segredo trocado em"), null=True, blank=True, editable=False)
    access_token_changed_at = models.DateTimeField(_("chave trocada em"), null=True, blank=True, editable=False)
    messages_per_second = models.FloatField(
        _("mensagens por segundo"), default=80, validators=[MinValueValidator(0)], help_text=_("0: sem limite.")
    )
    is_pace_fixed = models.BooleanField(
        _("ritmo fixo"),
        default=False,
        help_text=_("Desmarcado: o ritmo acompanha o nível que o canal informa para o número."),
    )
    pair_interval_seconds = models.FloatField(
        _("segundos entre mensagens ao mesmo cliente"),
        default=6,
        validators=[MinValueValidator(0)],
        help_text=_("Depois da rajada que a Meta permite. 0: sem limite."),
    )
    settings = models.JSONField(_("ajustes do canal"), default=dict, blank=True)

    class Meta:
        verbose_name = _("conta do canal")
        verbose_name_plural = _("contas dos canais")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
