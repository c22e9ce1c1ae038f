"""A turn from the customer's words to what is committed: by the articles, by a model, or by calling a person."""

from collections.abc import Callable

import pytest
from django.conf import LazySettings

from apps.ai import services
from apps.ai.documents import ModelCall
from apps.ai.models import Assistant, KnowledgeArticle, ModelPolicy
from apps.contracts.content import Content, Media
from apps.contracts.words import Action, HandoffReason, MessageKind, SilenceReason
from apps.conversations import selectors as conversations
from apps.conversations import services as conversation
from apps.events.selectors import timeline
from apps.tenants.models import ReplyLimits, Tenant
from tests.ai.conftest import replies, thread
from tests.ai.server import ModelServer, Reply, answer, fails, says

Write = Callable[..., tuple[str, int]]


def respond(write: Write, what: object, **options: object) -> str:
    """A customer writes and the assistant has its turn; gives the conversation."""
    conversation_id, turn = write(what, **options)
    services.answer_customer(
        tenant_id=str(options.get("tenant_id", "default")), conversation_id=conversation_id, turn=turn
    )
    return conversation_id


def status(conversation_id: str, tenant_id: str = "default") -> str:
    found = conversations.conversation(tenant_id, conversation_id)
    assert found is not None
    return found.status.value


def handoff_reason(conversation_id: str) -> str:
    [event] = [one for one in timeline("default", conversation_id=conversation_id) if one.type == "handoff.requested"]
    return str(event.data["reason"])


def provenance(conversation_id: str) -> dict[str, object]:
    return next(one.provenance for one in reversed(thread(conversation_id)) if one.author == "assistant")


def test_the_first_answer_introduces_the_assistant_and_states_the_stored_price(urba: Tenant, write: Write) -> None:
    conversation_id = respond(write, "Oi, quanto custa o Decor Interiores?")

    [reply] = replies(conversation_id)
    persona = Assistant.objects.get()
    price = KnowledgeArticle.objects.get(title="Decor Interiores").price
    assert reply == f"{persona.introduction} {persona.person_notice}\n\n{price}"
    assert provenance(conversation_id)["provider"] == "knowledge"
    assert provenance(conversation_id)["sources"] == [
        {"id": str(KnowledgeArticle.objects.get(title="Decor Interiores").pk), "title": "Decor Interiores"}
    ]


def test_a_price_changed_by_a_person_is_in_the_next_answer(urba: Tenant, write: Write) -> None:
    before = respond(write, "quanto custa o decor interiores?")
    assert "R$ 350" in replies(before)[-1]

    KnowledgeArticle.objects.filter(title="Decor Interiores").update(
        price="O Decor Interiores custa R$ 420 por ambiente."
    )
    after = respond(write, "quanto custa o decor interiores mesmo?")

    assert "R$ 420" in replies(after)[-1]
    assert "350" not in replies(after)[-1]


def test_only_the_first_answer_introduces(urba: Tenant, write: Write) -> None:
    respond(write, "oi")
    conversation_id = respond(write, "quanto custa a fachada?")

    assert Assistant.objects.get().introduction in replies(conversation_id)[0]
    assert replies(conversation_id)[1] == KnowledgeArticle.objects.get(title="Decor Fachada").price


def test_what_the_articles_do_not_cover_goes_to_a_person_with_an_honest_sentence(urba: Tenant, write: Write) -> None:
    conversation_id = respond(write, "vocês fazem paisagismo?")

    assert replies(conversation_id)[-1].endswith(Assistant.objects.get().unknown_reply)
    assert status(conversation_id) == "waiting_human"
    assert handoff_reason(conversation_id) == HandoffReason.ASSISTANT_DECIDED


def test_a_short_text_that_asks_nothing_is_asked_about_before_a_person_is_called(urba: Tenant, write: Write) -> None:
    conversation_id = respond(write, "lorem ipsum")

    assert replies(conversation_id)[-1].endswith(Assistant.objects.get().clarify_reply)
    assert status(conversation_id) == "active"


def test_a_described_project_goes_to_a_person(urba: Tenant, write: Write) -> None:
    conversation_id = respond(write, "sala 3x4 azul")

    assert replies(conversation_id)[-1].endswith(Assistant.objects.get().details_reply)
    assert status(conversation_id) == "waiting_human"
    assert provenance(conversation_id)["provider"] == "knowledge"


def test_a_file_alone_is_answered_and_causes_no_handoff(urba: Tenant, write: Write) -> None:
    conversation_id = respond(write, Content(kind=MessageKind.IMAGE, media=Media(mime_type="image/jpeg")))

    assert replies(conversation_id)[-1].endswith(Assistant.objects.get().media_reply)
    assert status(conversation_id) == "active"


def test_without_an_assistant_a_person_is_called(tenant: Tenant, write: Write) -> None:
    conversation_id = respond(write, "oi")

    assert status(conversation_id) == "waiting_human"
    assert replies(conversation_id) == []


