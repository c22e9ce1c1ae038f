"""The real services in one process, driven a step at a time by seeded dice: processes overlap, die, and time passes.

Between any two transactions, and before, in and after every call to Meta, another process may do something (in a
context of its own, as another process would), or the one that stands there dies. MongoDB and Valkey are real; Meta is a
ledger behind the one function that speaks HTTP; the model's answer is a text.
"""

import contextvars
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from apps.common import mongo, outgoing, redis
from apps.common.mongo import new_id
from apps.contracts.content import text_content
from apps.contracts.events import ConversationUpdated
from apps.contracts.people import ChannelAccountValue
from apps.contracts.words import Author, HandoffReason
from apps.conversations import services as conversations
from apps.events import delivery
from apps.events.pipeline import handler
from apps.gateway import intake_health
from apps.gateway.documents import insert_deliveries, new_row
from apps.gateway.services import limits

ACCOUNT, NUMBER = "default", "330000000000001"
#: How deeply processes overlap: one stands still while another acts, during which a third may.
DEEPEST = 2
#: What Meta does with a request, and how often. The rest is accepted and answered.
MOODS = {
    "refused": 0.08,
    "never for good": 0.03,
    "500": 0.05,
    "500 after accepting": 0.06,
    "no answer": 0.03,
    "no answer after accepting": 0.06,
    "unreachable": 0.03,
    "fails later for now": 0.04,
    "fails later for good": 0.04,
}


class Killed(BaseException):
    """The process dies here: nothing catches it but the end of its own action."""


@dataclass
class Send:
    """One text that Meta accepted. `failed` once Meta says that it did not arrive after all."""

    wamid: str
    message_id: str
    callback: str
    address: str
    failed: bool = False


