"""Templates as the vendor has them: read every few hours, on demand, and corrected at once by what it tells us."""

import logging
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import models, transaction
from django.utils import translation

from apps.common import clock
from apps.contracts.channels import AccountNews, TemplatedChannel
from apps.contracts.errors import SendError, SendUnknown
from apps.contracts.messages import Sender
from apps.contracts.people import ChannelAccountValue
from apps.contracts.templates import TemplateValue
from apps.contracts.words import AccountNewsKind, TemplateStatus
from apps.gateway import metrics
from apps.gateway.channels.registry import adapters
from apps.gateway.models import MessageTemplate
from apps.gateway.services import template_pace
from apps.gateway.services.breakers import guarded
from apps.tenants import selectors as tenants
from apps.tenants.models import ChannelAccount

log = logging.getLogger(__name__)

COLUMNS = ("external_id", "category", "status", "reason", "quality")
#: What names a template, or stands in a column of its own; the rest is its definition.
NOT_DEFINITION = {"tenant_id", "account", "name", "language", *COLUMNS}
#: News this close to our last reading may be older than what we read: applied, and checked by another reading.
DOUBTFUL = timedelta(minutes=2)


class TemplateSync(NamedTuple):
    """What a reading changed. `total` counts what the vendor lists."""

    total: int
    added: int
    changed: int
    removed: int


def sync_templates(*, account: ChannelAccountValue) -> TemplateSync:
    """Make ours what the vendor lists. Raises SendError or SendUnknown, after which the clock waits before it asks again.

    Safe to repeat. What is listed no longer is marked as deleted and kept, because old messages name it. The version of
    the configuration is raised only when something changed.
    """
    started_at = clock.now()
    template_pace.begin(account)
    try:
        # What is said of a template is stored, so it is said in the language of the business, whoever asked.
        with translation.override(settings.LANGUAGE_CODE):
            with guarded(account, "templates"):
                listed = _channel(account).list_templates(account)
    except (SendError, SendUnknown) as error:
        template_pace.note_failure(account, error)
        metrics.TEMPLATE_SYNCS.labels(account.kind, "failed").inc()
        log.warning("templates_unread", extra={"account": account.slug, "code": error.code})
        raise
    found = _store(account, listed, started_at)
    template_pace.note_success(account, started_at=started_at)
    metrics.TEMPLATE_SYNCS.labels(account.kind, "read").inc()
    log.info("templates_read", extra={"account": account.slug, **found._asdict()})
    return found


def sync_claimed(*, slug: str) -> None:
    """Read one account for the clock. What goes wrong was noted: the clock asks again when it is worth it."""
    account = tenants.account(slug)
    if account is None:
        return
    try:
        sync_templates(account=account)
    except (SendError, SendUnknown):
        return


def accounts_to_sync() -> list[ChannelAccountValue]:
    """The accounts whose templates are to be read now, each claimed for the caller."""
    readable = [account for account in tenants.accounts() if can_sync(account)]
    return [account for account in readable if template_pace.is_due(account) and template_pace.claim(account)]


def can_sync(account: ChannelAccountValue) -> bool:
    """Whether this account's channel has templates and we know whom to ask."""
    is_templated = isinstance(adapters().get(account.kind), TemplatedChannel)
    return is_templated and bool(account.business_account_id and account.access_token.get_secret_value())


def note_template_news(*, news: AccountNews) -> None:
    """Apply what the vendor tells of a template; every process sees it within two seconds. Safe to run twice.

    What we do not know, or what is older than our last reading, is asked for instead of believed.
    """
    account = tenants.account(news.account)
    if account is None or account.tenant_id != news.tenant_id or not _apply_news(news):
        return
    template_pace.want_reading(account)


def note_template_refusal(*, account: ChannelAccountValue, code: str) -> None:
    """Read the templates again when the channel's error says that what we know of one is out of date."""
    adapter = adapters().get(account.kind)
    if isinstance(adapter, TemplatedChannel) and adapter.is_template_refusal(code):
        template_pace.want_reading(account)


