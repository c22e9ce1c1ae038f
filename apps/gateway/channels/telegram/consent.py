"""Blocking the account is this channel's way of saying stop, unblocking its way of saying go on."""

from django.utils.translation import gettext as _

from apps.contracts.content import Content
from apps.contracts.words import MessageKind

BLOCKED, MEMBER = "kicked", "member"


def read(before: str, after: str) -> Content | None:
    """What a change of membership says; None when nobody was blocked or let in again."""
    if after == BLOCKED:
        return _said("opt_out", _("O cliente bloqueou esta conta e não quer mais mensagens."))
    if after == MEMBER and before == BLOCKED:
        return _said("opt_in", _("O cliente desbloqueou esta conta e aceita mensagens outra vez."))
    return None


def _said(wish: str, sentence: str) -> Content:
    return Content(kind=MessageKind.SYSTEM, text=sentence, fields={"type": "membership", "consent": wish})
