"""Looks after a number at Meta: can this account receive and send, and does Meta call us?

What Meta refuses becomes a check with a sentence; an outage, or being asked to come back later, is raised.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from pydantic import SecretStr

from apps.common import clock
from apps.contracts.channels import AccountCheck
from apps.contracts.errors import SendError
from apps.contracts.people import ChannelAccountValue
from apps.contracts.words import CheckState
from apps.gateway.channels.reading import mapping, number, text
from apps.gateway.channels.whatsapp import graph
from apps.gateway.channels.whatsapp.asking import TOKEN_REFUSED, is_outage, refusal_of
from apps.gateway.channels.whatsapp.business_checks import business_checks, numbers_of
from apps.gateway.channels.whatsapp.errors import unknown_outcome
from apps.gateway.channels.whatsapp.number_states import number_checks

WANTED_SCOPES: Final = ("whatsapp_business_messaging", "whatsapp_business_management")
#: A token that ends within this time is worth a warning.
EXPIRY_NOTICE: Final = timedelta(days=14)
NUMBER_FIELDS: Final = (
    "id,display_phone_number,verified_name,status,quality_rating,name_status,throughput,platform_type,is_on_biz_app,"
    "webhook_configuration"
)
#: When Meta does not know one of the fields above it refuses them all, with the code it uses for an unknown number.
FEWEST_NUMBER_FIELDS: Final = "id,display_phone_number,verified_name,quality_rating"
#: Meta could not get the right answer from our address.
HANDSHAKE_FAILED: Final = "2200"

GOOD, WARNING, BAD = CheckState.GOOD, CheckState.WARNING, CheckState.BAD


def check_account(account: ChannelAccountValue) -> tuple[AccountCheck, ...]:
    """Ask Meta everything that decides whether this account works. Raises SendError or SendUnknown on an outage."""
    about = _debug_token(account)
    token = _token_check(about)
    if token.state is BAD:
        return (token,)
    app_id = text(about, "app_id")
    numbers = numbers_of(account)
    number_found = tuple(_number(account, numbers or {}))
    is_number_known = number_found[0].state is GOOD
    return (
        token,
        *_permissions(about),
        *_app_secret(account, app_id=app_id),
        *number_found,
        *business_checks(account, numbers, app_id=app_id, is_number_known=is_number_known),
    )


def subscribe(account: ChannelAccountValue, *, callback_url: str) -> None:
    """Subscribe our app to the business account, and make Meta call this number's own address. Safe to repeat.

    The address is given to the number, not to the business account: two numbers of one account each have their own
    here. Account and template news go to the app's address whatever is said (§1).
    """
    verify_token = account.verify_token.get_secret_value()
    wanted = {"webhook_configuration": {"override_callback_uri": callback_url, "verify_token": verify_token}}
    try:
        graph.post_setting(account, account.business_account_id, "subscribed_apps", setting={})
        if callback_url:
            graph.post_setting(account, account.phone_number_id, setting=wanted)
    except SendError as refused:
        if is_outage(refused):
            raise
        raise SendError(refused.code, _why_not_subscribed(refused.code)) from refused


def _debug_token(account: ChannelAccountValue) -> dict[str, Any]:
    """What Meta says about the token, as it says it; a refusal reads as an invalid token when that is what it means."""
    token = account.access_token.get_secret_value()
    if not token:
        return {"is_valid": False}
    try:
        answer = graph.get_list(account, "debug_token", params={"input_token": token})
    except SendError as refused:
        if is_outage(refused):
            raise
        # Refused for another reason, the token may still open everything else: the other questions will tell.
        return {"is_valid": refused.code not in TOKEN_REFUSED}
    if not isinstance(answer.get("data"), dict):
        # Whoever answered is not the Graph API.
        raise unknown_outcome("no_answer")
    return mapping(answer, "data")


def _token_check(about: dict[str, Any]) -> AccountCheck:
    renew = _(
        "Gere um token novo em Configurações do negócio › Usuários do sistema, sem data de validade, e cole-o aqui."
    )
    expires_at = number(about, "expires_at") or 0
    if about.get("is_valid") is not True:
        sentence = _("A Meta não aceita este token: está incompleto, venceu ou foi revogado.")
        return AccountCheck(name="token", state=BAD, sentence=sentence, next_step=renew, field="access_token")
    if not expires_at:
        return AccountCheck(name="token", state=GOOD, sentence=_("O token vale."))
    ends = datetime.fromtimestamp(expires_at, tz=UTC)
    day = formats.date_format(timezone.localtime(ends), "SHORT_DATE_FORMAT")
    sentence = _("O token vale até %(day)s.") % {"day": day}
    if ends - clock.now() > EXPIRY_NOTICE:
        return AccountCheck(name="token", state=GOOD, sentence=sentence)
    return AccountCheck(name="token", state=WARNING, sentence=sentence, next_step=renew, field="access_token")


def _permissions(about: dict[str, Any]) -> Iterator[AccountCheck]:
    scopes = about.get("scopes")
    if not isinstance(scopes, list):
        return
    missing = [scope for scope in WANTED_SCOPES if scope not in scopes]
    if missing:
        sentence = _("Faltam permissões ao token: %(missing)s.") % {"missing": ", ".join(missing)}
        next_step = _("Gere o token de novo marcando as duas permissões do WhatsApp.")
        yield AccountCheck(name="permissions", state=BAD, sentence=sentence, next_step=next_step, field="access_token")
    else:
        yield AccountCheck(name="permissions", state=GOOD, sentence=_("O token pode enviar e administrar."))


def _app_secret(account: ChannelAccountValue, *, app_id: str) -> Iterator[AccountCheck]:
    """Whether the secret is the one of the token's app: only then can webhooks be verified."""
    secret = account.app_secrets[0].get_secret_value() if account.app_secrets else ""
    where = _("Copie-o de novo em Configurações do app › Básico › Chave Secreta do Aplicativo.")
    if not secret:
        sentence = _("Falta o segredo do aplicativo: sem ele nenhuma mensagem entra.")
        yield AccountCheck(name="app_secret", state=BAD, sentence=sentence, next_step=where, field="app_secret")
    elif app_id:
        as_app = account.model_copy(update={"access_token": SecretStr(f"{app_id}|{secret}")})
        params = {"input_token": account.access_token.get_secret_value()}
        if refusal_of(lambda: graph.get_list(as_app, "debug_token", params=params)) is None:
            yield AccountCheck(name="app_secret", state=GOOD, sentence=_("O segredo é o do aplicativo."))
        else:
            sentence = _("Este segredo não é o do aplicativo que gerou o token.")
            yield AccountCheck(name="app_secret", state=BAD, sentence=sentence, next_step=where, field="app_secret")