def sender_for(*, account: ChannelAccountValue, phone: str) -> Sender | None:
    """Who has this phone number on the account's channel, None when it is no number there."""
    adapter = adapters().get(account.kind)
    return adapter.sender_for(phone) if isinstance(adapter, TemplatedChannel) else None


def _channel(account: ChannelAccountValue) -> TemplatedChannel:
    adapter = adapters().get(account.kind)
    if not isinstance(adapter, TemplatedChannel):
        raise SendError("no_templates", translation.gettext("Este canal não tem modelos de mensagem."))
    return adapter


@transaction.atomic
def _store(account: ChannelAccountValue, listed: tuple[TemplateValue, ...], started_at: datetime) -> TemplateSync:
    # Two readings of one account take turns; rows that news changed meanwhile are newer than this list.
    owner = ChannelAccount.objects.select_for_update().get(slug=account.slug)
    rows = {(row.name, row.language): row for row in MessageTemplate.objects.filter(account=owner)}
    fresh, changed = [], []
    for value in {(one.name, one.language): one for one in listed}.values():
        row = rows.pop((value.name, value.language), None)
        if row is None:
            blank = MessageTemplate(tenant_id=owner.tenant_id, account=owner, name=value.name, language=value.language)
            fresh.append(_written(blank, value, started_at))
        elif row.synced_at <= started_at and _differs(row, value):
            changed.append(_written(row, value, started_at))
    gone = [row for row in rows.values() if row.status != TemplateStatus.DELETED and row.synced_at <= started_at]
    for row in gone:
        row.status = TemplateStatus.DELETED.value
    if fresh:
        MessageTemplate.objects.bulk_create(fresh)
    if changed or gone:
        MessageTemplate.objects.bulk_update([*changed, *gone], [*COLUMNS, "definition"])
    # A plain query: that we looked again is no change of the configuration.
    seen: models.QuerySet[MessageTemplate] = models.QuerySet(MessageTemplate).filter(
        account=owner, synced_at__lt=started_at
    )
    seen.update(synced_at=started_at)
    return TemplateSync(total=len(listed), added=len(fresh), changed=len(changed), removed=len(gone))


def _differs(row: MessageTemplate, value: TemplateValue) -> bool:
    columns = all(getattr(row, name) == str(getattr(value, name)) for name in COLUMNS)
    return not columns or row.definition != definition_of(value)


def _written(row: MessageTemplate, value: TemplateValue, at: datetime) -> MessageTemplate:
    for name in COLUMNS:
        setattr(row, name, str(getattr(value, name)))
    row.definition = definition_of(value)
    row.synced_at = at
    return row


def definition_of(value: TemplateValue) -> dict[str, object]:
    return value.model_dump(mode="json", exclude=NOT_DEFINITION, exclude_defaults=True)


@transaction.atomic
def _apply_news(news: AccountNews) -> bool:
    """Change the rows that the news are about; tell whether the vendor must be asked as well."""
    changes = _changes(news)
    mine = MessageTemplate.objects.select_for_update().filter(tenant_id=news.tenant_id, account__slug=news.account)
    found = mine.filter(models.Q(name=news.subject) | models.Q(external_id=news.subject, external_id__gt=""))
    rows = list(found.filter(language=news.language) if news.language else found)
    believed = [row for row in rows if changes and news.at >= row.synced_at - DOUBTFUL]
    is_doubtful = any(news.at < row.synced_at + DOUBTFUL for row in rows)
    for row in believed:
        for name, value in changes.items():
            setattr(row, name, value)
        row.synced_at = clock.now()
        row.save()
    return not believed or len(believed) < len(rows) or is_doubtful


def _changes(news: AccountNews) -> dict[str, str]:
    state = news.state.strip().lower()
    if news.kind is AccountNewsKind.TEMPLATE_STATUS and state in set(TemplateStatus):
        return {"status": state, "reason": news.reason[:500]}
    if news.kind is AccountNewsKind.TEMPLATE_QUALITY:
        return {"quality": "" if state == "unknown" else state[:12]}
    return {}
