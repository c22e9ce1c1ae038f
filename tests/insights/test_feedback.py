"""The rating: asked for once, inside the window, kept once, and only from the customer it is about."""

from datetime import timedelta

from apps.contracts.content import Choice, Content
from apps.contracts.events import MessageReceived
from apps.contracts.messages import InboundMessage
from apps.contracts.words import HandoffOutcome, MessageKind
from apps.conversations import selectors as conversations
from apps.events import services as bus
from apps.handoff import services as handoff
from apps.insights import selectors
from tests.handoff.cast import handle, sent_to_customer
from tests.words import says

CARLA = "5583988888888"


def rates(conversation_id: str, rating: int, *, who: str = CARLA, tenant_id: str = "default") -> InboundMessage:
    choice = Choice(id=f"csat:{conversation_id}:{rating}", title="🙂 Bom")
    content = Content(kind=MessageKind.LIST_REPLY, text=choice.title, choice=choice)
    return says(content, who=who, tenant_id=tenant_id, account=f"simulator-{tenant_id}")


def arrives(message: InboundMessage) -> None:
    """Let a message run through the product's own pipeline."""
    bus.publish(
        MessageReceived(tenant_id=message.tenant_id, message=message), key=f"in:{message.account}:{message.external_id}"
    )
    handle("processor.process_message")
    handle("conversations.advance_conversation")
    handle("insights.record_feedback")


def test_the_customer_of_a_closed_conversation_is_asked_with_five_faces(closed):
    handle("insights.ask_for_feedback")

    asked = conversations.messages("default", closed)[-1]
    assert asked.content.kind is MessageKind.LIST
    assert [choice.id for choice in asked.content.choices] == [f"csat:{closed}:{n}" for n in (5, 4, 3, 2, 1)]
    assert all(len(choice.title) <= 24 for choice in asked.content.choices)
    assert asked.content.text.startswith("Carla, como foi")


def test_the_rating_shows_on_the_conversation_and_is_thanked_for(closed):
    handle("insights.ask_for_feedback")

    arrives(rates(closed, 5))

    assert conversations.conversation("default", closed).rating == 5
    assert selectors.feedback("default", closed).rating == 5
    assert selectors.today("default").ratings.average == 5.0
    assert sent_to_customer(closed)[-1].startswith("Que bom saber")


def test_a_rating_opens_no_conversation_and_wakes_no_assistant(closed):
    handle("insights.ask_for_feedback")

    arrives(rates(closed, 4))

    carlas = conversations.list_conversations("default").items
    assert [one.id for one in carlas] == [closed]
    assert conversations.messages("default", closed)[-1].author.value == "system"


def test_only_the_first_rating_counts(closed):
    handle("insights.ask_for_feedback")
    arrives(rates(closed, 2))
    before = sent_to_customer(closed)

    arrives(rates(closed, 5))

    assert conversations.conversation("default", closed).rating == 2
    assert sent_to_customer(closed) == before


def test_nobody_rates_for_somebody_else(closed):
    handle("insights.ask_for_feedback")

    arrives(rates(closed, 1, who="5583911112222"))
    arrives(rates(closed, 1, tenant_id="vizinha"))

    assert conversations.conversation("default", closed).rating is None


def test_outside_the_window_nobody_is_asked(closed, clock):
    clock.advance(timedelta(hours=25))

    handle("insights.ask_for_feedback")

    assert selectors.feedback("default", closed) is None
    assert conversations.messages("default", closed)[-1].content.kind is not MessageKind.LIST


def test_a_conversation_that_returns_to_the_assistant_is_not_rated(ana, held):
    handoff.complete(attendant=ana, conversation_id=held, outcome=HandoffOutcome.RETURNED)

    handle("insights.ask_for_feedback")

    assert selectors.feedback("default", held) is None


def test_the_attendant_may_close_without_asking(ana, held):
    handoff.complete(attendant=ana, conversation_id=held, outcome=HandoffOutcome.CLOSED, ask_rating=False)

    handle("insights.ask_for_feedback")

    assert selectors.feedback("default", held) is None
