"""Today's volume, answers and waits, and the life of a message."""

from datetime import timedelta

from apps.common import tracing
from apps.contracts.content import text_content
from apps.contracts.messages import Analysis
from apps.contracts.words import Author
from apps.conversations import selectors as conversations
from apps.conversations import services as commands
from apps.handoff import services as handoff
from apps.insights import selectors
from tests.handoff.cast import ask_for_person, handle, make_queue
from tests.words import says


def asks(text: str = "Quanto custa?", **given) -> str:
    """A customer asks the assistant something; gives the message's id."""
    with tracing.span("webhook"):
        return commands.receive_message(message=says(text, **given), analysis=Analysis(intent="price"))


def assistant_answers(message_id: str, text: str = "Custa R$ 350.") -> str | None:
    message = conversations.message("default", message_id)
    return commands.add_reply(
        tenant_id="default",
        conversation_id=message.conversation_id,
        author=Author.ASSISTANT,
        content=text_content(text),
        turn=message.turn,
        provenance={"model": "conhecimento", "sources": ["1"]},
    )


def ana_says(ana, conversation_id: str, text: str = "Oi!") -> None:
    commands.add_reply(
        tenant_id="default",
        conversation_id=conversation_id,
        author=Author.ATTENDANT,
        content=text_content(text),
        attendant_id=ana.id,
        attendant_name=ana.name,
    )
    handle("handoff.note_reply")


def test_today_counts_messages_answers_and_handoffs(ana, clock):
    question = asks()
    clock.advance(timedelta(seconds=4))
    assistant_answers(question)
    carla = ask_for_person()
    handle("handoff.open_ticket")
    clock.advance(timedelta(seconds=30))
    handoff.accept_conversation(attendant=ana, conversation_id=carla)
    ana_says(ana, carla)

    figures = selectors.today("default")

    assert (figures.inbound, figures.conversations, figures.unanswered) == (2, 2, 0)
    assert (figures.answered_by_assistant, figures.answered_by_person) == (1, 1)
    assert figures.handoffs_by_reason == {"asked_for_person": 1}
    assert figures.first_human_response_seconds == 30.0
    assert figures.first_response_seconds == 17.0


def test_notices_of_ours_are_nobodys_answer(ana):
    ask_for_person()
    handle("handoff.open_ticket")

    figures = selectors.today("default")

    assert figures.unanswered == 1
    assert figures.first_response_seconds is None


def test_another_tenants_day_is_empty(ana, held):
    make_queue("vizinha")

    assert selectors.today("vizinha").inbound == 0
    assert selectors.today("default").inbound == 1


def test_the_chart_has_a_value_for_every_day(ana, held):
    ana_says(ana, held)
    assistant_answers(asks(who="5583977777777"))

    series = selectors.last_days("default", days=14)

    assert len(series) == 14
    assert (series[-1].assistant_only, series[-1].with_person) == (1, 1)
    assert series[-1].resolved_share == 0.5
    assert series[0].conversations == 0
    assert series[0].resolved_share is None


def test_a_timeline_tells_the_whole_way_of_an_answered_message(ana):
    question = asks()
    assistant_answers(question)

    timeline = selectors.message_timeline("default", question)

    assert timeline.is_answered
    assert [row.title for row in timeline.rows if row.state == "done"] == [
        "Chegou do canal",
        "Guardada na conversa",
        "A assistente respondeu",
    ]
    assert "está saindo" in timeline.verdict
    assert timeline.trace_id


def test_it_says_why_there_was_no_answer(ana, held):
    waiting_for_ana = asks(who="5583988888888", account="simulator-default")
    spam = commands.receive_message(
        message=says("ganhe dinheiro", who="5583955555555"), analysis=Analysis(is_spam=True)
    )
    in_queue = conversations.messages("default", ask_for_person("Diego", phone="5583944444444"))[0].id

    verdicts = [selectors.message_timeline("default", one).verdict for one in (waiting_for_ana, spam, in_queue)]

    assert verdicts == [
        "Ana cuida desta conversa e ainda não respondeu a esta mensagem.",
        "Não houve resposta porque a mensagem foi marcada como spam.",
        "Ainda não houve resposta: a conversa espera por uma pessoa na fila Geral.",
    ]


def test_a_failed_answer_gives_its_cause(ana):
    question = asks()
    assistant_answers(question)
    conversation_id = conversations.message("default", question).conversation_id
    claimed = commands.claim_outbound(tenant_id="default", conversation_id=conversation_id)
    commands.settle_failed(claimed=claimed, code="131047", message="A janela de 24 horas já estava fechada.")

    timeline = selectors.message_timeline("default", question)

    assert not timeline.is_answered
    assert timeline.verdict == "A resposta ficou pronta, mas não chegou: A janela de 24 horas já estava fechada."
    assert timeline.rows[-1].state == "failed"


def test_another_tenants_message_has_no_timeline(ana):
    question = asks()

    assert selectors.message_timeline("vizinha", question) is None