@dataclass
class World:
    """Everything that a seed decides, and what became of it."""

    seed: int
    phone: str
    now: datetime
    dice: random.Random = field(init=False)
    is_faulty: bool = True
    depth: int = 0
    kills: int = 0
    overlaps: int = 0
    acknowledged: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    reports: list[tuple[Send, str, str]] = field(default_factory=list)
    accepted: list[Send] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    actions: tuple[tuple[int, Callable[[], object]], ...] = ()

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)

    def chance(self, probability: float) -> bool:
        return self.is_faulty and self.dice.random() < probability

    # -- the seams --------------------------------------------------------------------------------------------
    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Stand between the services and their transactions, Meta, the clock and the model."""
        run, claim, finish = mongo._run, delivery._claim, delivery.settle

        def around(function: Callable[..., Any]) -> Callable[..., Any]:
            def stepped(*arguments: Any, **named: Any) -> Any:
                self.boundary()
                found = function(*arguments, **named)
                self.boundary()
                return found

            return stepped

        patch.setattr(mongo, "_run", around(run))
        patch.setattr(delivery, "_claim", around(claim))
        patch.setattr(delivery, "settle", around(finish))
        patch.setattr(delivery, "handler", lambda to: self.think if to == "ai.answer_customer" else handler(to))
        patch.setattr(outgoing, "request", self.request)
        patch.setattr("apps.common.clock.now", lambda: self.now)
        patch.setattr(intake_health, "time", self)
        # Nobody changes the configuration here, so nobody need look every second, which passes at once.
        patch.setattr("apps.tenants.cached._read_version", lambda *_: 1)

    def time(self) -> float:
        """The time of day, for what asks the time module."""
        return self.now.timestamp()

    def boundary(self) -> None:
        """Between two steps of a process: others act, or it dies."""
        if self.depth < DEEPEST and self.chance(0.15):
            self.overlaps += 1
            contextvars.Context().run(self.act)
        if self.depth and self.chance(0.05):
            self.kills += 1
            self.log.append("killed")
            raise Killed

    def act(self) -> None:
        """Let some process do something, which may kill it."""
        weights = [weight for weight, _ in self.actions]
        ((_, action),) = self.dice.choices(self.actions, weights)
        self.run(action)

    def run(self, action: Callable[[], object]) -> None:
        """Run one action of one process."""
        self.depth += 1
        self.log.append(getattr(action, "__name__", "deliver"))
        try:
            action()
        except Killed:
            pass
        finally:
            self.depth -= 1

    def think(self, event: ConversationUpdated) -> None:
        """The assistant's turn, without a model: it answers, or asks for a person."""
        self.boundary()
        if self.chance(0.08):
            conversations.request_handoff(
                tenant_id=event.tenant_id,
                conversation_id=event.conversation_id,
                reason=HandoffReason.ASSISTANT_DECIDED,
                turn=event.turn,
            )
            return
        conversations.add_reply(
            tenant_id=event.tenant_id,
            conversation_id=event.conversation_id,
            author=Author.ASSISTANT,
            content=text_content(f"Resposta à vez {event.turn}"),
            turn=event.turn,
        )

    # -- Meta -------------------------------------------------------------------------------------------------
    def request(self, method: str, url: str, *, json: Any = None, **_: Any) -> outgoing.Answer:
        """What `outgoing.request` would do with a call to the Graph API."""
        if not url.endswith("/messages") or json.get("status") == "read":
            return _answer(200, {"success": True})
        self.boundary()
        mood = self._mood()
        if mood == "unreachable":
            raise outgoing.NotSent
        if mood == "refused":
            return _error(429, 130429)
        if mood == "never for good":
            return _error(400, 131047)
        send = None if mood in ("500", "no answer") else self._accept(json, mood)
        self.boundary()
        if mood.startswith("no answer"):
            raise outgoing.NoAnswer
        if mood.startswith("500") or send is None:
            return _error(500, 131000)
        return _answer(200, {"contacts": [{"wa_id": send.address}], "messages": [{"id": send.wamid}]})

    def _mood(self) -> str:
        roll = self.dice.random() if self.is_faulty else 1.0
        for mood, probability in MOODS.items():
            roll -= probability
            if roll < 0:
                return mood
        return ""

    def _accept(self, body: dict[str, Any], mood: str) -> Send:
        callback = body["biz_opaque_callback_data"]
        wamid = f"wamid.{self.phone}.{len(self.accepted)}"
        send = Send(wamid, callback.partition(":")[0], callback, body["to"].lstrip("+"), mood.startswith("fails"))
        self.accepted.append(send)
        if send.failed:
            reports = [("failed", "130429" if mood.endswith("now") else "131047")]
            reports += [("sent", "")] if self.chance(0.5) else []
        else:
            # At least one of the three arrives; which, and in which order, is anybody's guess.
            kept = [one for one in ("sent", "delivered", "read") if not self.chance(0.3)] or ["delivered"]
            reports = [(one, "") for one in kept]
        self.reports += [(send, status, code) for status, code in reports]
        return send

    # -- what arrives ------------------------------------------------------------------------------------------
    def post(self, value: dict[str, Any]) -> None:
        """Store a body as the webhook does, which is when it is acknowledged."""
        value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": NUMBER}, **value}
        body = json.dumps({"entry": [{"id": "2100", "changes": [{"field": "messages", "value": value}]}]}).encode()
        self.bodies.append(body)
        self.store(body)

    def store(self, body: bytes) -> None:
        row = new_row(
            row_id=new_id(),
            tenant_id="default",
            account=ACCOUNT,
            kind="whatsapp",
            body=body,
            received_ns=int(self.now.timestamp() * 1e9) + len(self.bodies),
            traceparent="",
        )
        insert_deliveries([row])

    def report(self, place: int) -> None:
        """Let one of the statuses that wait at Meta arrive."""
        send, status, code = self.reports.pop(place)
        row = {
            "id": send.wamid,
            "status": status,
            "timestamp": str(int(self.now.timestamp())),
            "recipient_id": send.address,
            "biz_opaque_callback_data": send.callback,
            "errors": [{"code": int(code)}] if code else [],
        }
        self.post({"statuses": [row]})

    # -- time --------------------------------------------------------------------------------------------------
    def pass_time(self, seconds: float) -> None:
        """Let time pass, with a web process that beats throughout."""
        until = self.now + timedelta(seconds=seconds)
        while self.now < until:
            self.now = min(until, self.now + timedelta(seconds=3))
            intake_health.beat(refused=False)


def let_redis_forget(account: ChannelAccountValue) -> None:
    """Breakers and growing waits count real seconds, and here hours pass in a moment: let their time pass as well."""
    limits.breaker_for(account).record_success()
    redis.client().delete(redis.key("refusals", account.tenant_id, account.kind, account.slug, ""))


def start_of_time() -> datetime:
    return datetime.now(UTC)


def _answer(status: int, content: dict[str, Any]) -> outgoing.Answer:
    return outgoing.Answer(status, httpx.Headers(), json.dumps(content).encode())


def _error(status: int, code: int) -> outgoing.Answer:
    return _answer(status, {"error": {"code": code}})
