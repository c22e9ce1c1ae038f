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


def business_checks(account: ChannelAccountValue, *, app_id: str) -> Iterator[AccountCheck]:
    business = account.business_account_id
    where = _("Confira o id em WhatsApp › Configuração da API: “Identificação da conta do WhatsApp Business”.")
    if not business:
        sentence = _("Falta o id da conta comercial do WhatsApp.")
        yield _business_fault(sentence, where)
        return
    numbers: dict[str, Any] = {}

    def ask() -> None:
        numbers.update(graph.get_list(account, business, "phone_numbers", params={"fields": "id", "limit": "100"}))

    if refusal_of(ask) is not None:
        sentence = _("A Meta não mostra esta conta comercial a este token.")
        yield _business_fault(sentence, where)
        return
    if account.phone_number_id not in {text(one, "id") for one in items(numbers, "data")}:
        sentence = _("O número não pertence a esta conta comercial.")
        yield _business_fault(sentence, where)
        return
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