def test_answering_twice_answers_once(urba: Tenant, write: Write) -> None:
    conversation_id, turn = write("oi")

    for _ in range(2):
        services.answer_customer(tenant_id="default", conversation_id=conversation_id, turn=turn)

    assert len(replies(conversation_id)) == 1


def test_the_model_answers_and_what_it_cost_is_recorded(urba: Tenant, model: ModelServer, write: Write) -> None:
    article = KnowledgeArticle.objects.get(title="Decor Fachada")
    model.replies = [
        says(
            answer(
                "Oi! A fachada sai por **R$ 350**, viu?",
                sources=[str(article.pk)],
                collected=[{"name": "Cômodo $x", "value": "frente"}],
            )
        )
    ]

    conversation_id = respond(write, "quanto é a fachada?")

    reply = replies(conversation_id)[-1]
    assert "A fachada sai por *R$ 350*, viu?" in reply
    assert reply.startswith(Assistant.objects.get().introduction)
    call = ModelCall.objects.get()
    assert (call.tenant_id, call.outcome, call.prompt_tokens) == ("default", "answered", 1200)
    assert float(call.cost_usd) == pytest.approx((176 * 0.10 + 1024 * 0.01 + 40 * 0.50) / 1_000_000)
    shown = provenance(conversation_id)
    assert shown["model"] == "gpt-6-luna"
    assert shown["prompt_version"] == 1
    assert shown["sources"] == [{"id": str(article.pk), "title": "Decor Fachada"}]
    found = conversations.conversation("default", conversation_id)
    assert found is not None
    assert found.collected == {"comodo_x": "frente"}


def test_the_model_hands_over(urba: Tenant, model: ModelServer, write: Write) -> None:
    model.replies = [says(answer("Vou chamar alguém da equipe!", action="hand_off", reason="quer negociar"))]

    conversation_id = respond(write, "quero negociar")

    assert status(conversation_id) == "waiting_human"
    assert "Vou chamar alguém da equipe!" in replies(conversation_id)[-1]


def test_the_model_resolves(urba: Tenant, model: ModelServer, write: Write) -> None:
    model.replies = [says(answer("Até mais!", action=Action.RESOLVE.value))]

    conversation_id = respond(write, "tchau")

    assert status(conversation_id) == "closed"
    assert len(replies(conversation_id)) == 1


