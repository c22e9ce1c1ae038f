"""What may be said and how often: quick replies, limits of the assistant, feature flags."""

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.tenants.models.configured import Configured
from apps.tenants.models.people import Attendant, Tenant
from apps.tenants.models.service import Queue


class QuickReply(Configured):
    """A ready answer that attendants call with "/". Of one attendant, of one queue, or of everyone."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, verbose_name=_("empresa"), related_name="quick_replies")
    shortcut = models.CharField(
        _("atalho"),
        max_length=40,
        validators=[RegexValidator(r"^[\w-]+$", _("Use letras, números e hífen, sem espaço."))],
        help_text=_("O que se digita depois da barra."),
    )
    title = models.CharField(_("título"), max_length=80)
    body = models.TextField(
        _("texto"),
        max_length=4096,
        help_text=_("Aceita {nome}, {primeiro_nome}, {atendente}, {protocolo} e {fila}."),
    )
    queue = models.ForeignKey(
        Queue, models.SET_NULL, verbose_name=_("fila"), null=True, blank=True, help_text=_("Vazio: todas.")
    )
    attendant = models.ForeignKey(
        Attendant,
        models.CASCADE,
        verbose_name=_("só de"),
        null=True,
        blank=True,
        help_text=_("Vazio: de toda a equipe."),
    )
    file = models.FileField(_("arquivo"), upload_to="quick_replies/", blank=True)
    mime_type = models.CharField(_("tipo do arquivo"), max_length=80, blank=True)
    is_active = models.BooleanField(_("ativa"), default=True)

    class Meta:
        verbose_name = _("resposta rápida")
        verbose_name_plural = _("respostas rápidas")
        ordering = ["shortcut"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "shortcut", "attendant"],
                nulls_distinct=False,
                name="quick_reply_shortcut_once",
                violation_error_message=_("Este atalho já existe."),
            )
        ]

    def __str__(self) -> str:
        return f"/{self.shortcut}"


class ReplyLimits(Configured):
    """Where the assistant of a tenant stops by itself."""

    tenant = models.OneToOneField(Tenant, models.CASCADE, verbose_name=_("empresa"), related_name="reply_limits")
    max_failed_replies = models.PositiveSmallIntegerField(
        _("respostas sem solução antes de chamar uma pessoa"), default=2, help_text=_("0: nunca por este motivo.")
    )
    turns_per_customer_hour = models.PositiveIntegerField(
        _("respostas por cliente em uma hora"),
        null=True,
        blank=True,
        help_text=_("Vazio: o valor do servidor. 0: sem limite."),
    )
    loop_limit = models.PositiveSmallIntegerField(
        _("mensagens iguais seguidas do cliente"),
        default=8,
        help_text=_("A partir daí do outro lado deve estar uma máquina, e a assistente se cala. 0: sem limite."),
    )
    idle_warning_seconds = models.PositiveIntegerField(
        _("avisar depois de, em segundos sem resposta do cliente"), default=0, help_text=_("0: não avisa.")
    )
    idle_close_seconds = models.PositiveIntegerField(
        _("encerrar depois de, em segundos sem resposta do cliente"), default=0, help_text=_("0: não encerra.")
    )

    class Meta:
        verbose_name = _("limites da assistente")
        verbose_name_plural = _("limites da assistente")

    def __str__(self) -> str:
        return str(self.tenant)


class Flag(Configured):
    """A feature switch: for everyone, for some logins, or for a percentage of subjects."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, verbose_name=_("empresa"), related_name="flags")
    name = models.SlugField(_("nome"), max_length=60)
    note = models.CharField(_("para que serve"), max_length=200, blank=True)
    is_on = models.BooleanField(_("ligado"), default=False)
    percentage = models.PositiveSmallIntegerField(
        _("porcentagem"),
        default=100,
        validators=[MaxValueValidator(100)],
        help_text=_("De conversas ou logins, sempre os mesmos."),
    )
    logins = models.TextField(
        _("logins"), blank=True, help_text=_("Um por linha; para eles vale mesmo fora da porcentagem.")
    )

    class Meta:
        verbose_name = _("recurso em teste")
        verbose_name_plural = _("recursos em teste")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"], name="flag_name_once", violation_error_message=_("Este recurso já existe.")
            )
        ]

    def __str__(self) -> str:
        return self.name
