"""Two customers become one, and can be parted again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from apps.common import clock, mongo
from apps.contracts.channels import SendReceipt
from apps.contracts.errors import MergeRefused
from apps.contracts.messages import Analysis
from apps.contracts.words import Author, ConversationStatus, HolderKind
from apps.conversations import selectors, services
from apps.conversations.documents import Conversation, Customer, Message
from apps.conversations.selectors.people import consents_of, merges_of
from apps.handoff import selectors as handoff
from apps.tenants.models import AuditEntry
from tests.conversations.conftest import receive
from tests.handoff.cast import handle, make_queue
from tests.words import CARLA, DIEGO, says

OTHER = "5583977776666"
PERSON = Analysis(wants_person=True)


@pytest.fixture
def elsewhere(conversation_id) -> str:
    """Carla also writes from another number; gives that conversation."""
    return receive(says("Sou eu, do outro número", who=OTHER, name="Carla S."))


def customer_of(conversation_id: str):
    found = selectors.conversation("default", conversation_id)
    return selectors.customer("default", found.customer_id)


def merge(kept: str, merged: str) -> str:
    """Merge the customers of two conversations; gives the merge's id."""
    return services.merge_customers(
        tenant_id="default",
        kept_id=customer_of(kept).id,
        merged_id=customer_of(merged).id,
        by_id="1",
        by="Ana",
    )


def undo(merge_id: str) -> None:
    services.undo_merge(tenant_id="default", merge_id=merge_id, by_id="1", by="Ana")


def state() -> dict:
    """Everything that merging may touch, without versions and the lines that say what happened."""
    customers = {str(one.id): one.to_mongo().to_dict() for one in Customer.objects}
    conversations = {str(one.id): one.to_mongo().to_dict() for one in Conversation.objects}
    for one in customers.values():
        for name in ("same_as", "not_same_as", "merged_into"):
            one.pop(name, None)
        one["identities"] = set(one["identities"])
    for one in conversations.values():
        one.pop("version")
    messages = {str(one.id): one.to_mongo().to_dict() for one in Message.objects(direction__ne="note")}
    return {"customers": customers, "conversations": conversations, "messages": messages}


def test_identities_conversations_and_messages_follow(conversation_id, elsewhere):
    services.close_conversation(tenant_id="default", conversation_id=elsewhere, outcome="solved")

    merge(conversation_id, elsewhere)

    [customer] = selectors.customers("default")
    assert {f"wa:{CARLA}", f"wa:{OTHER}"} <= set(customer.identities)
    assert customer.conversations == 2
    assert customer_of(elsewhere).id == customer.id
    assert {one.customer_id for one in Message.objects} == {customer.id}
    assert receive(says("De novo do outro", who=OTHER)) == conversation_id


def test_of_two_open_conversations_the_one_written_in_last_stays(conversation_id, elsewhere):
    merge(conversation_id, elsewhere)

    stays, goes = (selectors.conversation("default", one) for one in (elsewhere, conversation_id))
    assert stays.status is not ConversationStatus.CLOSED
    assert (goes.status, goes.outcome) == (ConversationStatus.CLOSED, "merged")


def test_the_conversation_that_a_person_holds_stays(conversation_id, elsewhere, take):
    take()

    merge(conversation_id, elsewhere)

    assert selectors.conversation("default", conversation_id).status is ConversationStatus.WITH_HUMAN
    assert selectors.conversation("default", elsewhere).status is ConversationStatus.CLOSED


def test_a_question_in_the_one_that_closes_goes_to_a_person(conversation_id, elsewhere, answer):
    make_queue("default")
    assert selectors.conversation("default", conversation_id).awaits_reply

    merge(conversation_id, elsewhere)

    stays = selectors.conversation("default", elsewhere)
    assert stays.holder.kind is HolderKind.QUEUE
    handle("handoff.open_ticket")
    [ticket] = handoff.tickets("default")
    assert ticket.conversation_id == elsewhere


