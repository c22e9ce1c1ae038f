"""The Bot API's errors in our words. Decided by `error_code`; the wording only tells sub-cases of 400 and 403 apart.

Source: https://core.telegram.org/bots/api#making-requests
"""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from apps.contracts.errors import SendError, SendUnknown, UrbanaError
from apps.contracts.words import Consequence
from apps.gateway.channels.reading import mapping, number, text

UNREADABLE_MARKUP = "can't parse"
FOREIGN_FILE = ("wrong file identifier", "wrong remote file", "file_id")
#: A held account is tried again this often, so that it heals by itself once a person acted.
HELD_SECONDS = 60.0
#: When the vendor asks to slow down and does not say for how long.
SLOW_DOWN_SECONDS = 5.0
LONGEST_WAIT_SECONDS = 3600.0
UNREACHABLE_SECONDS = 5.0


class Refused(SendError):
    """The vendor said no, before anything was sent. `described` is its own wording, in lower case, for sub-cases only."""

    described = ""
    #: The id under which the recipient is known from now on, "" when it did not change.
    moved_to = ""


def unreachable() -> SendError:
    """Nothing was sent: no connection, no name, no route."""
    return SendError(
        "unreachable",
        _("O servidor do canal não responde. A mensagem sai assim que ele voltar."),
        retry_after=timedelta(seconds=UNREACHABLE_SECONDS),
        counts=False,
    )


def unknown_outcome(code: str) -> SendUnknown:
    """The request was written, and no readable answer came."""
    return SendUnknown(
        code, _("Não se sabe se a mensagem chegou: o canal não confirmou. Uma pessoa decide se reenvia.")
    )


def no_token() -> SendError:
    return _held("no_token", _("A conta não tem a chave do robô. Cole a chave nas configurações da conta."))


def explain(code: str) -> str:
    """Say in the reader's language what an error code means; "" for what is none of the vendor's."""
    number_of_code = int(code) if code.isdecimal() and len(code) == 3 else 0
    if number_of_code >= 500:
        return str(unknown_outcome(code))
    return str(_classified(number_of_code, "", {})) if number_of_code >= 400 else ""


def refusal(*, http_status: int, body: Any) -> UrbanaError:
    """Turn an answer that is not a receipt into SendError or SendUnknown."""
    code = int(number(body, "error_code") or http_status)
    if code >= 500 or code < 400:
        return unknown_outcome(str(code))
    described = text(body, "description").lower()
    parameters = mapping(body, "parameters")
    found = _classified(code, described, parameters)
    found.described = described
    found.moved_to = text(parameters, "migrate_to_chat_id")
    return found


def _classified(code: int, described: str, parameters: dict[str, Any]) -> Refused:
    match code:
        case 429:
            wait = number(parameters, "retry_after")
            seconds = SLOW_DOWN_SECONDS if wait is None or wait < 0 else min(wait, LONGEST_WAIT_SECONDS)
            # Whose pace it was the vendor does not say; it asks to stop the whole account.
            return Refused(
                "429",
                _("O canal pediu para esperar. A mensagem sai assim que ele permitir."),
                retry_after=timedelta(seconds=seconds),
                counts=False,
                too_fast="account",
            )
        case 401 | 404:
            return _held(
                str(code), _("A chave do robô não vale mais. Gere outra com o BotFather e cole na conta do canal.")
            )
        case 403:
            never_wrote = "initiate" in described
            consequence = Consequence.NOTHING if never_wrote else Consequence.OPTED_OUT
            return Refused("403", _forbidden(described), consequence=consequence)
        case 409:
            return Refused("409", _("Outro programa lê as mensagens deste robô. Ative o webhook outra vez na conta."))
        case 413:
            return Refused("413", _("O arquivo é grande demais para este canal."))
        case _:
            return Refused(str(code), _bad_request(described))


def _held(code: str, sentence: str) -> Refused:
    return Refused(
        code,
        sentence,
        retry_after=timedelta(seconds=HELD_SECONDS),
        counts=False,
        blocks_account=True,
        consequence=Consequence.ACCOUNT_HELD,
    )


def _forbidden(described: str) -> str:
    if "deactivated" in described:
        return _("O cliente apagou a conta dele neste canal.")
    if "initiate" in described:
        return _("O cliente ainda não escreveu: neste canal só ele pode começar a conversa.")
    return _("O cliente bloqueou esta conta. Só ele pode desbloquear.")


def _bad_request(described: str) -> str:
    if "chat not found" in described:
        return _("O canal não conhece este cliente: ele precisa escrever primeiro.")
    if "reaction" in described:
        return _("O canal não aceita esta reação.")
    if "too long" in described:
        return _("O canal achou o texto longo demais.")
    if "too big" in described:
        return _("O arquivo é grande demais para este canal.")
    if any(sign in described for sign in FOREIGN_FILE) or "photo" in described:
        return _("O canal não aceitou o arquivo.")
    return _("O canal recusou a mensagem.")