FAULTS = {
    "429": [fails(429, "rate_limit_exceeded", headers={"retry-after-ms": "30"})],
    "quota": [fails(429, "insufficient_quota")],
    "key": [fails(401)],
    "500": [fails(500)],
    "nonsense": [Reply(b"<html>", content_type="text/html")],
    "schema": [says('{"foo": 1}')],
    "refusal": [says(None, refusal="no")],
    "empty": [says("")],
    "filter": [says(answer(), finish="content_filter")],
    "cut": [Reply({"a": 1}, cut=True)],
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failing_model_leaves_no_silence_and_costs_at_most_two_calls(
    urba: Tenant, model: ModelServer, write: Write, fault: str
) -> None:
    model.replies = FAULTS[fault]

    known = respond(write, "quanto custa o decor pintura?")
    unknown = respond(write, "qual o prazo de entrega?", who="5583988885555")

    assert KnowledgeArticle.objects.get(title="Decor Pintura").price in replies(known)[-1]
    assert status(known) == "active"
    persona = Assistant.objects.get()
    is_up = fault in ("refusal", "filter")
    assert replies(unknown)[-1].endswith(persona.unknown_reply if is_up else persona.unavailable_reply)
    assert status(unknown) == "waiting_human"
    reason = HandoffReason.ASSISTANT_DECIDED if is_up else HandoffReason.MODEL_UNAVAILABLE
    assert handoff_reason(unknown) == reason
    assert len(model.requests) <= 4


def test_a_short_wait_that_the_server_asks_for_is_waited(urba: Tenant, model: ModelServer, write: Write) -> None:
    model.replies = [fails(429, "rate_limit_exceeded", headers={"retry-after": "0.2"}), says(answer("Voltei!"))]

    conversation_id = respond(write, "oi")

    assert replies(conversation_id)[-1].endswith("Voltei!")
    assert {one["model"] for one in model.requests} == {"gpt-6-luna"}


def test_the_next_model_answers_when_the_first_fails(urba: Tenant, model: ModelServer, write: Write) -> None:
    model.replies = [fails(500), says(answer("Sou o outro modelo"))]

    conversation_id = respond(write, "oi")

    assert [one["model"] for one in model.requests] == ["gpt-6-luna", "gpt-5.6-luna"]
    assert provenance(conversation_id)["model"] == "gpt-5.6-luna"


def test_an_exhausted_quota_keeps_everybody_from_asking_again(urba: Tenant, model: ModelServer, write: Write) -> None:
    model.replies = [fails(429, "insufficient_quota")]
    respond(write, "quanto custa?")
    asked = len(model.requests)

    respond(write, "e a fachada?")

    assert asked == 2
    assert len(model.requests) == asked


def test_the_named_model_is_asked_first(urba: Tenant, model: ModelServer, write: Write, settings: LazySettings) -> None:
    settings.OPENAI_MODEL = "local-model"

    respond(write, "oi")

    assert model.requests[0]["model"] == "local-model"


def test_a_price_that_no_article_states_never_reaches_the_customer(
    urba: Tenant, model: ModelServer, write: Write
) -> None:
    model.replies = [says(answer("O Decor Interiores custa R$ 99!", sources=["1"]))]

    conversation_id = respond(write, "quanto custa o decor interiores?")

    assert "99" not in replies(conversation_id)[-1]
    assert KnowledgeArticle.objects.get(title="Decor Interiores").price in replies(conversation_id)[-1]
    assert ModelCall.objects.get().outcome == "rejected:price"


def test_the_day_s_budget_ends_the_calls(urba: Tenant, model: ModelServer, write: Write) -> None:
    ModelPolicy.objects.update(daily_budget_usd="0.01")
    ModelCall(tenant_id="default", provider="openai", outcome="answered", cost_usd="0.02").save()

    conversation_id = respond(write, "quanto custa a fachada?")

    assert model.requests == []
    assert "R$ 350" in replies(conversation_id)[-1]


def test_another_tenant_s_spending_counts_for_nobody_else(urba: Tenant, model: ModelServer, write: Write) -> None:
    ModelPolicy.objects.update(daily_budget_usd="0.01")
    ModelCall(tenant_id="vizinha", provider="openai", outcome="answered", cost_usd="0.02").save()

    respond(write, "quanto custa a fachada?")

    assert len(model.requests) == 1


def test_too_many_turns_in_an_hour_bring_a_person(urba: Tenant, write: Write) -> None:
    ReplyLimits.objects.create(tenant=urba, turns_per_customer_hour=2)

    for text in ("oi", "tudo bem", "boa tarde"):
        conversation_id = respond(write, text)

    assert replies(conversation_id)[-1] == Assistant.objects.get().limit_reply
    assert handoff_reason(conversation_id) == HandoffReason.BUDGET_SPENT


def test_the_same_text_again_and_again_is_a_machine(urba: Tenant, write: Write) -> None:
    ReplyLimits.objects.create(tenant=urba, loop_limit=4)

    for _ in range(6):
        conversation_id = respond(write, "Boa tarde")
        if status(conversation_id) != "active":
            conversation.return_to_assistant(tenant_id="default", conversation_id=conversation_id)

    silences = [one.silence for one in thread(conversation_id) if one.author == "customer"]
    assert silences[-1] is SilenceReason.LOOP
    assert len(replies(conversation_id)) == 3


def test_who_speaks_of_dying_gets_a_person_at_once(urba: Tenant, model: ModelServer, write: Write) -> None:
    conversation_id = respond(write, "não aguento mais, quero morrer")

    assert handoff_reason(conversation_id) == HandoffReason.SAFETY
    assert model.requests == []


def test_personal_data_does_not_leave_and_comes_back(urba: Tenant, model: ModelServer, write: Write) -> None:
    model.replies = [says(answer("Anotei o e-mail [EMAIL_1] e o telefone [TEL_1]!"))]

    conversation_id = respond(
        write, "Meu CPF é 529.982.247-25, e-mail carla@exemplo.com.br, fone (83) 98888-7777, cartão 4111 1111 1111 1111"
    )

    sent = str(model.requests)
    assert not [private for private in ("529.982", "carla@", "98888", "4111", "5583988887777") if private in sent]
    assert "[CPF_1]" in sent
    assert replies(conversation_id)[-1].endswith("Anotei o e-mail carla@exemplo.com.br e o telefone (83) 98888-7777!")


def test_a_placeholder_that_the_model_made_up_is_kept_back(urba: Tenant, model: ModelServer, write: Write) -> None:
    model.replies = [says(answer("Seu CPF é [CPF_9]"))]

    conversation_id = respond(write, "oi")

    assert "CPF" not in replies(conversation_id)[-1]


def test_another_tenant_has_its_own_assistant_articles_and_calls(urba: Tenant, write: Write) -> None:
    other = Tenant.objects.create(slug="vizinha", name="Vizinha")
    ours = {field.name: getattr(Assistant.objects.get(), field.name) for field in Assistant._meta.fields}
    Assistant.objects.create(**{**ours, "id": None, "tenant": other, "introduction": "Aqui é a Vizinha."})

    conversation_id = respond(write, "quanto custa o decor interiores?", tenant_id="vizinha")

    assert "350" not in replies(conversation_id, "vizinha")[-1]
    assert "Urba" not in replies(conversation_id, "vizinha")[-1].split("\n\n")[0]
    assert status(conversation_id, "vizinha") == "waiting_human"