def _number(account: ChannelAccountValue, numbers: dict[str, str]) -> Iterator[AccountCheck]:
    """First whether the number is there at all, then everything that Meta tells of it."""
    about, is_visible = _about_number(account)
    if not is_visible:
        sentence = _("A Meta não mostra este número a este token.")
        next_step = _("Confira o id em WhatsApp › Configuração da API; não é o número de telefone.")
        if numbers:
            listed = ", ".join(f"{number_id} ({shown})" for number_id, shown in list(numbers.items())[:5])
            next_step = _("Os números desta conta comercial: %(listed)s.") % {"listed": listed}
        yield AccountCheck(name="number", state=BAD, sentence=sentence, next_step=next_step, field="phone_number_id")
        return
    shown = text(about, "display_phone_number")
    sentence = _("%(number)s, %(name)s.") % {"number": shown, "name": text(about, "verified_name") or _("sem nome")}
    yield AccountCheck(name="number", state=GOOD, sentence=sentence, learned={"display_number": shown})
    yield from number_checks(about)
    yield from _address(account, about)


def _about_number(account: ChannelAccountValue) -> tuple[dict[str, Any], bool]:
    if not account.phone_number_id:
        return {}, False
    for fields in (NUMBER_FIELDS, FEWEST_NUMBER_FIELDS):
        try:
            return graph.get_list(account, account.phone_number_id, params={"fields": fields}), True
        except SendError as refused:
            if is_outage(refused):
                raise
    return {}, False


def _address(account: ChannelAccountValue, about: dict[str, Any]) -> Iterator[AccountCheck]:
    """Where Meta sends what this number receives: the nearest address wins, number before account before app (§1)."""
    addresses = mapping(about, "webhook_configuration")
    levels = ("phone_number", "whatsapp_business_account", "application")
    called = next((text(addresses, level) for level in levels if text(addresses, level)), "")
    if not called:
        return
    ours = f"/webhooks/{account.kind}/{account.slug}"
    if urlsplit(called).path.rstrip("/") == ours:
        yield AccountCheck(name="address", state=GOOD, sentence=_("A Meta chama este endereço."))
    else:
        # A proxy may stand in front of us under a path of its own, so another address is no proof of a fault.
        sentence = _("A Meta entrega as mensagens em %(address)s.") % {"address": called[:200]}
        next_step = _("Se não é este sistema, inscreva o aplicativo de novo na etapa do webhook.")
        yield AccountCheck(name="address", state=WARNING, sentence=sentence, next_step=next_step)


def _why_not_subscribed(code: str) -> str:
    if code == HANDSHAKE_FAILED:
        return _("A Meta não conseguiu confirmar o endereço. Ele precisa ser https, público e responder agora.")
    if code in TOKEN_REFUSED:
        return _("A Meta não aceita o token. Volte à primeira etapa e cole um novo.")
    return _("A Meta recusou a inscrição (erro %(code)s). Confira as permissões do token e o endereço.") % {
        "code": code
    }
