"""What becomes of a message: spam, rules that people edit, wishes, ratings, consent."""

from datetime import timedelta

import pytest

from apps.common import clock
from apps.common.mongo import AlreadyExists
from apps.contracts.content import Choice, Content, Media
from apps.contracts.events import MessageProcessed
from apps.contracts.messages import Analysis
from apps.contracts.words import MessageKind
from apps.events.documents import EventRecord
from apps.plugins.models import PluginSetting
from apps.processor.models import RoutingRule, SpamRule
from apps.processor.seed import seed_rules
from apps.processor.services import analyse, process_message
from apps.tenants.models import ChannelAccount, HandoffRule, Queue, Tenant
from tests.words import says


def test_a_message_is_processed_and_published_once(tenant: Tenant) -> None:
    message = says("quanto custa?")

    analysis = process_message(message)

    assert analysis.intent == "price"
    [record] = EventRecord.objects(type="message.processed")
    assert record.key == f"default:pr:{message.account}:{message.external_id}"
    with pytest.raises(AlreadyExists):
        process_message(message)
    assert EventRecord.objects(type="message.processed").count() == 1


def test_asking_for_a_person_needs_no_configuration(tenant: Tenant) -> None:
    assert analyse(says("quero falar com um atendente")).wants_person
    assert not analyse(says("a pessoa que me atendeu foi ótima")).wants_person


def test_a_configured_phrase_brings_a_person_from_its_queue(tenant: Tenant) -> None:
    assert not analyse(says("Quero meu REEMBOLSO já")).handoff_rule
    queue = Queue.objects.create(tenant=tenant, slug="financeiro", name="Financeiro")
    HandoffRule.objects.create(tenant=tenant, name="Dinheiro de volta", phrases="quero meu reembolso", queue=queue)

    analysis = analyse(says("Quero meu REEMBOLSO já"))

    assert (analysis.handoff_rule, analysis.queue) == ("Dinheiro de volta", "financeiro")


SPAM = [
    ("phrase", "ganhe dinheiro * em casa", "GANHE DINHEIRO fácil em casa!", "ganhei uma casa"),
    ("link", "", "veja http://x.example.com/y", "veja a sala"),
    ("link", "bit.ly", "clique bit.ly/abc", "clique exemplo.com.br"),
    ("sender", "+55 83 98888-7777", "oi", ""),
    ("repetition", "", "compre ja " * 12, "compre ja"),
]


@pytest.mark.parametrize(("sign", "pattern", "bad", "good"), SPAM)
def test_a_spam_rule_judges_the_message(tenant: Tenant, sign: str, pattern: str, bad: str, good: str) -> None:
    assert not analyse(says(bad)).is_spam
    SpamRule.objects.create(tenant=tenant, name="regra", sign=sign, pattern=pattern, score=1)

    assert analyse(says(bad)).is_spam
    if good:
        assert not analyse(says(good)).is_spam


def test_weights_add_up_and_a_rule_switched_off_weighs_nothing(tenant: Tenant) -> None:
    SpamRule.objects.create(tenant=tenant, name="a", sign="link", score="0.5")
    half = analyse(says("http://exemplo.com"))
    other = SpamRule.objects.create(tenant=tenant, name="b", sign="phrase", pattern="oferta", score="0.5")

    assert (half.spam_score, half.is_spam) == (0.5, False)
    assert analyse(says("oferta http://exemplo.com")).is_spam
    other.is_active = False
    other.save()
    assert not analyse(says("oferta http://exemplo.com")).is_spam


def test_the_demo_rules_never_act_on_rate(tenant: Tenant) -> None:
    seed_rules(tenant)

    judged = [analyse(says(f"mensagem número {number}")) for number in range(60)]

    assert not any(one.is_spam or one.silence for one in judged)
    assert analyse(says("Ganhe dinheiro trabalhando em casa")).is_spam


ACTIONS = [
    ({"action": "reply", "reply": "Estamos de férias."}, {"reply": "Estamos de férias."}),
    ({"action": "tag", "tag": "obra"}, {"tags": ("obra",)}),
    ({"action": "assistant", "assistant": "zeca"}, {"assistant": "zeca"}),
    ({"action": "ignore"}, {"silence": "rule"}),
]


@pytest.mark.parametrize(("fields", "expected"), ACTIONS)
def test_a_routing_rule_does_what_it_says(tenant: Tenant, fields: dict[str, str], expected: dict[str, object]) -> None:
    RoutingRule.objects.create(tenant=tenant, name="regra", phrases="obra", **fields)

    changed = analyse(says("Tem OBRA?"))
    untouched = analyse(says("sobra algo?"))

    assert {name: getattr(changed, name) for name in expected} == expected
    assert {name: getattr(untouched, name) for name in expected} == {
        name: getattr(Analysis(), name) for name in expected
    }


