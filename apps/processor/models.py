"""What people configure here: which messages are spam, and rules that route the others."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.processor.words import INTENTS, KINDS, RuleAction, RuleMatch, SpamSign
from apps.tenants.models import ChannelAccount, Configured, Queue, Tenant


class SpamRule(Configured):
    """One sign of spam with its weight. Judged per message and never by rate: nobody is blocked by a machine."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, verbose_name=_("empresa"), related_name="spam_rules")
    name = models.CharField(_("nome"), max_length=80)
    sign = models.CharField(_("sinal"), max_length=12, choices=SpamSign.choices, default=SpamSign.PHRASE)
    pattern = models.TextField(
        _("o que procurar"),
        blank=True,
        help_text=_(
            "Um por linha. Frase: acentos e maiúsculas não importam, * vale por qualquer trecho. Link: domínios, vazio "
            "para qualquer link. Remetente: números. Repetição: vazio."
        ),
    )
    score = models.DecimalField(
        _("peso"),
        max_digits=3,
        decimal_places=2,
        default=1,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_("Os pesos se somam; a partir de 1 a mensagem é spam: fica visível e não recebe resposta."),
    )
    is_active = models.BooleanField(_("ativa"), default=True)

    class Meta:
        verbose_name = _("regra de spam")
        verbose_name_plural = _("regras de spam")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="spam_rule_name_once")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.sign in (SpamSign.PHRASE, SpamSign.SENDER) and not self.pattern.strip():
            raise ValidationError({"pattern": _("Diga o que procurar.")})


class RoutingRule(Configured):
    """When these conditions hold, do this. An empty condition is not asked; without any the rule holds always."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, verbose_name=_("empresa"), related_name="routing_rules")
    name = models.CharField(_("nome"), max_length=80)
    is_active = models.BooleanField(_("ativa"), default=True)
    position = models.PositiveSmallIntegerField(_("ordem"), default=0, help_text=_("A menor vem primeiro."))
    active_from = models.DateTimeField(_("vale desde"), null=True, blank=True)
    active_until = models.DateTimeField(_("vale até"), null=True, blank=True)
    match = models.CharField(_("as condições"), max_length=3, choices=RuleMatch.choices, default=RuleMatch.ALL)
    phrases = models.TextField(
        _("o texto contém"), blank=True, help_text=_("Um por linha, basta um. Acentos e maiúsculas não importam.")
    )
    kind = models.CharField(_("tipo de mensagem"), max_length=20, choices=KINDS, blank=True)
    intent = models.CharField(_("intenção"), max_length=20, choices=INTENTS, blank=True)
    account = models.ForeignKey(ChannelAccount, models.CASCADE, verbose_name=_("conta"), null=True, blank=True)
    starts_at = models.TimeField(_("a partir das"), null=True, blank=True)
    ends_at = models.TimeField(
        _("até as"), null=True, blank=True, help_text=_("No horário da empresa; pode passar da meia-noite.")
    )
    action = models.CharField(_("então"), max_length=10, choices=RuleAction.choices, default=RuleAction.REPLY)
    reply = models.TextField(_("resposta"), max_length=4096, blank=True)
    queue = models.ForeignKey(Queue, models.CASCADE, verbose_name=_("fila"), null=True, blank=True)
    tag = models.SlugField(_("etiqueta"), max_length=40, blank=True, allow_unicode=True)
    assistant = models.SlugField(
        _("assistente"), max_length=40, blank=True, help_text=_("O identificador da assistente.")
    )
    stops = models.BooleanField(
        _("parar nesta regra"), default=True, help_text=_("Senão as seguintes também são avaliadas.")
    )

    class Meta:
        verbose_name = _("regra de roteamento")
        verbose_name_plural = _("regras de roteamento")
        ordering = ["position", "name"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="routing_rule_name_once")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        needed = {RuleAction.REPLY: "reply", RuleAction.TAG: "tag", RuleAction.ASSISTANT: "assistant"}.get(
            RuleAction(self.action)
        )
        if needed and not str(getattr(self, needed)).strip():
            raise ValidationError({needed: _("Esta ação precisa deste campo.")})
        if (self.starts_at is None) != (self.ends_at is None):
            raise ValidationError({"ends_at": _("Diga o começo e o fim do horário, ou nenhum dos dois.")})
        for name in ("account", "queue"):
            row = getattr(self, name)
            if row is not None and self.tenant_id and row.tenant_id != self.tenant_id:
                raise ValidationError({name: _("É de outra empresa.")})
