"""The choices that people see in the editors of rules."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.contracts.words import MessageKind


class SpamSign(models.TextChoices):
    PHRASE = "phrase", _("frase")
    LINK = "link", _("link")
    REPETITION = "repetition", _("repetição no texto")
    SENDER = "sender", _("remetente bloqueado")


class RuleMatch(models.TextChoices):
    ALL = "all", _("valem todas (E)")
    ANY = "any", _("basta uma (OU)")


class RuleAction(models.TextChoices):
    REPLY = "reply", _("responder um texto")
    QUEUE = "queue", _("passar a uma fila")
    TAG = "tag", _("etiquetar")
    ASSISTANT = "assistant", _("escolher a assistente")
    IGNORE = "ignore", _("não responder")


INTENTS = [
    ("price", _("preço")),
    ("start", _("começar um projeto")),
    ("how_it_works", _("como funciona")),
    ("schedule", _("agenda e prazo")),
    ("address", _("endereço e horário")),
    ("complaint", _("reclamação")),
    ("greeting", _("saudação")),
    ("thanks", _("agradecimento")),
    ("farewell", _("despedida")),
    ("person", _("pedido de uma pessoa")),
    ("other", _("outra")),
]

KINDS = [
    (MessageKind.TEXT.value, _("texto")),
    (MessageKind.IMAGE.value, _("imagem")),
    (MessageKind.AUDIO.value, _("áudio")),
    (MessageKind.VIDEO.value, _("vídeo")),
    (MessageKind.DOCUMENT.value, _("documento")),
    (MessageKind.STICKER.value, _("figurinha")),
    (MessageKind.LOCATION.value, _("localização")),
    (MessageKind.CONTACTS.value, _("contato")),
    (MessageKind.ORDER.value, _("pedido")),
]
