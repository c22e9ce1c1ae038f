"""Looks after an account: does its token work, does the vendor call us, and how do the calls go."""

import re
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.common import clock
from apps.contracts.channels import AccountCheck
from apps.contracts.errors import SendError, SendUnknown
from apps.contracts.people import ChannelAccountValue
from apps.contracts.words import CheckState
from apps.gateway.channels.reading import number, text
from apps.gateway.channels.telegram import bot_api
from apps.gateway.channels.telegram.abilities import KIND

SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
#: What we read; reactions are left out unless asked for by name.
ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member", "message_reaction"]
MOST_CONNECTIONS = 40
#: An error of a delivery long ago says nothing about now.
RECENT = timedelta(hours=1)
MANY_PENDING = 20
#: What the vendor asks an account to keep to in all; it promises no exact number and is obeyed when it says to wait.
PACE = "30"


def check_account(account: ChannelAccountValue) -> tuple[AccountCheck, ...]:
    """Ask for the account's own name, then for the state of its webhook."""
    try:
        itself = bot_api.call(account, "getMe", {})
    except (SendError, SendUnknown) as error:
        return (_failed("token", error),)
    username = text(itself, "username")
    token = AccountCheck(
        name="token",
        state=CheckState.GOOD,
        sentence=_("A chave vale: o robô é @%(username)s.") % {"username": username},
        learned={"messages_per_second": PACE, **({"display_number": f"@{username}"} if username else {})},
    )
    try:
        webhook = bot_api.call(account, "getWebhookInfo", {})
    except (SendError, SendUnknown) as error:
        return (token, _failed("subscription", error))
    return (token, _webhook(account, webhook), _deliveries(webhook))


def subscribe(account: ChannelAccountValue, *, callback_url: str) -> None:
    """Register the webhook with its secret. What waits stays: it is delivered as soon as this is done."""
    secret = account.verify_token.get_secret_value()
    if not callback_url:
        # To register nothing would take away what is registered.
        raise SendError(
            "bad_callback", _("Este servidor ainda não tem um endereço público, e o canal só chama endereços públicos.")
        )
    if not SECRET.fullmatch(secret):
        raise SendError(
            "bad_secret", _("O segredo do webhook precisa ter de 1 a 256 letras sem acento, números, _ ou -.")
        )
    try:
        bot_api.call(
            account,
            "setWebhook",
            {
                "url": callback_url,
                "secret_token": secret,
                "max_connections": MOST_CONNECTIONS,
                "allowed_updates": ALLOWED_UPDATES,
                "drop_pending_updates": False,
            },
        )
    except SendError as refused:
        if refused.code != "400":
            raise
        raise SendError(
            "bad_callback",
            _("O canal recusou o endereço do webhook: precisa ser https e público, na porta 443, 80, 88 ou 8443."),
        ) from None


def _failed(name: str, error: SendError | SendUnknown) -> AccountCheck:
    """A refused token is evidence; a server that does not answer is none."""
    is_held = isinstance(error, SendError) and error.blocks_account
    return AccountCheck(
        name=name,
        state=CheckState.BAD if is_held else CheckState.UNKNOWN,
        sentence=str(error) if is_held else _("O canal não respondeu agora: nada se sabe."),
        next_step=_("Cole a chave que o BotFather mostra.") if is_held else _("Tente de novo em alguns minutos."),
        field="access_token" if is_held else "",
    )


def _webhook(account: ChannelAccountValue, info: Any) -> AccountCheck:
    url = text(info, "url")
    again = _("Ative o webhook outra vez.")
    if not url:
        return _bad("subscription", _("O canal não chama ninguém: o webhook não está ativado."), again)
    if not url.rstrip("/").endswith(f"/webhooks/{KIND}/{account.slug}"):
        return _bad("subscription", _("O canal chama outro endereço: %(url)s") % {"url": url}, again)
    allowed = info.get("allowed_updates")
    if isinstance(allowed, list) and allowed and not set(ALLOWED_UPDATES) <= {str(one) for one in allowed}:
        return AccountCheck(
            name="subscription",
            state=CheckState.WARNING,
            sentence=_("O canal não avisa de tudo: toques em botões, edições ou bloqueios podem faltar."),
            next_step=again,
        )
    return AccountCheck(name="subscription", state=CheckState.GOOD, sentence=_("O canal chama este endereço."))


def _deliveries(info: Any) -> AccountCheck:
    """How its calls go: an error that is recent, or many messages that wait."""
    waiting = int(number(info, "pending_update_count") or 0)
    failed_at = number(info, "last_error_date")
    is_recent = (
        failed_at is not None
        and clock.now() - datetime.fromtimestamp(min(max(failed_at, 0), 2**32), tz=clock.now().tzinfo) < RECENT
    )
    if waiting and is_recent:
        said = text(info, "last_error_message")[:200]
        return _bad(
            "deliveries",
            _("O canal não consegue entregar (%(said)s).") % {"said": said} + " " + _waiting(waiting),
            _(
                "Confira se o endereço do webhook abre pela internet e se o segredo é o mesmo. Depois ative-o outra vez."
            ),
        )
    if waiting > MANY_PENDING:
        return AccountCheck(
            name="deliveries",
            state=CheckState.WARNING,
            sentence=_waiting(waiting),
            next_step=_("Elas chegam sozinhas. Se o número não diminuir, confira o servidor."),
        )
    return AccountCheck(name="deliveries", state=CheckState.GOOD, sentence=_("As mensagens chegam."))


def _waiting(count: int) -> str:
    return ngettext("%(count)d mensagem espera.", "%(count)d mensagens esperam.", count) % {"count": count}


def _bad(name: str, sentence: str, next_step: str) -> AccountCheck:
    return AccountCheck(name=name, state=CheckState.BAD, sentence=sentence, next_step=next_step)
