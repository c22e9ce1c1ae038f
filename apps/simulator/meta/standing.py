"""Whether this business may write to this customer now: locks, blocks, consent, window, reach (§5, §9, §10, §11 D)."""

from collections import OrderedDict

from apps.simulator.meta.errors import GraphError
from apps.simulator.meta.pace import Clock
from apps.simulator.meta.payloads import Json
from apps.simulator.phone.business import Template
from apps.simulator.phone.changes import PhoneCustomer
from apps.simulator.phone.world import World

WINDOW_SECONDS = 24 * 3600


class Standing:
    """Every check raises GraphError. With `is_strict` who never wrote here has a closed window, as with Meta."""

    def __init__(self, *, world: World, clock: Clock, is_strict: bool) -> None:
        self.world = world
        self.clock = clock
        self.is_strict = is_strict
        #: When each customer was last reached by a template outside the window.
        self._reached: OrderedDict[str, float] = OrderedDict()

    def check(self, body: Json, customer: PhoneCustomer, template: Template | None) -> None:
        state = self.world.business
        if state.is_locked:
            raise GraphError(131031, "The business account is locked", rule="§11 D")
        if state.number_status == "DISCONNECTED":
            raise GraphError(133010, "The phone number is not registered", rule="§11 D")
        if customer.key in state.blocked:
            raise GraphError(130403, "The business blocked this customer", rule="§11 D")
        if template is None:
            self._check_window(customer)
        else:
            self._check_template(customer, template)

    def is_open(self, customer: PhoneCustomer) -> bool:
        """Tell whether the customer service window is open; somebody who never wrote counts as unknown unless strict."""
        last = self.world.last_inbound.get(customer.key)
        is_old = (last is None and self.is_strict) or (last is not None and self.clock() - last > WINDOW_SECONDS)
        return not is_old and customer.key not in self.world.faults.window_closed

    def _check_window(self, customer: PhoneCustomer) -> None:
        """Only templates outside the customer service window (§9)."""
        if "RESTRICTED_CUSTOMER_INITIATED_MESSAGING" in self.world.business.restrictions:
            raise GraphError(368, "The account may not answer for now", rule="§5")
        if not self.is_open(customer):
            raise GraphError(131047, "More than 24 hours have passed since the customer last replied", rule="§9")

    def _check_template(self, customer: PhoneCustomer, template: Template) -> None:
        state = self.world.business
        if "RESTRICTED_BIZ_INITIATED_MESSAGING" in state.restrictions:
            raise GraphError(368, "The account may only answer for now", rule="§5")
        if template.category == "AUTHENTICATION" and not customer.phone:
            raise GraphError(131062, "An authentication template needs a phone number", rule="§6.1")
        if template.category == "MARKETING" and customer.key in state.without_marketing:
            raise GraphError(131050, "The customer has stopped marketing messages", rule="§11 D")
        if state.customers_per_day:
            self._count_reach(customer, state.customers_per_day)

    def _count_reach(self, customer: PhoneCustomer, limit: int) -> None:
        """So many different customers outside the window in 24 hours (§10)."""
        now = self.clock()
        last = self.world.last_inbound.get(customer.key)
        if last is not None and now - last <= WINDOW_SECONDS and customer.key not in self.world.faults.window_closed:
            return
        while self._reached and next(iter(self._reached.values())) <= now - WINDOW_SECONDS:
            self._reached.popitem(last=False)
        if customer.key not in self._reached and len(self._reached) >= limit:
            raise GraphError(131064, f"{limit} customers were reached in 24 hours", rule="§10")
        self._reached.setdefault(customer.key, now)
