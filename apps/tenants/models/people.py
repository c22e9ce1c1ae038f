"""Who works with the product: businesses, logins, attendants."""

from zoneinfo import available_timezones

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.tenants.models.configured import Configured
from apps.tenants.words import STATES


class Tenant(Configured):
    """A business. Its slug is the tenant id that stands in every document, key and log line."""

    tenant_path = "slug"

    slug = models.SlugField(
        _("identificador"),
        max_length=40,
        primary_key=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]*$", _("Use letras minúsculas, números e hífen."))],
        help_text=_("Curto e definitivo: aparece em endereços e registros."),
    )
    name = models.CharField(_("nome"), max_length=120)
    timezone = models.CharField(_("fuso horário"), max_length=60, default="America/Fortaleza")
    state = models.CharField(
        _("estado"),
        max_length=2,
        choices=STATES,
        default="PB",
        blank=True,
        help_text=_("Define os feriados estaduais."),
    )
    keeps_national_holidays = models.BooleanField(_("fecha nos feriados nacionais e estaduais"), default=True)
    is_active = models.BooleanField(_("ativa"), default=True)

    class Meta:
        verbose_name = _("empresa")
        verbose_name_plural = _("empresas")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.timezone not in available_timezones():
            raise ValidationError({"timezone": _("Este fuso não existe. Um exemplo: America/Fortaleza.")})


class User(AbstractUser):
    """A login. Without a tenant it configures nothing, unless it is a superuser, who configures all of them."""

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, verbose_name=_("empresa"), null=True, blank=True, related_name="users"
    )

    class Meta:
        verbose_name = _("login")
        verbose_name_plural = _("logins")
        ordering = ["username"]

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class Attendant(Configured):
    """The profile with which a login attends customers. Its id, as text, is the attendant id everywhere."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, verbose_name=_("empresa"), related_name="attendants")
    # Protected because a cascade from the login would leave other processes with a stale profile.
    user = models.OneToOneField(User, models.PROTECT, verbose_name=_("login"), related_name="attendant")
    name = models.CharField(_("nome"), max_length=80, help_text=_("Como o cliente e a equipe veem."))
    is_supervisor = models.BooleanField(
        _("supervisiona"), default=False, help_text=_("Vê todas as conversas da empresa e o painel ao vivo.")
    )
    capacity = models.PositiveSmallIntegerField(
        _("atendimentos ao mesmo tempo"), default=5, validators=[MinValueValidator(1), MaxValueValidator(500)]
    )
    is_active = models.BooleanField(_("ativo"), default=True)

    class Meta:
        verbose_name = _("atendente")
        verbose_name_plural = _("atendentes")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        user = User.objects.filter(pk=self.user_id).first()
        if user and user.tenant_id and self.tenant_id and user.tenant_id != self.tenant_id:
            raise ValidationError({"user": _("Este login pertence a outra empresa.")})
