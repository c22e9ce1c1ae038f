"""Meta's side of a WhatsApp number: answers Graph calls, remembers what was said, reports by webhook.

Everything runs on one event loop and speaks HTTP only; the product is reached by its webhook address and no other way.
"""

import asyncio
import base64
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from apps.simulator.meta.account import MetaAccount
from apps.simulator.meta.courier import Courier
from apps.simulator.meta.definitions import first_templates
from apps.simulator.meta.errors import GraphError
from apps.simulator.meta.faults import SendFault, send_fault
from apps.simulator.meta.limits import RateLimits
from apps.simulator.meta.media import MemoryShelf, Shelf, check_attachment
from apps.simulator.meta.outbound import shown_message
from apps.simulator.meta.pace import Pace
from apps.simulator.meta.payloads import Json
from apps.simulator.meta.reports import Reports
from apps.simulator.meta.rules import BSUID, MEDIA_TYPES, address, check_message
from apps.simulator.meta.rules_template import check_template
from apps.simulator.meta.standing import Standing
from apps.simulator.meta.tokens import Tokens
from apps.simulator.phone.business import Template
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

TYPING_SECONDS = 25
#: How long a message can be quoted, reacted to or marked as read (§7.1).
REACHABLE_SECONDS = 30 * 24 * 3600
ACCEPTED_KEPT = 200_000
__all__ = ["MetaPlatform", "Pace", "new_wamid"]


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
        self.standing = Standing(world=self.world, clock=clock, is_strict=is_strict)
        self.reports = Reports(world=self.world, courier=self.courier, pace=self.pace, clock=clock)
        self.courier.business = lambda: self.world.business
        for template in first_templates():
            self.world.apply(TemplateChanged(template=template))
        #: The latest sends that Meta took, for tests and benchmarks to read: (wamid, body).
        self.accepted: deque[tuple[str, Json]] = deque(maxlen=ACCEPTED_KEPT)
        self.keeps_accepted = False

    async def send_message(self, account: MetaAccount, body: Json) -> Json:
        """`POST /<phone number id>/messages` (§7). Raises GraphError, or ConnectionResetError when that was ordered."""
        if body.get("status") == "read":
            return self._mark_read(body)
        check_message(body)
        customer = self._recipient(account, address(body))
        self._check_files(body)
        self._check_target(body)
        template = self._template(body)
        fault = self._take_fault(customer)
        self.standing.check(body, customer, template)
        self.limits.check(customer.key)
        if not fault.is_accepted:
            await _fail(fault)
        answer = self._accept(account, customer, body, fault)
        if not fault.fails_later:
            await _fail(fault)
        await asyncio.sleep(self.pace.answer_seconds)
        return answer

    def _accept(self, account: MetaAccount, customer: PhoneCustomer, body: Json, fault: SendFault) -> Json:
        """Take a message: show it, plan its statuses. Whom nobody knows gets nothing, which only a status tells (§11 D)."""
        wamid = new_wamid()
        kind = body.get("type", "text")
        if self.keeps_accepted:
            self.accepted.append((wamid, body))
        template = self._template(body)
        if customer.key not in self.world.customers:
            fault = replace(fault, code=131026, fails_later=True)
        elif kind == "reaction":
            self.world.record(ReactionShown(wamid=body["reaction"]["message_id"], emoji=body["reaction"]["emoji"]))
        else:
            filled = check_template(template, body["template"], self.shelf, now=self.clock()) if template else None
            shown = shown_message(body, wamid, customer.key, self.clock(), self.shelf, filled)
            self.world.record(MessageShown(message=shown))
        category = template.category.lower() if template else "service"
        self.reports.plan(account, customer, wamid, {**body, "category": category}, fault)
        card: Json = {"input": str(body.get("to") or body.get("recipient"))}
        if customer.phone:
            card["wa_id"] = customer.phone
        if customer.bsuid:
            card["user_id"] = customer.bsuid
        accepted: Json = {"id": wamid}
        if kind == "template":
            accepted["message_status"] = "accepted"
        return {"messaging_product": "whatsapp", "contacts": [card], "messages": [accepted]}

    def _mark_read(self, body: Json) -> Json:
        """Blue ticks on this message and the earlier ones of its thread, and typing when asked (§7.1, M-TYP)."""
        if body.get("messaging_product") != "whatsapp" or not isinstance(body.get("message_id"), str):
            raise GraphError(131008, "message_id is required", rule="§7.1")
        known = self.world.messages.get(body["message_id"])
        if known is None or not known.is_mine or self.clock() - known.at > REACHABLE_SECONDS:
            if self.is_strict:
                raise GraphError(131009, "There is no inbound message with this id of the last 30 days", rule="§7.1")
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
        """Who answers there. A number that nobody has written from yet gets a phone too, unless WhatsApp does not know it.

        It does not know one form of a number whose owner has only the other (§6.2), what was ordered to be unreachable,
        and, when strict, whoever never wrote. Such a customer is in no world, which `_accept` reads as 131026.
        """
        if wanted == account.display_number:
            raise GraphError(131021, "Sender and recipient are the same", rule="§11 D")
        found = self.world.customer_at(wanted)
        is_other_form = found is not None and found.is_one_form and wanted not in (found.phone, found.bsuid)
        is_unknown = is_other_form or wanted in self.world.faults.unreachable or (found is None and self.is_strict)
        if found is not None and not is_unknown:
            return found
        is_bsuid = bool(BSUID.match(wanted))
        ids = {"bsuid": wanted} if is_bsuid else {"phone": wanted}
        key = f"unknown:{wanted}" if is_unknown else wanted
        customer = PhoneCustomer(key=key, name=wanted if is_bsuid else f"+{wanted}", **ids)
        if not is_unknown:
            self.world.record(CustomerJoined(customer=customer))
        return customer

    def _check_files(self, body: Json) -> None:
        """Every file that goes out by id must be there, of the right kind and small enough (§8)."""
        kind = body.get("type", "text")
        part: Json = body[kind] if kind in MEDIA_TYPES else {}
        if kind == "interactive":
            header = body["interactive"].get("header") or {}
            kind = str(header.get("type", "")).lower()
            part = header.get(kind, {}) if kind in MEDIA_TYPES else {}
        if "id" in part:
            file = self.shelf.get(str(part["id"]))
            check_attachment(kind, file, now=self.clock(), voice=part.get("voice") is True)

    def _check_target(self, body: Json) -> None:
        """What is quoted or reacted to must be known and not older than 30 days, when strict (§7.1)."""
        targets = [(body.get("context") or {}).get("message_id"), (body.get("reaction") or {}).get("message_id")]
        for wamid in targets:
            known = self.world.messages.get(wamid) if wamid else None
            is_gone = known is None or self.clock() - known.at > REACHABLE_SECONDS
            if wamid and self.is_strict and is_gone:
                raise GraphError(131009, "There is no message with this id, or it is older than 30 days", rule="§7.1")

    def _template(self, body: Json) -> Template | None:
        """The approved template that a send asks for, held against what it gives (§7.1); None for any other kind."""
        if body.get("type") != "template":
            return None
        part = body["template"]
        template = self.world.template(part["name"], part["language"]["code"])
        check_template(template, part, self.shelf, now=self.clock())
        return template

    def _take_fault(self, customer: PhoneCustomer) -> SendFault:
        """The fault ordered for this customer, or for every send; one for the next send is used up."""
        faults = self.world.faults
        lasting = faults.by_customer.get(customer.key, "") or faults.every_send
        if lasting:
            return send_fault(lasting)
        if not faults.next_send:
            return SendFault()
        later = faults.later_sends
        left = {"next_send": later[0] if later else "", "later_sends": later[1:]}
        self.world.record(FaultsChanged(faults=faults.model_copy(update=left)))
        return send_fault(faults.next_send)


async def _fail(fault: SendFault) -> None:
    """Keep the caller waiting, break the connection or answer with an error, as ordered."""
    if fault.hangs_seconds:
        await asyncio.sleep(fault.hangs_seconds)
    if fault.resets:
        raise ConnectionResetError
    if fault.code or (fault.hangs_seconds and not fault.is_accepted):
        raise GraphError(fault.code or 2, "Fault on order")


def new_wamid() -> str:
    return "wamid." + base64.b64encode(b"HBg" + secrets.token_bytes(21)).decode()
