"""The choices that an administrator picks from."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.contracts.handoff import Unaccepted

STATES = [
    (code, code)
    for code in ("AC AL AM AP BA CE DF ES GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO".split())
]


class QueueColour(models.TextChoices):
    PETROL = "q1", _("Petróleo")
    CLAY = "q2", _("Barro")
    MOSS = "q3", _("Musgo")
    IPE = "q4", _("Ipê-roxo")


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("segunda")
    TUESDAY = 1, _("terça")
    WEDNESDAY = 2, _("quarta")
    THURSDAY = 3, _("quinta")
    FRIDAY = 4, _("sexta")
    SATURDAY = 5, _("sábado")
    SUNDAY = 6, _("domingo")


class UnacceptedChoice(models.TextChoices):
    APOLOGISE = Unaccepted.APOLOGISE.value, _("pede desculpas e continua esperando")
    WIDEN = Unaccepted.WIDEN.value, _("pede desculpas e passa à fila padrão")
    RETURN = Unaccepted.RETURN.value, _("pede desculpas e devolve à assistente")
