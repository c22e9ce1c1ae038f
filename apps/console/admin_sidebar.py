"""The sidebar of /admin/: what an administrator does, grouped by task and with how many there are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Editor:
    """A link to the list of one model, "app.Model", shown to who may see it."""

    title: str | Promise
    model: str


@dataclass(frozen=True)
class Page:
    """A link to a page by the name of its address, shown where the page exists."""

    title: str | Promise
    address: str
    is_shown: Callable[[], bool] = lambda: True


SECTIONS: tuple[tuple[str | Promise, tuple[Editor | Page, ...]], ...] = (
    (
        _("Canal"),
        (
            Editor(_("Contas dos canais"), "tenants.ChannelAccount"),
            Editor(_("Modelos de mensagem"), "gateway.MessageTemplate"),
            Page(_("Simulador"), "simulator:phone", lambda: bool(settings.URBANA_SIMULATOR)),
            Editor(_("Chaves da API"), "api.ApiKey"),
            Editor(_("Extensões"), "plugins.PluginSetting"),
        ),
    ),
    (
        _("Atendimento"),
        (
            Editor(_("Filas e horários"), "tenants.Queue"),
            Editor(_("Feriados"), "tenants.Holiday"),
            Editor(_("Regras"), "processor.RoutingRule"),
            Editor(_("Pedidos de pessoa"), "tenants.HandoffRule"),
            Editor(_("Spam"), "processor.SpamRule"),
            Editor(_("Respostas rápidas"), "tenants.QuickReply"),
        ),
    ),
    (
        _("Assistente"),
        (
            Editor(_("Persona"), "ai.Assistant"),
            Editor(_("Instruções"), "ai.PromptVersion"),
            Editor(_("Conhecimento"), "ai.KnowledgeArticle"),
            Editor(_("Modelos e preços"), "ai.LanguageModelSpec"),
            Editor(_("Uso e orçamento"), "ai.ModelPolicy"),
            Editor(_("Limites"), "tenants.ReplyLimits"),
            Editor(_("Recursos em teste"), "tenants.Flag"),
        ),
    ),
    (
        _("Pessoas"),
        (
            Editor(_("Equipe"), "tenants.Attendant"),
            Editor(_("Logins"), "tenants.User"),
            Editor(_("Papéis"), "auth.Group"),
            Editor(_("Empresa"), "tenants.Tenant"),
        ),
    ),
    (
        _("Registro"),
        (
            Page(_("Conversas"), "console:index"),
            Page(_("Eventos"), "records:events"),
            Page(_("Não processados"), "records:dead_letters"),
            Editor(_("Quem mudou o quê"), "tenants.AuditEntry"),
        ),
    ),
)


def sections(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups with the entries that this login may see; an empty group is left out by the template."""
    return [
        {"title": title, "items": [item for entry in entries if (item := _item(entry, request)) is not None]}
        for title, entries in SECTIONS
    ]


def _item(entry: Editor | Page, request: HttpRequest) -> dict[str, Any] | None:
    if isinstance(entry, Page):
        link = _address(entry.address) if entry.is_shown() else None
        return {"title": entry.title, "link": link} if link else None
    try:
        model = apps.get_model(entry.model)
    except LookupError:
        return None
    editor = admin.site._registry.get(model)
    if editor is None or not editor.has_view_permission(request):
        return None
    link = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return {"title": entry.title, "link": link, "count": editor.get_queryset(request).count()}


def _address(name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None
