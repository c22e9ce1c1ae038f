"""Editors of the assistant: persona, instructions, models and prices, policies, articles."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.ai.models import Assistant, KnowledgeArticle, LanguageModelSpec, ModelPolicy, PromptVersion
from apps.tenants.admin_base import TenantScopedAdmin


@admin.register(KnowledgeArticle)
class KnowledgeArticleAdmin(TenantScopedAdmin):
    list_display = ["title", "price", "is_active", "position"]
    list_editable = ["price", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["title", "questions", "keywords", "body", "price"]
    import_keys = ["title"]
    fieldsets = [
        (None, {"fields": ["tenant", "title", "is_active", "position"]}),
        (_("O que a assistente diz"), {"fields": ["body", "price"]}),
        (_("Como os clientes perguntam"), {"fields": ["questions", "keywords"]}),
    ]


@admin.register(Assistant)
class AssistantAdmin(TenantScopedAdmin):
    list_display = ["name", "slug", "is_default", "is_active"]
    search_fields = ["name", "slug"]
    fieldsets = [
        (None, {"fields": ["tenant", "name", "slug", "is_default", "is_active"]}),
        (_("Personalidade"), {"fields": ["persona", "tone", "guardrails", "must_say", "allowed_links"]}),
        (_("Primeira resposta"), {"fields": ["introduction", "person_notice"]}),
        (
            _("Conversa do dia a dia"),
            {
                "fields": [
                    "greeting_reply", "thanks_reply", "farewell_reply", "acknowledgement_reply", "identity_reply", "media_reply", "clarify_reply",
                ]
            },
        ),
        (_("Ao chamar uma pessoa"), {"fields": ["unknown_reply", "details_reply", "unavailable_reply", "limit_reply"]}),
    ]  # fmt: skip


@admin.register(PromptVersion)
class PromptVersionAdmin(TenantScopedAdmin):
    list_display = ["assistant", "number", "note", "is_published", "created_at"]
    list_filter = ["assistant", "is_published"]
    fields = ["assistant", "number", "note", "instructions", "is_published"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        newest = self.get_queryset(request).order_by("-number").first()
        initial: dict[str, Any] = {"number": newest.number + 1 if newest else 1}
        if newest is not None:
            initial |= {"assistant": newest.assistant_id, "instructions": newest.instructions}
        return {**initial, **super().get_changeform_initial_data(request)}


@admin.register(LanguageModelSpec)
class LanguageModelSpecAdmin(TenantScopedAdmin):
    list_display = ["name", "provider", "input_usd", "cached_usd", "output_usd", "shutdown_date", "is_active"]
    list_filter = ["is_active", "provider"]
    list_editable = ["input_usd", "cached_usd", "output_usd", "is_active"]
    search_fields = ["name"]
    import_keys = ["name"]
    fieldsets = [
        (None, {"fields": ["tenant", "name", "provider", "is_active", "shutdown_date"]}),
        (_("Preço em US$ por milhão de tokens"), {"fields": [("input_usd", "cached_usd", "output_usd")]}),
        (_("Capacidades"), {"fields": ["context_tokens", "accepts_temperature", "accepts_images", "reasoning_effort"]}),
    ]


@admin.register(ModelPolicy)
class ModelPolicyAdmin(TenantScopedAdmin):
    list_display = ["use", "first", "second", "third", "daily_budget_usd"]
    fieldsets = [
        (None, {"fields": ["tenant", "use", "first", "second", "third"]}),
        (
            _("Limites"),
            {
                "fields": [
                    "timeout_seconds",
                    "max_output_tokens",
                    "max_prompt_tokens",
                    "temperature",
                    "daily_budget_usd",
                ]
            },
        ),
    ]
