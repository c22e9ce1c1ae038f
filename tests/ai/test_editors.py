"""What a person changes in /admin/ is what the next customer meets: one test per editor of the assistant."""

from typing import Any

import pytest
from django.contrib import admin
from django.forms.models import model_to_dict
from django.test import Client
from django.urls import reverse

from apps.ai.models import Assistant, KnowledgeArticle, LanguageModelSpec, ModelPolicy, PromptVersion
from apps.processor.models import RoutingRule, SpamRule
from apps.processor.seed import seed_rules
from apps.processor.services import analyse
from apps.tenants.models import Configured, Tenant, User
from tests.ai.conftest import replies
from tests.ai.server import ModelServer, answer, fails
from tests.ai.server import says as completes
from tests.ai.test_answering import Write, provenance, respond, status
from tests.words import says


@pytest.fixture
def administrator(client: Client, urba: Tenant) -> Client:
    client.force_login(User.objects.create_superuser("admin", password="admin"))
    return client


def save(client: Client, row: Configured, **changes: Any) -> None:
    """Open the row's page and post its form back with these changes, as a browser would."""
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    page = client.get(address)
    assert page.status_code == 200
    form = page.context["adminform"].form
    posted: dict[str, Any] = {}
    for name, field in form.fields.items():
        value = form[name].value() if name in form.initial or not field.required else ""
        value = field.prepare_value(changes.get(name, value))
        if value is True:
            posted[name] = "on"
        elif value is not None and value is not False:
            posted[name] = value
    answered = client.post(address, posted)
    assert answered.status_code == 302, answered.context["adminform"].form.errors
    assert all(model_to_dict(type(row).objects.get(pk=row.pk))[name] == value for name, value in changes.items())


def test_every_editor_opens_in_portuguese(administrator: Client) -> None:
    seed_rules(Tenant.objects.get())
    for model in (Assistant, KnowledgeArticle, LanguageModelSpec, ModelPolicy, PromptVersion, RoutingRule, SpamRule):
        names = [model._meta.app_label, model._meta.model_name]
        assert model in admin.site._registry
        listed = administrator.get(reverse("admin:{}_{}_changelist".format(*names)))
        added = administrator.get(reverse("admin:{}_{}_add".format(*names)))

        assert (listed.status_code, added.status_code) == (200, 200)
        assert str(model._meta.verbose_name_plural).lower() in listed.content.decode().lower()


def test_article(administrator: Client, write: Write) -> None:
    article = KnowledgeArticle.objects.get(title="Decor Fachada")
    assert "R$ 350" in replies(respond(write, "quanto custa a fachada?"))[-1]

    save(administrator, article, price="O Decor Fachada custa R$ 415 por projeto.")

    assert "R$ 415" in replies(respond(write, "e quanto custa a fachada?"))[-1]


def test_a_new_article_answers_what_was_unknown(administrator: Client, write: Write) -> None:
    assert status(respond(write, "vocês atendem em Patos?", who="5583988880001")) == "waiting_human"

    KnowledgeArticle.objects.create(
        tenant_id="default",
        title="Cidades",
        questions="vocês atendem em Patos",
        keywords="atendem, Patos, cidade",
        body="Atendemos também em Patos.",
    )

    conversation_id = respond(write, "vocês atendem em Patos?", who="5583988880002")
    assert replies(conversation_id)[-1].endswith("Atendemos também em Patos.")


def test_a_price_may_not_stand_in_two_places(administrator: Client) -> None:
    article = KnowledgeArticle.objects.get(title="Decor Fachada")

    with pytest.raises(AssertionError, match="body"):
        save(administrator, article, body="A fachada custa R$ 350.")


def test_persona(administrator: Client, write: Write) -> None:
    save(
        administrator,
        Assistant.objects.get(),
        introduction="Olá! Aqui fala a Urba.",
        greeting_reply="Diga, em que ajudo?",
    )

    assert replies(respond(write, "oi"))[-1].startswith("Olá! Aqui fala a Urba.")
    assert replies(respond(write, "oi, tudo bem?"))[-1] == "Diga, em que ajudo?"


def test_prompt_version(administrator: Client, model: ModelServer, write: Write) -> None:
    respond(write, "oi")
    draft = PromptVersion.objects.create(
        assistant=Assistant.objects.get(), number=2, instructions="Fale como um poeta."
    )
    respond(write, "tudo bem?")

    save(administrator, draft, is_published=True)
    conversation_id = respond(write, "e agora?")

    assert ["poeta" in one["messages"][0]["content"] for one in model.requests] == [False, False, True]
    assert provenance(conversation_id)["prompt_version"] == 2


def test_model_and_price(administrator: Client, model: ModelServer, write: Write) -> None:
    spec = LanguageModelSpec.objects.get(name="gpt-6-luna")
    before = respond(write, "oi")
    assert float(str(provenance(before)["cost_usd"])) < 0.001

    save(administrator, spec, name="gpt-novo", input_usd=1000, cached_usd=1000)
    after = respond(write, "tudo bem?")

    assert provenance(after)["model"] == "gpt-novo"
    assert float(str(provenance(after)["cost_usd"])) > 1


def test_model_policy(administrator: Client, model: ModelServer, write: Write) -> None:
    policy = ModelPolicy.objects.get()
    other = LanguageModelSpec.objects.get(name="gpt-4o-mini")
    model.replies = [fails(500), completes(answer("Aqui!"))]

    save(administrator, policy, second=other.pk, max_output_tokens=444)
    respond(write, "oi")

    assert [one["model"] for one in model.requests] == ["gpt-6-luna", "gpt-4o-mini"]
    assert model.requests[1]["max_completion_tokens"] == 444
    assert model.requests[1]["temperature"] == 0.4


def test_spam_rule(administrator: Client) -> None:
    seed_rules(Tenant.objects.get())
    rule = SpamRule.objects.get(name="Renda fácil")
    assert not analyse(says("promoção relâmpago de panelas")).is_spam

    save(administrator, rule, pattern="promoção * panelas")

    assert analyse(says("promoção relâmpago de panelas")).is_spam


def test_routing_rule(administrator: Client) -> None:
    seed_rules(Tenant.objects.get())
    rule = RoutingRule.objects.get(name="Parcerias e imprensa")
    assert analyse(says("sou da imprensa")).tags == ("parceria",)

    save(administrator, rule, action="reply", reply="Escreva para a nossa assessoria.")

    assert analyse(says("sou da imprensa")).reply == "Escreva para a nossa assessoria."
