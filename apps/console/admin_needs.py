"""What needs an administrator now: each a sentence, its consequence and the page where it is settled."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.common import clock
from apps.contracts.people import ChannelAccountValue
from apps.contracts.words import CheckState, Gap
from apps.events import selectors as events
from apps.gateway import selectors as gateway
from apps.gateway.channels.registry import adapters
from apps.handoff import selectors as handoffs
from apps.tenants import domain
from apps.tenants import selectors as tenants

#: A holiday is announced this long ahead.
HOLIDAY_NOTICE = timedelta(days=21)
#: The page of the account lists the others.
MOST_FAULTS = 3
#: Beyond this many dead letters the exact number changes nothing.
MANY_DEAD_LETTERS = 100


#: Gaps are told for this long after they ended, and count as present for a few minutes.
GAP_NOTICE, GAP_IS_PRESENT = timedelta(hours=24), timedelta(minutes=10)
#: A start of ours is no news, nor is a stranger who tries a signature; a vendor posts again and again.
SHORTEST_DOWNTIME, FEWEST_WRONG = timedelta(seconds=30), 3


@dataclass(frozen=True)
class Need:
    """`tone` is "bad", "warn" or "quiet"; `icon` a symbol of the console's icons."""

    icon: str
    tone: str
    title: str | Promise
    consequence: str | Promise
    link: str
    action: str | Promise


def needs(tenant_id: str) -> list[Need]:
    """Everything that waits for an administrator of this business, worst first."""
    found = [
        *_accounts(tenant_id),
        *_gaps(tenant_id),
        *_dead_letters(tenant_id),
        *_queues(tenant_id),
        *_assistant(),
        *_holidays(tenant_id),
    ]
    order = {"bad": 0, "warn": 1, "quiet": 2}
    return sorted(found, key=lambda need: order[need.tone])


def _accounts(tenant_id: str) -> Iterator[Need]:
    accounts = tenants.accounts(tenant_id)
    if not accounts:
        yield Need(
            "key",
            "bad",
            _("Nenhum canal conectado"),
            _("Sem ele nenhum cliente chega até aqui."),
            reverse("accounts:choose"),
            _("Conectar"),
        )
    for account in accounts:
        link = reverse("accounts:account", args=[account.slug])
        if missing := _missing(account):
            sentence = _("A conta %(name)s está sem %(missing)s") % {"name": account.name, "missing": missing}
            yield Need("key", "bad", sentence, _("Mensagens não entram ou não saem."), link, _("Completar"))
        elif (sending := gateway.endpoint_states(account)[0]).state != "closed":
            sentence = _("Os envios de %(name)s estão suspensos") % {"name": account.name}
            general = _("O canal recusa ou não responde. Tentamos de novo a cada minuto, e nada se perde.")
            consequence = sending.sentence if sending.is_refused else general
            yield Need("alert", "bad", sentence, consequence, link, _("Ver conta"))
        for fault in gateway.account_health(account).faults[:MOST_FAULTS]:
            tone = "bad" if fault.state is CheckState.BAD else "warn"
            yield Need("alert", tone, f"{account.name}: {fault.sentence}", fault.next_step, link, _("Ver conta"))


def _gaps(tenant_id: str) -> Iterator[Need]:
    """When the channel could not deliver to us, account by account: the newest gap of each and of each reason."""
    now = clock.now()
    names = {account.slug: account.name for account in tenants.accounts(tenant_id)}
    consequences = {
        Gap.REFUSED: _("O banco de dados não respondia. O canal envia de novo o que não foi aceito."),
        Gap.DOWN: _("O sistema estava parado. O canal envia de novo o que não foi aceito."),
        Gap.WRONG_SIGNATURE: _(
            "A assinatura não conferia. Se o segredo mudou no painel do canal, troque-o aqui também."
        ),
        Gap.SWITCHED_OFF: _("A conta estava desligada. O canal envia de novo o que não foi aceito, por alguns dias."),
    }
    told: set[tuple[str, Gap]] = set()
    for gap in gateway.intake_gaps(tenant_id, since=now - GAP_NOTICE):
        is_start = gap.reason is Gap.DOWN and gap.ended_at - gap.started_at < SHORTEST_DOWNTIME
        is_stranger = gap.reason is Gap.WRONG_SIGNATURE and gap.refused < FEWEST_WRONG
        if is_start or is_stranger or gap.account not in names or (gap.account, gap.reason) in told:
            continue
        told.add((gap.account, gap.reason))
        sentence = gettext("Entre %(since)s e %(until)s o canal não conseguiu entregar em %(name)s") % {
            "since": _moment(gap.started_at, now),
            "until": _moment(gap.ended_at, now),
            "name": names[gap.account],
        }
        tone = "bad" if now - gap.ended_at < GAP_IS_PRESENT else "warn"
        link = reverse("admin:tenants_channelaccount_changelist")
        yield Need("alert", tone, sentence, consequences[gap.reason], link, _("Ver conta"))


