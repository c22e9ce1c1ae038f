"""What our own records say about an account, without asking its vendor. Only evidence is a verdict; silence is none."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.common import clock
from apps.contracts.channels import AccountCheck, ChannelAbilities
from apps.contracts.people import ChannelAccountValue
from apps.contracts.words import CheckState
from apps.conversations.selectors import reports
from apps.gateway import intake_health
from apps.gateway.documents import AccountHealth
from apps.gateway.intake_health import Account
from apps.gateway.services.limits import breaker_for

#: An accepted send of which nobody spoke after this long…
HEARD_WITHIN = timedelta(minutes=15)
#: …within this time back…
LOOKED_BACK = timedelta(hours=6)
#: …so many times, and not once otherwise, is no chance.
MANY_UNHEARD = 3
#: A restriction that let sends through again is still worth telling for so long.
RESTRICTION_TOLD = timedelta(days=7)


def own_checks(account: ChannelAccountValue, abilities: ChannelAbilities) -> Iterator[AccountCheck]:
    """Wrong signatures, sends without any report, an announced restriction."""
    yield _signature(account)
    if abilities.reports_delivery:
        yield from _silence(account)
    yield from _restriction(account)


def _signature(account: ChannelAccountValue) -> AccountCheck:
    if not intake_health.is_rejecting(Account(account.tenant_id, account.slug)):
        return AccountCheck(name="signature", state=CheckState.GOOD, sentence=_("Nenhum webhook foi recusado."))
    return AccountCheck(
        name="signature",
        state=CheckState.BAD,
        sentence=_("Chegam webhooks com assinatura errada, e por isso são recusados."),
        next_step=_("Confira o segredo em “Trocar segredo ou token”; o canal envia de novo o que foi recusado."),
    )


def _silence(account: ChannelAccountValue) -> Iterator[AccountCheck]:
    now = clock.now()
    found = reports(account.tenant_id, account.slug, since=now - LOOKED_BACK, before=now - HEARD_WITHIN)
    if found.has_heard:
        yield AccountCheck(name="reports", state=CheckState.GOOD, sentence=_("As confirmações de entrega chegam."))
    elif found.unheard >= MANY_UNHEARD:
        sentence = ngettext(
            "%(count)d mensagem foi aceita, e nenhuma confirmação chegou.",
            "%(count)d mensagens foram aceitas, e nenhuma confirmação chegou.",
            found.unheard,
        )
        yield AccountCheck(
            name="reports",
            state=CheckState.BAD,
            sentence=sentence % {"count": found.unheard},
            next_step=_("Confira a inscrição e o endereço do webhook."),
        )


def _restriction(account: ChannelAccountValue) -> Iterator[AccountCheck]:
    row = AccountHealth.objects(tenant_id=account.tenant_id, account=account.slug).first()
    if row is None or row.restricted_at is None or _is_over(row, clock.now()):
        return
    next_step = _("Abra o painel do canal, leia o motivo e peça a análise.")
    if breaker_for(account).state() == "closed":
        sentence = _("O canal anunciou uma restrição; os envios passam.")
        yield AccountCheck(name="restriction", state=CheckState.WARNING, sentence=sentence, next_step=next_step)
    else:
        sentence = _("O canal restringiu a conta; os envios esperam.")
        yield AccountCheck(name="restriction", state=CheckState.BAD, sentence=sentence, next_step=next_step)


def _is_over(row: AccountHealth, now: datetime) -> bool:
    until = row.restricted_until or row.restricted_at + RESTRICTION_TOLD
    return bool(until <= now)
