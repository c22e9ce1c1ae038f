"""The home page of /admin/: what needs somebody, whether WhatsApp works, and how the last days went."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from statistics import median
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.common import clock
from apps.common.mongo import STORE_ERRORS, is_writable
from apps.console import charts
from apps.console.admin_needs import needs
from apps.console.templatetags.console import duration
from apps.contracts.insights import DayFigures, TodayFigures
from apps.contracts.people import ChannelAccountValue
from apps.gateway import selectors as gateway
from apps.insights import selectors as insights
from apps.tenants import selectors as tenants
from apps.tenants.admin_base import visible_tenants

logger = logging.getLogger(__name__)

PERIODS = (7, 14, 30)
USUAL_PERIOD = 14


@dataclass(frozen=True)
class Figure:
    """A chart with its heading. `sentence` says in words what the drawing shows."""

    title: str | Promise
    note: str | Promise
    total: str
    chart: charts.Chart
    sentence: str | Promise
    legend: tuple[tuple[str, str | Promise], ...] = ()


@dataclass(frozen=True)
class Fact:
    """One line of the WhatsApp panel."""

    name: str | Promise
    value: str | Promise
    is_good: bool = True


def home(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add to the index page what it shows; for a login without a business it stays a plain list."""
    tenant = visible_tenants(request).filter(slug=getattr(request.user, "tenant_id", "")).first()
    tenant = tenant or visible_tenants(request).first()
    if tenant is None or isinstance(request.user, AnonymousUser):
        return context
    local_now = clock.now().astimezone(ZoneInfo(tenant.timezone))
    days = _period(request)
    return {
        **context,
        "title": _("Início"),
        "tenant": tenant,
        "greeting": _greeting(local_now.hour),
        "today_date": local_now.date(),
        "period": days,
        "periods": PERIODS,
        **_from_the_stores(tenant.slug, days),
    }


def _from_the_stores(tenant_id: str, days: int) -> dict[str, Any]:
    """What conversations produced. Without their store the page says so, and everything can still be configured."""
    try:
        # Asked first, because a figure waits for an absent store as long as a conversation would.
        is_writable(timeout_seconds=1)
        series = insights.last_days(tenant_id, days=days)
        return {
            "needs": needs(tenant_id),
            "accounts": [_account(account) for account in tenants.accounts(tenant_id)],
            "facts": _facts(insights.today(tenant_id)),
            "figures": [_volume(series), _resolved(series), _human_reply(series), _cost(series)],
        }
    except STORE_ERRORS:
        logger.warning("the home page goes without its numbers")
        return {"is_store_away": True}


def _period(request: HttpRequest) -> int:
    asked = request.GET.get("days", "")
    return int(asked) if asked.isdecimal() and int(asked) in PERIODS else USUAL_PERIOD


def _greeting(hour: int) -> str | Promise:
    if hour < 5 or hour >= 18:
        return _("Boa noite")
    return _("Bom dia") if hour < 12 else _("Boa tarde")


def _account(account: ChannelAccountValue) -> dict[str, Any]:
    state = gateway.sending_state(account)
    words = {"closed": _("enviando"), "open": _("envios suspensos"), "half_open": _("tentando de novo")}
    return {"account": account, "state": state, "word": words.get(state, state), "is_good": state == "closed"}


def _facts(today: TodayFigures) -> list[Fact]:
    first_answer = duration(today.first_response_seconds) or "–"
    average = today.ratings.average
    return [
        Fact(_("Mensagens de clientes hoje"), str(today.inbound)),
        Fact(_("Conversas hoje"), str(today.conversations)),
        Fact(_("Primeira resposta, mediana"), first_answer),
        Fact(_("Sem resposta hoje"), str(today.unanswered) if today.unanswered else _("nenhuma"), not today.unanswered),
        Fact(
            _("Não chegaram hoje"),
            str(today.failed_sends) if today.failed_sends else _("nenhuma"),
            not today.failed_sends,
        ),
        Fact(_("Nota dos clientes hoje"), formats.number_format(f"{average:.1f}") if average is not None else "–"),
    ]


def _volume(series: Sequence[DayFigures]) -> Figure:
    total = sum(day.conversations for day in series)
    with_person = sum(day.with_person for day in series)
    return Figure(
        title=_("Conversas"),
        note=_("por dia"),
        total=_thousands(total),
        chart=charts.stacked_bars(
            [day.day for day in series],
            [day.assistant_only for day in series],
            [day.with_person for day in series],
            styles=("bot", "hum"),
        ),
        sentence=_("Conversas por dia: %(total)s no período, %(person)s com uma pessoa")
        % {"total": total, "person": with_person},
        legend=(("bot", _("só a assistente")), ("hum", _("com uma pessoa"))),
    )


def _resolved(series: Sequence[DayFigures]) -> Figure:
    total = sum(day.conversations for day in series)
    share = f"{sum(day.assistant_only for day in series) / total:.0%}" if total else "–"
    values = [None if day.resolved_share is None else day.resolved_share * 100 for day in series]
    chart = charts.line([day.day for day in series], values, label=lambda value: f"{value:.0f}%", style="bot", top=100)
    sentence = _("Resolvidas só pela assistente: %(share)s no período") % {"share": share}
    return Figure(_("Resolvidas pela assistente"), _("sem passar por ninguém"), share, chart, sentence)


def _human_reply(series: Sequence[DayFigures]) -> Figure:
    values = [day.human_reply_seconds for day in series]
    known = [value for value in values if value is not None]
    total = duration(median(known)) if known else "–"
    chart = charts.line([day.day for day in series], values, label=_minutes, style="hum")
    sentence = _("Resposta mediana de uma pessoa: %(total)s") % {"total": total}
    return Figure(_("Resposta de uma pessoa"), _("mediana, desde o pedido"), total, chart, sentence)


def _cost(series: Sequence[DayFigures]) -> Figure:
    running = list(accumulate(day.cost_usd for day in series))
    total = _dollars(running[-1] if running else 0.0)
    conversations = sum(day.conversations for day in series)
    each = _dollars(running[-1] / conversations) if conversations else _dollars(0.0)
    chart = charts.line([day.day for day in series], cast("list[float | None]", running), label=_amount, style="hum")
    sentence = _("Custo acumulado da assistente: %(total)s") % {"total": total}
    return Figure(
        _("Custo da assistente"), _("acumulado, %(each)s por conversa") % {"each": each}, total, chart, sentence
    )


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f}min" if seconds >= 60 else f"{seconds:.0f} s"


def _dollars(amount: float) -> str:
    digits = 2 if amount >= 1 or amount == 0 else 4
    return f"US$ {formats.number_format(f'{amount:.{digits}f}')}"


def _amount(amount: float) -> str:
    return formats.number_format(f"{amount:g}")


def _thousands(number: int) -> str:
    return f"{number:,}".replace(",", ".")
