"""Meta's side of a WhatsApp number: answers Graph calls, remembers what was said, reports by webhook.

Everything runs on one event loop and speaks HTTP only; the product is reached by its webhook address and no other way.
"""

import asyncio
import base64
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from apps.simulator.meta import payloads
from apps.simulator.meta.account import MetaAccount
from apps.simulator.meta.courier import Courier, Parcel
from apps.simulator.meta.definitions import first_templates
from apps.simulator.meta.errors import GraphError
from apps.simulator.meta.faults import FAULTS, SendFault
from apps.simulator.meta.limits import RateLimits
from apps.simulator.meta.media import MemoryShelf, Shelf, check_attachment
from apps.simulator.meta.outbound import shown_message
from apps.simulator.meta.payloads import Json
from apps.simulator.meta.rules import BSUID, MEDIA_TYPES, address, check_message
from apps.simulator.meta.rules_template import Filled, check_template
from apps.simulator.meta.tokens import Tokens
from apps.simulator.phone.changes import (
    CustomerJoined,
    FaultsChanged,
    MessageShown,
    PhoneCustomer,
    ReactionShown,
    TemplateChanged,
    TickChanged,
    TypingShown,
)
from apps.simulator.phone.world import World

WINDOW_SECONDS = 24 * 3600
TYPING_SECONDS = 25
ACCEPTED_KEPT = 200_000


@dataclass(frozen=True)
class Pace:
    """How long Meta and the customer take. `answer_seconds` is the Graph call itself; the rest count from its answer."""

    answer_seconds: float = 0.05
    sent_seconds: float = 0.15
    delivered_seconds: float = 0.6
    read_seconds: float = 1.6


