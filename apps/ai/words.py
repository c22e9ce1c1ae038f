"""The choices that people see in the editors of the assistant."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ModelUse(models.TextChoices):
    ANSWER = "answer", _("responder clientes")
    CLASSIFY = "classify", _("classificar")
    SUMMARISE = "summarise", _("resumir")
    TRANSCRIBE = "transcribe", _("transcrever")


class ReasoningEffort(models.TextChoices):
    NONE = "none", _("nenhum")
    MINIMAL = "minimal", _("mínimo")
    LOW = "low", _("baixo")
    MEDIUM = "medium", _("médio")
    HIGH = "high", _("alto")