def test_an_answered_conversation_closes_without_troubling_anybody(conversation_id, elsewhere, answer):
    answer("Olá!")

    merge(conversation_id, elsewhere)

    assert selectors.conversation("default", elsewhere).holder.kind is HolderKind.ASSISTANT


def test_two_conversations_that_people_have_are_not_merged(conversation_id, elsewhere, take):
    take()
    receive(says("quero uma pessoa", who=OTHER), PERSON)
    before = state()

    with pytest.raises(MergeRefused, match="Encerre uma delas"):
        merge(conversation_id, elsewhere)

    assert state() == before
    assert AuditEntry.objects.count() == 0


def test_a_ticket_follows_its_conversation(conversation_id, elsewhere):
    make_queue("default")
    receive(says("quero uma pessoa", who=OTHER), PERSON)
    handle("handoff.open_ticket")

    merge(conversation_id, elsewhere)

    [ticket] = handoff.tickets("default")
    assert ticket.conversation_id == elsewhere
    assert customer_of(elsewhere).id == customer_of(conversation_id).id


def test_undoing_restores_everything_as_it_was(conversation_id, elsewhere, take):
    take()
    receive(says("SAIR", who=OTHER), Analysis(intent="opt_out"))
    merged = customer_of(elsewhere)
    services.update_customer(
        tenant_id="default", customer_id=merged.id, tags=("vip",), custom={"bairro": "Catolé"}, name="Carla S."
    )
    before = state()

    merge_id = merge(conversation_id, elsewhere)
    assert state() != before
    undo(merge_id)

    after = state()
    assert after["customers"] == before["customers"]
    assert after["messages"] == before["messages"]
    assert after["conversations"] == before["conversations"]
    assert consents_of("default", merged.id)


def test_who_opted_out_under_either_name_has_opted_out(conversation_id, elsewhere):
    receive(says("SAIR", who=OTHER), Analysis(intent="opt_out"))

    merge(conversation_id, elsewhere)

    [customer] = selectors.customers("default")
    assert customer.opted_out_at is not None
    assert len(consents_of("default", customer.id)) == 1


def test_after_undoing_nobody_is_answered_at_the_others_number(conversation_id, elsewhere, take):
    take()
    merge_id = merge(conversation_id, elsewhere)
    receive(says("do outro número, depois da união", who=OTHER))
    assert Conversation.objects(id=conversation_id).first().address == OTHER

    undo(merge_id)

    assert Conversation.objects(id=conversation_id).first().address == CARLA
    assert Conversation.objects(id=elsewhere).first().address == OTHER


def test_a_conversation_begun_meanwhile_goes_to_who_wrote_in_it(conversation_id, elsewhere, answer):
    for one in (conversation_id, elsewhere):
        services.close_conversation(tenant_id="default", conversation_id=one, outcome="solved")
    other_id = customer_of(elsewhere).id
    merge_id = merge(conversation_id, elsewhere)
    begun = receive(says("Voltei", who=OTHER))

    undo(merge_id)

    assert selectors.conversation("default", begun).customer_id == other_id
    assert {one.customer_id for one in Message.objects(conversation_id=begun)} == {other_id}


def test_what_somebody_changed_since_stays(conversation_id, elsewhere):
    merged = customer_of(elsewhere)
    services.update_customer(tenant_id="default", customer_id=merged.id, tags=("vip",))
    merge_id = merge(conversation_id, elsewhere)
    kept = customer_of(conversation_id)
    assert kept.tags == ("vip",)
    services.update_customer(tenant_id="default", customer_id=kept.id, tags=("vip", "obra"))

    undo(merge_id)

    assert customer_of(conversation_id).tags == ("vip", "obra")


def test_both_are_written_down_with_who_did_it(conversation_id, elsewhere):
    kept, merged = customer_of(conversation_id), customer_of(elsewhere)

    undo(merge(conversation_id, elsewhere))

    done = list(AuditEntry.objects.order_by("pk"))
    assert [(one.action, one.actor_name, one.target_id) for one in done] == [
        ("merged", "Ana", kept.id),
        ("unmerged", "Ana", kept.id),
    ]
    assert done[0].after["other_id"] == merged.id