class MetaPlatform:
    """The stand-in. `is_strict` refuses ids that it has not seen (a stand-in that restarted has forgotten them all)."""

    def __init__(
        self,
        *,
        world: World | None = None,
        courier: Courier | None = None,
        shelf: Shelf | None = None,
        pace: Pace | None = None,
        limits: RateLimits | None = None,
        is_strict: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.world = world or World()
        self.courier = courier or Courier()
        self.shelf: Shelf = shelf or MemoryShelf()
        self.pace = pace or Pace()
        self.is_strict = is_strict
        self.clock = clock
        self.limits = limits or RateLimits(clock=clock)
        self.tokens = Tokens(clock=clock)
        self.courier.business = lambda: self.world.business
        for template in first_templates():
            self.world.apply(TemplateChanged(template=template))
        #: The latest sends that Meta took, for tests and benchmarks to read: (wamid, body).
        self.accepted: deque[tuple[str, Json]] = deque(maxlen=ACCEPTED_KEPT)
        self.keeps_accepted = False

    async def send_message(self, account: MetaAccount, body: Json) -> Json:
        """`POST /<phone number id>/messages` (§7). Raises GraphError."""
        if body.get("status") == "read":
            return self._mark_read(body)
        check_message(body)
        customer = self._recipient(account, address(body))
        self._check_files(body)
        template = self._check_template(body)
        self._check_business(body, customer)
        fault = self._take_fault()
        self._check_window(body, customer)
        self.limits.check(customer.key)
        if fault.code and not fault.fails_later:
            raise GraphError(fault.code, "Fault on order")
        if fault.hangs_seconds and not fault.is_accepted:
            await asyncio.sleep(fault.hangs_seconds)
            raise GraphError(2, "Fault on order")
        answer = self._accept(account, customer, body, fault, template)
        await asyncio.sleep(fault.hangs_seconds or self.pace.answer_seconds)
        return answer

    def _accept(
        self, account: MetaAccount, customer: PhoneCustomer, body: Json, fault: SendFault, template: Filled | None
    ) -> Json:
        wamid = new_wamid()
        kind = body.get("type", "text")
        if self.keeps_accepted:
            self.accepted.append((wamid, body))
        if kind == "reaction":
            self.world.record(ReactionShown(wamid=body["reaction"]["message_id"], emoji=body["reaction"]["emoji"]))
        else:
            shown = shown_message(body, wamid, customer.key, self.clock(), self.shelf, template)
            self.world.record(MessageShown(message=shown))
        self._report(account, customer, wamid, body, fault)
        card: Json = {"input": str(body.get("to") or body.get("recipient"))}
        if customer.phone:
            card["wa_id"] = customer.phone
        if customer.bsuid:
            card["user_id"] = customer.bsuid
        accepted: Json = {"id": wamid}
        if kind == "template":
            accepted["message_status"] = "accepted"
        return {"messaging_product": "whatsapp", "contacts": [card], "messages": [accepted]}

    def _report(self, account: MetaAccount, customer: PhoneCustomer, wamid: str, body: Json, fault: SendFault) -> None:
        """Plan the status webhooks of a send (§4): a reaction is only ever `sent`."""
        if fault.fails_later:
            self._plan(account, customer, wamid, body, "failed", self.pace.sent_seconds, error=fault.code)
            return
        self._plan(account, customer, wamid, body, "sent", self.pace.sent_seconds)
        if body.get("type") != "reaction" and self.world.faults.confirms:
            self._plan(account, customer, wamid, body, "delivered", self.pace.delivered_seconds)
            self._plan(account, customer, wamid, body, "read", self.pace.read_seconds)

    def _plan(
        self,
        account: MetaAccount,
        customer: PhoneCustomer,
        wamid: str,
        body: Json,
        state: str,
        after_seconds: float,
        *,
        error: int = 0,
    ) -> None:
        after_seconds += self.pace.answer_seconds
        element = payloads.status(
            wamid,
            state,
            self.clock() + after_seconds,
            phone=customer.phone,
            bsuid=customer.bsuid,
            callback=body.get("biz_opaque_callback_data", ""),
            error=error,
            details="Fault on order" if error else "",
        )
        value = {"contacts": [payloads.contact(customer)], "statuses": [element]}
        tick = TickChanged(wamid=wamid, status=state)
        parcel = Parcel(account, value, note=f"status:{state}", done=lambda: self.world.record(tick))
        self.courier.send(parcel, after_seconds=after_seconds)

    def _mark_read(self, body: Json) -> Json:
        """Blue ticks on this message and the earlier ones of its thread, and typing when asked (§7.1, M-TYP)."""
        if body.get("messaging_product") != "whatsapp" or not isinstance(body.get("message_id"), str):
            raise GraphError(131008, "message_id is required", rule="§7.1")
        known = self.world.messages.get(body["message_id"])
        if known is None or not known.is_mine:
            if self.is_strict:
                raise GraphError(131009, "There is no inbound message with this id", rule="§7.1")
            return {"success": True}
        for message in self.world.thread(known.customer):
            if message.is_mine and message.status != "read":
                self.world.record(TickChanged(wamid=message.wamid, status="read"))
            if message.wamid == known.wamid:
                break
        if isinstance(body.get("typing_indicator"), dict):
            self.world.record(TypingShown(customer=known.customer, until=self.clock() + TYPING_SECONDS))
        return {"success": True}

    def _recipient(self, account: MetaAccount, wanted: str) -> PhoneCustomer:
        """Who answers there; a number that nobody has written from yet gets a phone too."""
        if wanted == account.display_number:
            raise GraphError(131021, "Sender and recipient are the same", rule="§11 D")
        found = self.world.customer_at(wanted)
        if found is not None:
            return found
        is_bsuid = bool(BSUID.match(wanted))
        ids = {"bsuid": wanted} if is_bsuid else {"phone": wanted}
        customer = PhoneCustomer(key=wanted, name=wanted if is_bsuid else f"+{wanted}", **ids)
        self.world.record(CustomerJoined(customer=customer))
        return customer

    def _check_files(self, body: Json) -> None:
        kind = body.get("type", "text")
        if kind in MEDIA_TYPES and "id" in body[kind]:
            file = self.shelf.get(str(body[kind]["id"]))
            check_attachment(kind, file, voice=body[kind].get("voice") is True)

    def _check_template(self, body: Json) -> Filled | None:
        """Hold a template against its approved definition and give it filled in (§7.1)."""
        if body.get("type") != "template":
            return None
        part = body["template"]
        return check_template(self.world.template(part["name"], part["language"]["code"]), part, self.shelf)

    def _check_business(self, body: Json, customer: PhoneCustomer) -> None:
        """An account that Meta locked sends nothing; nobody writes to whom they blocked or who wants no offers (§11 D)."""
        state = self.world.business
        if state.is_locked:
            raise GraphError(131031, "The business account is locked", rule="§11 D")
        if state.number_status == "DISCONNECTED":
            raise GraphError(133010, "The phone number is not registered", rule="§11 D")
        if customer.key in state.blocked:
            raise GraphError(130403, "The business blocked this customer", rule="§11 D")
        if body.get("type") != "template":
            return
        if "RESTRICTED_BIZ_INITIATED_MESSAGING" in state.restrictions:
            raise GraphError(368, "The account may only answer for now", rule="§5")
        template = self.world.template(body["template"]["name"], body["template"]["language"]["code"])
        if template is not None and template.category == "MARKETING" and customer.key in state.without_marketing:
            raise GraphError(131050, "The customer has stopped marketing messages", rule="§11 D")

    def _check_window(self, body: Json, customer: PhoneCustomer) -> None:
        """Only templates outside the customer service window (§9). Who never wrote here is unknown, not closed, unless strict."""
        if body.get("type") == "template":
            return
        last = self.world.last_inbound.get(customer.key)
        is_old = (last is None and self.is_strict) or (last is not None and self.clock() - last > WINDOW_SECONDS)
        if is_old or customer.key in self.world.faults.window_closed:
            raise GraphError(131047, "More than 24 hours have passed since the customer last replied", rule="§9")

    def _take_fault(self) -> SendFault:
        """Use up the fault that was ordered for the next send."""
        faults = self.world.faults
        if not faults.next_send:
            return SendFault()
        self.world.record(FaultsChanged(faults=faults.model_copy(update={"next_send": ""})))
        return FAULTS.get(faults.next_send, SendFault())


def new_wamid() -> str:
    return "wamid." + base64.b64encode(b"HBg" + secrets.token_bytes(21)).decode()
