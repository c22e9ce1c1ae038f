"""The whole state of a stand-in, bounded, in memory, built from changes alone."""

import re
import threading
from collections import OrderedDict, deque
from collections.abc import Callable

from apps.simulator.phone.business import BusinessState, Template, template_key
from apps.simulator.phone.changes import (
    BusinessChanged,
    Call,
    CallMade,
    Change,
    ChoiceTaken,
    CustomerJoined,
    Faults,
    FaultsChanged,
    MessageShown,
    PhoneCustomer,
    PhoneMessage,
    ReactionShown,
    TemplateChanged,
    TickChanged,
    TrafficCleared,
    TypingShown,
)

RANKS = {"": 0, "waiting": 0, "sent": 1, "failed": 1, "delivered": 2, "read": 3, "played": 4}
TEMPLATES_KEPT = 6_000
NINTH_DIGIT = re.compile(r"^55([1-9][1-9])9?([6-9]\d{7})$")


class World:
    """Customers, threads, ticks, traffic and faults. `record` applies a change and tells the listeners.

    Every collection forgets its oldest entries, so memory stays flat however long the stand-in runs.
    """

    def __init__(self, *, customers: int = 5_000, messages: int = 20_000, calls: int = 200, thread: int = 300) -> None:
        self.customers: OrderedDict[str, PhoneCustomer] = OrderedDict()
        self.messages: OrderedDict[str, PhoneMessage] = OrderedDict()
        self.threads: dict[str, deque[str]] = {}
        self.calls: deque[Call] = deque(maxlen=calls)
        self.call_count = 0
        self.typing: dict[str, float] = {}
        self.last_inbound: dict[str, float] = {}
        self.faults = Faults()
        self.templates: OrderedDict[str, Template] = OrderedDict()
        self.business = BusinessState()
        self.listeners: list[Callable[[Change], None]] = []
        self._numbers: dict[str, str] = {}
        self._limits = (customers, messages, thread)
        self._lock = threading.RLock()

    def record(self, change: Change) -> None:
        self.apply(change)
        for tell in tuple(self.listeners):
            tell(change)

    def apply(self, change: Change) -> None:
        """Take a change into the picture without telling anybody. Applying one twice does no harm."""
        with self._lock:
            match change:
                case CustomerJoined(customer=customer):
                    self._join(customer)
                case MessageShown(message=message):
                    self._show(message)
                case TickChanged(wamid=wamid, status=status):
                    self._tick(wamid, status)
                case TypingShown(customer=key, until=until):
                    self.typing[key] = until
                case ReactionShown(wamid=wamid, emoji=emoji):
                    self._update(wamid, emoji=emoji)
                case ChoiceTaken(wamid=wamid, choice=choice):
                    self._update(wamid, chosen=choice)
                case CallMade(call=call):
                    self.calls.appendleft(call)
                    self.call_count += 1
                case TrafficCleared():
                    self.calls.clear()
                    self.call_count = 0
                case FaultsChanged() | TemplateChanged() | BusinessChanged():
                    self._switch(change)

    def customer_at(self, address: str) -> PhoneCustomer | None:
        """Find who answers at a number or business-scoped id, with or without the ninth digit (§6.2)."""
        key = self._numbers.get(address) or self._numbers.get(canonical_number(address), "")
        return self.customers.get(key)

    def template(self, name: str, language: str) -> Template | None:
        return self.templates.get(template_key(name, language))

    def thread(self, key: str) -> list[PhoneMessage]:
        """The messages of a customer's phone, oldest first."""
        with self._lock:
            return [self.messages[wamid] for wamid in self.threads.get(key, ()) if wamid in self.messages]

    def is_typing(self, key: str, *, at: float) -> bool:
        return self.typing.get(key, 0) > at

    def _switch(self, change: FaultsChanged | TemplateChanged | BusinessChanged) -> None:
        match change:
            case FaultsChanged(faults=faults):
                self.faults = faults
            case BusinessChanged(business=business):
                self.business = business
            case TemplateChanged(template=template, is_gone=is_gone):
                self._keep_template(template, is_gone=is_gone)

    def _keep_template(self, template: Template, *, is_gone: bool) -> None:
        if is_gone:
            self.templates.pop(template.key, None)
        elif template.key in self.templates or len(self.templates) < TEMPLATES_KEPT:
            self.templates[template.key] = template

    def _join(self, customer: PhoneCustomer) -> None:
        before = self.customers.get(customer.key)
        if before is not None:
            self._forget_addresses(before)
        self.customers[customer.key] = customer
        for address in (customer.phone, customer.bsuid):
            if address:
                self._numbers[address] = customer.key
        if customer.phone:
            self._numbers.setdefault(canonical_number(customer.phone), customer.key)
        while len(self.customers) > self._limits[0]:
            gone, old = self.customers.popitem(last=False)
            self.threads.pop(gone, None)
            self.typing.pop(gone, None)
            self.last_inbound.pop(gone, None)
            self._forget_addresses(old)

    def _forget_addresses(self, customer: PhoneCustomer) -> None:
        for address in (customer.phone, customer.bsuid, canonical_number(customer.phone)):
            if self._numbers.get(address) == customer.key:
                del self._numbers[address]

    def _show(self, message: PhoneMessage) -> None:
        is_new = message.wamid not in self.messages
        self.messages[message.wamid] = message
        while len(self.messages) > self._limits[1]:
            self.messages.popitem(last=False)
        if is_new:
            self.threads.setdefault(message.customer, deque(maxlen=self._limits[2])).append(message.wamid)
        if message.kind == "note":
            return
        if message.is_mine:
            self.last_inbound[message.customer] = max(message.at, self.last_inbound.get(message.customer, 0))
        else:
            self.typing.pop(message.customer, None)

    def _tick(self, wamid: str, status: str) -> None:
        message = self.messages.get(wamid)
        if message is not None and RANKS.get(status, 0) > RANKS.get(message.status, 0):
            self._update(wamid, status=status)

    def _update(self, wamid: str, **fields: str) -> None:
        message = self.messages.get(wamid)
        if message is not None:
            self.messages[wamid] = message.model_copy(update=fields)


def canonical_number(phone: str) -> str:
    """A Brazilian mobile number with its ninth digit; any other unchanged (§6.2)."""
    found = NINTH_DIGIT.match(phone)
    return f"55{found[1]}9{found[2]}" if found else phone