def _moment(at: datetime, now: datetime) -> str:
    """The hour, with the day when it was another one."""
    local = timezone.localtime(at)
    is_today = local.date() == timezone.localtime(now).date()
    return formats.date_format(local, "H:i" if is_today else "d/m H:i")


def _missing(account: ChannelAccountValue) -> str:
    """What webhooks or sends of this account fail without. Its channel says which secrets there are."""
    known = (
        ("access_token", _("chave de acesso"), account.access_token.get_secret_value()),
        ("app_secret", _("segredo do aplicativo"), account.app_secrets),
        ("verify_token", _("chave de verificação"), account.verify_token.get_secret_value()),
    )
    adapter = adapters().get(account.kind)
    asked = {field.name for field in adapter.abilities.account_fields} | {"verify_token"} if adapter else set()
    return ", ".join(str(label) for name, label, present in known if name in asked and not present)


def _dead_letters(tenant_id: str) -> Iterator[Need]:
    dead = len(events.dead_letters(tenant_id, limit=MANY_DEAD_LETTERS))
    dead += len(gateway.dead_deliveries(tenant_id, limit=MANY_DEAD_LETTERS))
    if dead:
        title = ngettext("%(count)d evento não processado", "%(count)d eventos não processados", dead)
        consequence = _("Estão guardados com o motivo e podem ser processados de novo.")
        link = reverse("records:dead_letters")
        yield Need("alert", "bad", title % {"count": dead}, consequence, link, _("Rever"))


def _waiting(tenant_id: str) -> Iterator[Need]:
    """Customers for whom the queue's own promise is already broken."""
    limits = {queue.slug: timedelta(seconds=queue.accept_limit_seconds) for queue in tenants.queues(tenant_id)}
    now = clock.now()
    late = sum(
        ticket.position is not None and now - ticket.queued_at > limits.get(ticket.queue, timedelta.max)
        for ticket in handoffs.tickets(tenant_id)
    )
    if late:
        title = ngettext("%(count)d cliente espera além do limite", "%(count)d clientes esperam além do limite", late)
        consequence = _("Pediram uma pessoa, e ninguém assumiu no tempo da fila.")
        yield Need("person", "bad", title % {"count": late}, consequence, reverse("console:index"), _("Atender"))


def _queues(tenant_id: str) -> Iterator[Need]:
    link = reverse("admin:tenants_queue_changelist")
    queues = tenants.queues(tenant_id)
    if not queues:
        yield Need(
            "person", "bad", _("Nenhuma fila"), _("Quem pede uma pessoa não tem onde esperar."), link, _("Criar")
        )
    for queue in queues:
        if not queue.attendant_ids:
            sentence = _("Ninguém atende a fila %(name)s") % {"name": queue.name}
            yield Need("person", "warn", sentence, _("Quem cai nela só espera."), link, _("Escalar"))


def _assistant() -> Iterator[Need]:
    if not settings.OPENAI_API_KEY:
        yield Need(
            "bolt",
            "quiet",
            _("A assistente responde sem modelo de linguagem"),
            _("Só o que está nos artigos; o resto vai para uma pessoa. Uma chave em OPENAI_API_KEY liga o modelo."),
            reverse("admin:ai_knowledgearticle_changelist"),
            _("Ver artigos"),
        )


def _holidays(tenant_id: str) -> Iterator[Need]:
    """The next public holiday that no special day covers, with what the queues will do on it."""
    tenant = tenants.tenant(tenant_id)
    schedules = [tenants.schedule(tenant_id, queue.slug) for queue in tenants.queues(tenant_id)]
    known = [schedule for schedule in schedules if schedule is not None]
    if tenant is None or not known:
        return
    today = clock.now().astimezone(ZoneInfo(tenant.timezone)).date()
    covered = {special.day for schedule in known for special in schedule.special_days}
    calendar = {
        **domain.brazilian_holidays(today.year, tenant.state),
        **domain.brazilian_holidays(today.year + 1, tenant.state),
    }
    upcoming = sorted(day for day in calendar if today < day <= today + HOLIDAY_NOTICE and day not in covered)
    if not upcoming:
        return
    day = upcoming[0]
    stays_open = any(schedule.is_always_open or not schedule.keeps_national_holidays for schedule in known)
    yield Need(
        "clock",
        "quiet",
        _("Feriado de %(day)s sem horário") % {"day": formats.date_format(day, gettext("j \\d\\e F"))},
        _("As filas abrem como em dia normal.") if stays_open else _("As filas ficam fechadas o dia todo."),
        f"{reverse('admin:tenants_holiday_add')}?day={day:%Y-%m-%d}&name={calendar[day]}",
        _("Definir"),
    )