def test_a_routing_rule_hands_to_a_queue(tenant: Tenant) -> None:
    queue = Queue.objects.create(tenant=tenant, slug="vendas", name="Vendas")
    RoutingRule.objects.create(tenant=tenant, name="Comprar", intent="price", action="queue", queue=queue)

    analysis = analyse(says("quanto custa?"))

    assert (analysis.handoff_rule, analysis.queue) == ("Comprar", "vendas")


def test_conditions_are_asked_together_or_apart(tenant: Tenant) -> None:
    account = ChannelAccount.objects.create(tenant=tenant, slug="outra", name="Outra")
    rule = RoutingRule.objects.create(tenant=tenant, name="r", phrases="sala", account=account, action="tag", tag="x")

    assert analyse(says("minha sala")).tags == ()
    assert analyse(says("minha sala", account="outra")).tags == ("x",)
    rule.match = "any"
    rule.save()
    assert analyse(says("minha sala")).tags == ("x",)


def test_rules_hold_in_their_period_and_order(tenant: Tenant) -> None:
    RoutingRule.objects.create(tenant=tenant, name="b", position=2, action="reply", reply="segunda")
    RoutingRule.objects.create(
        tenant=tenant,
        name="a",
        position=1,
        action="reply",
        reply="vencida",
        active_until=clock.now() - timedelta(days=1),
    )
    assert analyse(says("oi")).reply == "segunda"

    RoutingRule.objects.create(tenant=tenant, name="c", position=1, action="reply", reply="primeira", stops=False)

    assert analyse(says("oi")).reply == "primeira"


def test_a_rating_is_read_from_the_choice(tenant: Tenant) -> None:
    choice = Content(
        kind=MessageKind.LIST_REPLY, text="Ótimo", choice=Choice(id="csat:65f0c0ffee65f0c0ffee65f0:5", title="Ótimo")
    )

    analysis = analyse(says(choice))

    assert (analysis.rating, analysis.rated_conversation_id) == (5, "65f0c0ffee65f0c0ffee65f0")
    assert analyse(says(Content(kind=MessageKind.LIST_REPLY, choice=Choice(id="csat:x:9", title="?")))).rating is None


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("SAIR", "opt_out"),
        ("Sair!", "opt_out"),
        ("Parar", "opt_out"),
        ("parar, por favor", "opt_out"),
        ("STOP", "opt_out"),
        ("CANCELAR", "opt_out"),
        ("Não quero mais receber msg", "opt_out"),
        ("pare de mandar mensagens", "opt_out"),
        ("voltar", "opt_in"),
        ("VOLTAR 🙏", "opt_in"),
        ("quero voltar a receber", "opt_in"),
        ("Parar promoções", "marketing_opt_out"),
        ("não quero mais promoções", "marketing_opt_out"),
        ("quero promoções", "marketing_opt_in"),
        ("não quero parar", "other"),
        ("quero parar de pagar aluguel", "other"),
        ("quero cancelar a parede de drywall", "other"),
        ("vou sair agora", "other"),
        ("vou voltar amanhã", "other"),
        ("sair da sala pela varanda é possível?", "other"),
    ],
)
def test_consent_is_only_the_whole_message(tenant: Tenant, text: str, intent: str) -> None:
    assert analyse(says(text)).intent == intent


def test_a_caption_is_no_word_about_consent(tenant: Tenant) -> None:
    photo = Content(kind=MessageKind.IMAGE, text="sair", media=Media(mime_type="image/jpeg"))

    assert analyse(says(photo)).intent != "opt_out"


def test_an_enricher_works_once_the_tenant_switched_it_on(tenant: Tenant) -> None:
    assert analyse(says("moro no Catolé")).extra == {}

    PluginSetting.objects.create(tenant=tenant, plugin="enricher:neighbourhood", is_enabled=True)

    assert analyse(says("moro no Catolé")).extra["bairro"]


def test_another_tenant_s_rules_do_not_apply(tenant: Tenant) -> None:
    other = Tenant.objects.create(slug="vizinha", name="Vizinha")
    SpamRule.objects.create(tenant=other, name="r", sign="phrase", pattern="oi", score=1)
    RoutingRule.objects.create(tenant=other, name="r", action="ignore")

    assert not analyse(says("oi")).is_spam
    assert analyse(says("oi")).silence == ""
    assert analyse(says("oi", tenant_id="vizinha")).is_spam


def test_the_event_carries_the_whole_analysis(tenant: Tenant) -> None:
    message = says("oi")
    event = MessageProcessed(tenant_id="default", message=message, analysis=analyse(message))

    assert MessageProcessed.model_validate(event.model_dump(mode="json")) == event
