"""What people call each kind of message, in the middle of a sentence."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.contracts.words import MessageKind

_NAMES = {
    MessageKind.TEXT: gettext_noop("texto"),
    MessageKind.IMAGE: gettext_noop("imagem"),
    MessageKind.AUDIO: gettext_noop("áudio"),
    MessageKind.VIDEO: gettext_noop("vídeo"),
    MessageKind.DOCUMENT: gettext_noop("documento"),
    MessageKind.STICKER: gettext_noop("figurinha"),
    MessageKind.LOCATION: gettext_noop("localização"),
    MessageKind.CONTACTS: gettext_noop("contato"),
    MessageKind.BUTTONS: gettext_noop("botões"),
    MessageKind.LIST: gettext_noop("lista"),
    MessageKind.REACTION: gettext_noop("reação"),
    MessageKind.TEMPLATE: gettext_noop("modelo"),
}


def kind_name(kind: MessageKind) -> str:
    return _(_NAMES[kind]) if kind in _NAMES else _("este tipo de mensagem")
