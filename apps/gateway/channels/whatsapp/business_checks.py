"""The business account behind a number: does it own the number, is our app subscribed, can its templates be read?"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from apps.contracts.channels import AccountCheck
from apps.contracts.people import ChannelAccountValue
from apps.contracts.words import CheckState
from apps.gateway.channels.reading import items, mapping, text
from apps.gateway.channels.whatsapp import graph
from apps.gateway.channels.whatsapp.asking import refusal_of

GOOD, WARNING, BAD = CheckState.GOOD, CheckState.WARNING, CheckState.BAD


def numbers_of(account: ChannelAccountValue) -> dict[str, str] | None:
    """The numbers of the business account as people write them, by id; None when Meta does not show the account."""
    if not account.business_account_id:
        return None
    found: dict[str, Any] = {}
    params = {"fields": "id,display_phone_number", "limit": "100"}
    refused = refusal_of(
        lambda: found.update(graph.get_list(account, account.business_account_id, "phone_numbers", params=params))
    )
    if refused is not None:
        return None
    return {text(one, "id"): text(one, "display_phone_number") for one in items(found, "data")}


def business_checks(
    account: ChannelAccountValue, numbers: dict[str, str] | None, *, app_id: str, is_number_known: bool
) -> Iterator[AccountCheck]:
    """`is_number_known` False: the number itself is in doubt, so that it is not here says nothing."""
    where = _("Confira o id em WhatsApp › Configuração da API: “Identificação da conta do WhatsApp Business”.")
    if numbers is None:
        sentence = _("A Meta não mostra esta conta comercial a este token.")
        if not account.business_account_id:
            sentence = _("Falta o id da conta comercial do WhatsApp.")
        yield _business_fault(sentence, where)
        return
    if is_number_known and account.phone_number_id not in numbers:
        yield _business_fault(_("O número pertence a outra conta comercial."), where)
        return
    sentence = _("A conta comercial está visível.")
    if is_number_known:
        sentence = _("O número pertence a esta conta comercial.")
    yield AccountCheck(name="business_account", state=GOOD, sentence=sentence)
    yield _subscription(account, app_id=app_id)
    yield _templates(account)


def _business_fault(sentence: str, next_step: str) -> AccountCheck:
    return AccountCheck(
        name="business_account", state=BAD, sentence=sentence, next_step=next_step, field="business_account_id"
    )


def _subscription(account: ChannelAccountValue, *, app_id: str) -> AccountCheck:
    found: dict[str, Any] = {}
    refused = refusal_of(
        lambda: found.update(graph.get_list(account, account.business_account_id, "subscribed_apps", params={}))
    )
    subscribed = {text(mapping(one, "whatsapp_business_api_data"), "id") for one in items(found, "data")}
    is_ours = app_id in subscribed if app_id else bool(subscribed)
    if refused is None and is_ours:
        return AccountCheck(name="subscription", state=GOOD, sentence=_("O aplicativo está inscrito nesta conta."))
    sentence = _("O aplicativo não está inscrito nesta conta: as mensagens dos clientes não chegam.")
    next_step = _("Use “Inscrever o aplicativo” na etapa do webhook.")
    return AccountCheck(name="subscription", state=BAD, sentence=sentence, next_step=next_step)


def _templates(account: ChannelAccountValue) -> AccountCheck:
    params = {"fields": "name,status", "limit": "1"}
    refused = refusal_of(
        lambda: graph.get_list(account, account.business_account_id, "message_templates", params=params)
    )
    if refused is None:
        return AccountCheck(name="templates", state=GOOD, sentence=_("Os modelos podem ser lidos."))
    sentence = _("A Meta não deixa ler os modelos desta conta.")
    next_step = _("Dê ao usuário do sistema acesso total à conta do WhatsApp em Configurações do negócio.")
    return AccountCheck(name="templates", state=WARNING, sentence=sentence, next_step=next_step)
