"""The list of message templates: read from the vendor, never edited here. Its pages are drawn by a layer above."""

from datetime import datetime
from typing import Any, NamedTuple, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import formats, timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from apps.common import clock
from apps.contracts.errors import SendError, SendUnknown
from apps.contracts.people import ChannelAccountValue
from apps.contracts.words import TemplateStatus
from apps.gateway.channels.registry import adapters
from apps.gateway.models import MessageTemplate
from apps.gateway.selectors import templates_read
from apps.gateway.services.template_pace import ReadingState
from apps.gateway.services.templates import TemplateSync, can_sync, sync_templates
from apps.tenants import selectors as tenants
from apps.tenants.admin_base import TenantScopedAdmin, visible_tenants
from apps.tenants.models import User
from apps.tenants.services import record_audit

MAY_SYNC = "gateway.change_messagetemplate"
STATUSES = {
    TemplateStatus.APPROVED: _("Aprovado"),
    TemplateStatus.PENDING: _("Em análise"),
    TemplateStatus.REJECTED: _("Recusado"),
    TemplateStatus.PAUSED: _("Pausado"),
    TemplateStatus.DISABLED: _("Desativado"),
    TemplateStatus.DELETED: _("Apagado"),
}
STATUS_COLOURS = {"approved": "success", "pending": "info", "rejected": "danger", "paused": "warning"}
STATUS_COLOURS |= {"disabled": "danger", "deleted": "default"}
QUALITIES = {"green": _("Alta"), "yellow": _("Média"), "red": _("Baixa")}
QUALITY_COLOURS = {"green": "success", "yellow": "warning", "red": "danger"}
CATEGORIES = {"utility": _("Utilidade"), "marketing": _("Marketing"), "authentication": _("Autenticação")}


class Reading(NamedTuple):
    """When the templates of an account were last read."""

    account: ChannelAccountValue
    state: ReadingState
    can_sync: bool


class WordsFilter(admin.SimpleListFilter):
    """A filter over a column of fixed words, in the words that people read."""

    words: dict[Any, Any]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(name), word) for name, word in self.words.items()]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return queryset.filter(**{self.parameter_name or "": self.value()}) if self.value() else queryset


class StatusFilter(WordsFilter):
    title, parameter_name, words = _("situação"), "status", STATUSES


class CategoryFilter(WordsFilter):
    title, parameter_name, words = _("categoria"), "category", CATEGORIES


class QualityFilter(WordsFilter):
    title, parameter_name, words = _("qualidade"), "quality", QUALITIES


@admin.register(MessageTemplate)
class MessageTemplateAdmin(TenantScopedAdmin):
    list_before_template = "administration/_templates_head.html"
    change_form_outer_before_template = "administration/_template_head.html"
    list_display = ["name", "account", "language", "category_word", "status_word", "quality_word", "synced_at"]
    list_filter = [
        ("account", admin.RelatedOnlyFieldListFilter),
        StatusFilter,
        CategoryFilter,
        QualityFilter,
        "language",
    ]
    list_filter_submit = False
    search_fields = ["name", "external_id"]
    list_select_related = ["account"]
    readonly_fields = ["status_plain", "quality_plain", "category_word"]
    fieldsets = [
        (None, {"fields": ["name", "language", "account", "category_word", "status_plain", "reason", "quality_plain"]}),
        (_("Na Meta"), {"fields": ["external_id", "synced_at"], "classes": ["collapse"]}),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        sync = path("sync/", self.admin_site.admin_view(self.sync), name="gateway_messagetemplate_sync")
        return [sync, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show above the list when each account was read, with the button that reads it now."""
        shown = {"readings": self._readings(request), "may_sync": self._may_sync(request)}
        return cast(HttpResponse, super().changelist_view(request, shown | (extra_context or {})))

    def sync(self, request: HttpRequest) -> HttpResponse:
        """Read one account's templates now, and say what came of it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        account = self._account(request, request.POST.get("account", ""))
        if account is None or not self._may_sync(request):
            raise PermissionDenied
        self._sync(request, account)
        return redirect("admin:gateway_messagetemplate_changelist")

    def _sync(self, request: HttpRequest, account: ChannelAccountValue) -> None:
        state = templates_read(account)
        if state.is_held and state.again_at is not None and state.again_at > clock.now():
            said = gettext("A Meta pediu para esperar: os modelos são lidos de novo às %(hour)s.")
            messages.warning(request, said % {"hour": _hour(state.again_at)})
            return
        try:
            found = sync_templates(account=account)
        except (SendError, SendUnknown) as refused:
            messages.error(request, gettext("Os modelos não puderam ser lidos: %(why)s") % {"why": refused})
            return
        messages.success(request, _sentence(account, found))
        self._record(request, account, found)

    @display(description=_("situação"), ordering="status", label=STATUS_COLOURS)
    def status_word(self, row: MessageTemplate) -> tuple[str, Any]:
        return row.status, STATUSES.get(TemplateStatus(row.status), row.status)

    @display(description=_("qualidade"), ordering="quality", label=QUALITY_COLOURS)
    def quality_word(self, row: MessageTemplate) -> tuple[str, Any]:
        return row.quality, QUALITIES.get(row.quality, row.quality or "–")

    @display(description=_("categoria"), ordering="category")
    def category_word(self, row: MessageTemplate) -> Any:
        return CATEGORIES.get(row.category, row.category or "–")

    @display(description=_("situação"))
    def status_plain(self, row: MessageTemplate) -> Any:
        return self.status_word(row)[1]

    @display(description=_("qualidade"))
    def quality_plain(self, row: MessageTemplate) -> Any:
        return self.quality_word(row)[1]

    def _may_sync(self, request: HttpRequest) -> bool:
        return cast(User, request.user).has_perm(MAY_SYNC)

    def _readings(self, request: HttpRequest) -> list[Reading]:
        visible = {tenant.slug for tenant in visible_tenants(request)}
        known = adapters()
        mine = [one for one in tenants.accounts() if one.tenant_id in visible]
        templated = [one for one in mine if one.kind in known and known[one.kind].abilities.has_templates]
        return [Reading(one, templates_read(one), can_sync(one)) for one in templated]

    def _account(self, request: HttpRequest, slug: str) -> ChannelAccountValue | None:
        return next((one.account for one in self._readings(request) if one.account.slug == slug), None)

    def _record(self, request: HttpRequest, account: ChannelAccountValue, found: TemplateSync) -> None:
        user = cast(User, request.user)
        record_audit(
            tenant_id=account.tenant_id,
            actor_id=str(user.pk),
            actor_name=str(user),
            action="synced",
            target_kind="gateway.messagetemplate",
            target_id=account.slug,
            target_name=account.name,
            after=found._asdict(),
        )


def _hour(moment: datetime) -> str:
    return formats.time_format(timezone.localtime(moment), "H:i")


def _sentence(account: ChannelAccountValue, found: TemplateSync) -> str:
    total = ngettext("%(total)d modelo em %(account)s", "%(total)d modelos em %(account)s", found.total)
    counted = total % {"total": found.total, "account": account.name}
    if not (found.added or found.changed or found.removed):
        return gettext("%(counted)s: nada mudou.") % {"counted": counted}
    return gettext("%(counted)s: %(added)d novos, %(changed)d alterados, %(removed)d apagados.") % {
        "counted": counted,
        **found._asdict(),
    }
