"""How people are reached: queues, their hours, the phrases that ask for a person."""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.tenants.models.configured import Configured
from apps.tenants.models.people import Attendant, Tenant
from apps.tenants.words import QueueColour, UnacceptedChoice, Weekday


class Queue(Configured):
    """Where a conversation waits for a person."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, verbose_name=_("empresa"), related_name="queues")
    slug = models.SlugField(_("identificador"), max_length=40)
    name = models.CharField(_("nome"), max_length=60)
    colour = models.CharField(_("cor"), max_length=2, choices=QueueColour.choices, default=QueueColour.PETROL)
    is_default = models.BooleanField(
        _("fila padrão"), default=False, help_text=_("Recebe quem pede uma pessoa sem dizer o assunto.")
    )
    is_active = models.BooleanField(_("ativa"), default=True)
    position = models.PositiveSmallIntegerField(_("ordem"), default=0)
    accept_limit_seconds = models.PositiveIntegerField(
        _("espera máxima, em segundos"),
        default=600,
        validators=[MinValueValidator(10)],
        help_text=_("Depois disso o cliente recebe um pedido de desculpas."),
    )
    unaccepted = models.CharField(
        _("se ninguém assume"), max_length=10, choices=UnacceptedChoice.choices, default=UnacceptedChoice.APOLOGISE
    )
    wanted_facts = models.TextField(
        _("o que saber antes de atender"),
        blank=True,
        help_text=_("Um por linha, como a assistente anota: comodo, largura, cidade. O que faltar aparece marcado."),
    )
    is_always_open = models.BooleanField(_("aberta o tempo todo"), default=True)
    members = models.ManyToManyField(
        Attendant, through="QueueMember", verbose_name=_("atendentes"), related_name="queues", blank=True
    )

    class Meta:
        verbose_name = _("fila")
        verbose_name_plural = _("filas")
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "slug"],
                name="queue_slug_once",
                violation_error_message=_("Já existe uma fila com este identificador."),
            ),
            models.UniqueConstraint(
                fields=["tenant"],
                condition=models.Q(is_default=True),
                name="queue_one_default",
                violation_error_message=_("Já existe uma fila padrão nesta empresa."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class QueueMember(Configured):
    """An attendant who serves a queue."""

    tenant_path = "queue__tenant_id"

    queue = models.ForeignKey(Queue, models.CASCADE, verbose_name=_("fila"))
    attendant = models.ForeignKey(Attendant, models.CASCADE, verbose_name=_("atendente"))

    class Meta:
        verbose_name = _("atendente da fila")
        verbose_name_plural = _("atendentes da fila")
        constraints = [models.UniqueConstraint(fields=["queue", "attendant"], name="queue_member_once")]

    def __str__(self) -> str:
        return f"{self.attendant} · {self.queue}"

    def clean(self) -> None:
        if self.queue_id and self.attendant_id and self.queue.tenant_id != self.attendant.tenant_id:
            raise ValidationError({"attendant": _("Este atendente é de outra empresa.")})


class BusinessHours(Configured):
    """One stretch of a week day in which a queue has people."""

    tenant_path = "queue__tenant_id"

    queue = models.ForeignKey(Queue, models.CASCADE, verbose_name=_("fila"), related_name="hours")
    weekday = models.PositiveSmallIntegerField(_("dia"), choices=Weekday.choices)
    opens = models.TimeField(_("abre"))
    closes = models.TimeField(_("fecha"), help_text=_("Antes da abertura: fecha no dia seguinte."))

    class Meta:
        verbose_name = _("horário de atendimento")
        verbose_name_plural = _("horários de atendimento")
        ordering = ["weekday", "opens"]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class Holiday(Configured):
    """A date that does not follow the week, for one queue or for all. It wins over the national calendar."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, verbose_name=_("empresa"), related_name="holidays")
    queue = models.ForeignKey(
        Queue,
        models.CASCADE,
        verbose_name=_("fila"),
        null=True,
        blank=True,
        help_text=_("Vazio: todas as filas com horário."),
    )
    day = models.DateField(_("data"))
    name = models.CharField(_("nome"), max_length=80)
    opens = models.TimeField(_("abre"), null=True, blank=True, help_text=_("Vazio: fechada o dia todo."))
    closes = models.TimeField(_("fecha"), null=True, blank=True)

    class Meta:
        verbose_name = _("feriado ou dia especial")
        verbose_name_plural = _("feriados e dias especiais")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.name}"

    def clean(self) -> None:
        if (self.opens is None) != (self.closes is None):
            raise ValidationError({"closes": _("Diga a abertura e o fechamento, ou nenhum dos dois.")})


class HandoffRule(Configured):
    """Phrases that bring a person at once, compared literally: without accents, capitals or punctuation."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, verbose_name=_("empresa"), related_name="handoff_rules")
    name = models.CharField(_("nome"), max_length=80)
    phrases = models.TextField(_("frases"), help_text=_("Uma por linha. Acentos e maiúsculas não importam."))
    queue = models.ForeignKey(
        Queue, models.SET_NULL, verbose_name=_("fila"), null=True, blank=True, help_text=_("Vazio: a fila padrão.")
    )
    is_active = models.BooleanField(_("ativa"), default=True)
    position = models.PositiveSmallIntegerField(_("ordem"), default=0)

    class Meta:
        verbose_name = _("frase que chama uma pessoa")
        verbose_name_plural = _("frases que chamam uma pessoa")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if not any(line.strip() for line in self.phrases.splitlines()):
            raise ValidationError({"phrases": _("Escreva pelo menos uma frase.")})