def test_a_merge_is_undone_once(conversation_id, elsewhere):
    merge_id = merge(conversation_id, elsewhere)
    undo(merge_id)

    with pytest.raises(MergeRefused):
        undo(merge_id)

    assert merges_of("default", customer_of(conversation_id).id) == []


def test_a_customer_is_merged_once(conversation_id, elsewhere):
    kept, merged = customer_of(conversation_id).id, customer_of(elsewhere).id
    services.merge_customers(tenant_id="default", kept_id=kept, merged_id=merged)

    with pytest.raises(MergeRefused):
        services.merge_customers(tenant_id="default", kept_id=kept, merged_id=merged)


def test_merges_that_stand_on_each_other_are_undone_in_their_order(conversation_id, elsewhere):
    third = receive(says("Oi", who=DIEGO, name="Carla de novo"))
    first_id = merge(conversation_id, elsewhere)
    second_id = merge(third, conversation_id)

    with pytest.raises(MergeRefused):
        undo(first_id)

    undo(second_id)
    undo(first_id)
    assert len(selectors.customers("default")) == 3


def test_the_neighbours_customer_cannot_be_merged(conversation_id):
    theirs = receive(says("Oi", who=OTHER, tenant_id="vizinha", account="vizinha-wa"))
    their_customer = selectors.conversation("vizinha", theirs).customer_id

    with pytest.raises(MergeRefused):
        services.merge_customers(tenant_id="default", kept_id=customer_of(conversation_id).id, merged_id=their_customer)

    assert len(selectors.customers("vizinha")) == 1


def test_an_answer_on_its_way_in_the_one_that_closes_still_leaves(conversation_id, elsewhere, answer):
    message_id = answer("Olá!")

    merge(conversation_id, elsewhere)

    claimed = services.claim_outbound(tenant_id="default", conversation_id=conversation_id)
    assert (claimed.message_id, claimed.address) == (message_id, CARLA)
    services.settle_sent(claimed=claimed, receipt=SendReceipt(external_id="wamid.OUT"))


@pytest.mark.django_db(transaction=True)
def test_messages_during_a_merge_end_with_the_one_customer(conversation_id, elsewhere):
    kept, merged = customer_of(conversation_id).id, customer_of(elsewhere).id
    messages = [says(f"mensagem {number}", who=OTHER if number % 2 else CARLA) for number in range(12)]

    with ThreadPoolExecutor(4) as pool:
        merging = pool.submit(services.merge_customers, tenant_id="default", kept_id=kept, merged_id=merged)
        list(pool.map(receive, messages))
        merging.result()

    assert {one.customer_id for one in Conversation.objects} == {kept}
    assert {one.customer_id for one in Message.objects} == {kept}
    assert Message.objects(text__startswith="mensagem").count() == 12
    assert Conversation.objects(is_open=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_merges_at_once_one_is_made(conversation_id, elsewhere):
    kept, merged = customer_of(conversation_id).id, customer_of(elsewhere).id

    def try_it(pair: tuple[str, str]) -> bool:
        try:
            services.merge_customers(tenant_id="default", kept_id=pair[0], merged_id=pair[1])
        except (MergeRefused, mongo.AlreadyExists):
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(try_it, [(kept, merged), (merged, kept)]))

    assert sorted(made) == [False, True]
    assert len(selectors.customers("default")) == 1


def test_the_thread_says_who_was_joined_and_parted(conversation_id, elsewhere):
    undo(merge(conversation_id, elsewhere))

    said = [one.content.fields.get("event") for one in selectors.messages("default", elsewhere)]
    assert "customers_merged" in said
    assert "customers_parted" in said
    authors = {one.author for one in selectors.messages("default", elsewhere) if one.content.fields.get("event")}
    assert authors == {Author.SYSTEM}
    assert clock.now() - selectors.messages("default", elsewhere)[-1].created_at < timedelta(minutes=5)
