"""One seeded run over the real services: what may happen, how it recovers, and whether I1 to I4 hold in the end."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from apps.contracts.content import text_content
from apps.contracts.errors import AlreadyAssigned, NotHolder, WindowClosed
from apps.contracts.words import Author
from apps.conversations import services as conversations
from apps.conversations.documents import Conversation, Message
from apps.events import delivery, sweep
from apps.events.documents import EventRecord
from apps.gateway import intake_health
from apps.gateway import services as gateway
from apps.gateway.documents import RECEIVED, WebhookDelivery
from apps.tenants.selectors import account as account_of
from tests.protocol.real import ACCOUNT, World, let_redis_forget

#: I4 gives a minute after the faults have ended.
RECOVERED_WITHIN = timedelta(seconds=60)
STEPS = range(12, 22)
RANKS = {"sent": 1, "delivered": 2, "read": 3}
FINAL = {*RANKS, "failed", "unknown", "cancelled"}


class Run:
    """Customer, person, workers and clock around one conversation."""

    def __init__(self, seed: int, *, now: datetime, patch: pytest.MonkeyPatch) -> None:
        self.world = World(seed, phone=f"5583{900000000 + seed:09d}", now=now)
        self.world.install(patch)
        self.world.actions = (
            (2, self.customer_writes),
            (1, self.meta_repeats_a_webhook),
            (5, self.a_status_arrives),
            (6, self.workers_drain),
            (14, self.a_worker_takes_an_entry),
            (2, self.a_person_takes_over),
            (2, self.a_person_speaks),
            (1, self.a_person_gives_back),
            (2, self.the_clock_reconciles),
            (4, self.time_passes),
            (1, self.a_web_process_starts),
        )

    def violations(self) -> list[str]:
        """Let everything happen, then let it recover, and give what is wrong."""
        world = self.world
        intake_health.beat(refused=False)
        for first in (self.customer_writes, self.workers_drain, self.time_passes):
            world.run(first)
        for _ in range(world.dice.choice(STEPS)):
            world.act()
        took = self.recover()
        found = [*self.unanswered(), *self.out_of_order(), *self.doubled(), *self.disagreements()]
        return found + ([f"I4 still at work after {took}"] if took > RECOVERED_WITHIN else [])

    # -- what may happen ---------------------------------------------------------------------------------------
    def customer_writes(self) -> None:
        world = self.world
        wamid = f"wamid.IN.{world.phone}.{len(world.acknowledged)}"
        seconds = str(int(world.now.timestamp()))
        text = world.dice.choice(("Quanto custa?", "Bom dia", "E o prazo?", "Quero falar com uma pessoa"))
        message = {"from": world.phone, "id": wamid, "timestamp": seconds, "type": "text", "text": {"body": text}}
        world.post({"contacts": [{"wa_id": world.phone}], "messages": [message]})
        world.acknowledged.append(wamid)

    def meta_repeats_a_webhook(self) -> None:
        if self.world.bodies:
            self.world.store(self.world.dice.choice(self.world.bodies))

    def a_status_arrives(self) -> None:
        if self.world.reports:
            self.world.report(self.world.dice.randrange(len(self.world.reports)))

    def workers_drain(self) -> None:
        gateway.drain()

    def a_worker_takes_an_entry(self) -> None:
        entries = self.due()
        if entries:
            record_id, to, claims = self.world.dice.choice(entries)
            delivery.deliver(record_id, to, alone=claims >= delivery.CLAIMS_IN_COMPANY)

    def a_person_takes_over(self) -> None:
        self.person(lambda one: conversations.take_conversation(**one, attendant_id="1", attendant_name="Ana"))

    def a_person_speaks(self) -> None:
        said = {"author": Author.ATTENDANT, "content": text_content("Aqui é a Ana"), "attendant_id": "1"}
        self.person(lambda one: conversations.add_reply(**one, **said, attendant_name="Ana"))

    def a_person_gives_back(self) -> None:
        self.person(lambda one: conversations.return_to_assistant(**one, attendant_id="1", attendant_name="Ana"))

    def the_clock_reconciles(self) -> None:
        gateway.reconcile()

    def time_passes(self) -> None:
        self.world.pass_time(self.world.dice.choice((0.3, 1.0, 3.0, 12.0)))

    def a_web_process_starts(self) -> None:
        intake_health.beat(refused=True)

    def person(self, act: Callable[[dict[str, str]], Any]) -> None:
        conversation = self.conversation()
        if conversation is not None:
            try:
                act({"tenant_id": "default", "conversation_id": str(conversation.id)})
            except (AlreadyAssigned, NotHolder, WindowClosed) as lost:
                self.world.log.append(type(lost).__name__)

    # -- recovery ----------------------------------------------------------------------------------------------
    def recover(self) -> timedelta:
        """Let no further fault happen and everything that waits arrive; give how long it took until all was quiet."""
        world = self.world
        world.is_faulty = False
        began = world.now
        while world.reports:
            world.report(0)
        while world.now - began <= RECOVERED_WITHIN and not self.is_quiet():
            self.work()
            if not world.reports and not self.due():
                world.pass_time(4)
        return world.now - began

    def work(self) -> None:
        """What all workers and the clock do together."""
        configured = account_of(ACCOUNT)
        assert configured is not None
        let_redis_forget(configured)
        self.world.run(gateway.drain)
        self.world.run(gateway.ingest_alone)
        if any(claims >= delivery.MAX_CLAIMS for _, _, claims in self.due()):
            sweep.sweep()
        for record_id, to, claims in self.due():
            self.world.run(lambda: delivery.deliver(record_id, to, alone=claims >= delivery.CLAIMS_IN_COMPANY))  # noqa: B023
        while self.world.reports:
            self.world.report(0)
        if any(row.status in ("sending", "unconfirmed") for row in self.outbound()):
            gateway.reconcile()
        if not self.due():
            conversations.heal_lanes()

    def is_quiet(self) -> bool:
        return (
            not self.world.reports
            and EventRecord.objects(pending__0__exists=True).only("id").first() is None
            and WebhookDelivery.objects(status=RECEIVED).only("id").first() is None
            and all(row.status in FINAL for row in self.outbound())
        )

    # -- sight -------------------------------------------------------------------------------------------------
    def due(self) -> list[tuple[str, str, int]]:
        """The entries that any worker may claim now."""
        now = self.world.now
        records = EventRecord.objects(pending__due__lte=now).order_by("created_at")
        return [(str(one.id), entry.to, entry.claims) for one in records for entry in one.pending if entry.due <= now]

    def conversation(self) -> Conversation | None:
        found: Conversation | None = Conversation.objects(address=self.world.phone).first()
        return found

    def inbound(self) -> list[Message]:
        return self.messages("inbound")

    def outbound(self) -> list[Message]:
        return self.messages("outbound")

    def messages(self, direction: str) -> list[Message]:
        conversation = self.conversation()
        if conversation is None:
            return []
        return list(Message.objects(conversation_id=str(conversation.id), direction=direction).order_by("seq"))

    # -- the invariants ----------------------------------------------------------------------------------------
    def unanswered(self) -> list[str]:
        """I1: each acknowledged message is stored once and ends in a reply, a handoff, or a recorded silence."""
        stored = Counter(row.external_id for row in self.inbound())
        found = [
            f"I1 {wamid} is stored {stored[wamid]} times" for wamid in self.world.acknowledged if stored[wamid] != 1
        ]
        conversation = self.conversation()
        answered = max((row.turn for row in self.outbound() if row.status != "cancelled"), default=0)
        with_people = conversation is not None and conversation.status in ("waiting_human", "with_human")
        spoke = any(row.author == "attendant" for row in self.outbound())
        for row in self.inbound():
            if not (row.silence or with_people or spoke or row.turn <= answered):
                found.append(f"I1 {row.external_id} (turn {row.turn}) has no outcome")
        return found

    def out_of_order(self) -> list[str]:
        """I2: what reached the customer follows the order of the conversation."""
        rows = {str(row.id): row for row in self.outbound()}
        found, last = list[str](), {"seq": 0, "turn": 0}
        for send in self.world.accepted:
            row = rows.get(send.message_id)
            if row is None:
                found.append(f"I4 Meta accepted {send.callback}, which is not in the store")
            elif not send.failed:
                for number in ("seq", "turn") if row.author == "assistant" else ("seq",):
                    if getattr(row, number) < last[number]:
                        found.append(f"I2 {send.callback} has {number} {getattr(row, number)}, after {last[number]}")
                    last[number] = max(last[number], getattr(row, number))
        return found

    def doubled(self) -> list[str]:
        """I3: no text reaches the customer twice, no turn is answered twice."""
        copies = Counter(send.message_id for send in self.world.accepted if not send.failed)
        turns = Counter(row.turn for row in self.outbound() if row.author == "assistant")
        found = [f"I3 {message} was sent {count} times" for message, count in copies.items() if count > 1]
        return found + [f"I3 turn {turn} was answered {count} times" for turn, count in turns.items() if count > 1]

    def disagreements(self) -> list[str]:
        """I4: nothing is stuck, and the store says what Meta says."""
        conversation = self.conversation()
        found = [f"I4 lane stuck on {conversation.lane}"] if conversation is not None and conversation.lane else []
        arrived = {send.message_id for send in self.world.accepted if not send.failed}
        for row in self.outbound():
            is_shown = row.status in RANKS
            if row.status not in FINAL:
                found.append(f"I4 {row.id} never settled: {row.status}")
            elif is_shown != (str(row.id) in arrived):
                found.append(f"I4 {row.id} is {row.status}, Meta {'has' if str(row.id) in arrived else 'never had'} it")
        dead = [
            f"{one['to']} {one['reason']}"
            for record in EventRecord.objects(dead__0__exists=True)
            for one in record.dead
        ]
        return found + [f"I1 dead letter: {one}" for one in dead if "UrbanaError" not in one]
