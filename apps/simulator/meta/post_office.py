"""How an act on the phone becomes a bubble there and a webhook to the product."""

from collections import OrderedDict

from apps.simulator.meta import payloads
from apps.simulator.meta.account import MetaAccount
from apps.simulator.meta.courier import Parcel
from apps.simulator.meta.payloads import Json
from apps.simulator.meta.platform import MetaPlatform, new_wamid
from apps.simulator.phone.changes import (
    CustomerJoined,
    FaultsChanged,
    MessageShown,
    PhoneCustomer,
    PhoneMessage,
    TickChanged,
)

REMEMBERED = 1_000


class PostOffice:
    """Sends for any customer of one platform. What somebody blocked writes stays on their phone."""

    def __init__(self, platform: MetaPlatform) -> None:
        self.platform = platform
        #: The last webhook of each customer, for the redelivery that Meta's retries cause.
        self._last_values: OrderedDict[str, Json] = OrderedDict()

    def send(
        self,
        account: MetaAccount,
        customer: PhoneCustomer,
        content: Json,
        shown: Json | None,
        *,
        quoted: str = "",
        context: Json | None = None,
        at: float | None = None,
    ) -> str:
        """Post one element of `messages[]` and show it as `shown`, unless None. Returns its wamid."""
        world, now = self.platform.world, self.platform.clock()
        wamid = new_wamid()
        if quoted:
            context = {"from": account.display_number, "id": quoted}
        element = payloads.message(customer, wamid, at or now, content, context=context)
        value = payloads.message_value(customer, [element])
        if customer.key not in world.customers:
            world.record(CustomerJoined(customer=customer))
        if shown is not None:
            message = PhoneMessage(
                wamid=wamid, customer=customer.key, is_mine=True, at=at or now, status="sent", quoted=quoted, **shown
            )
            world.record(MessageShown(message=message))
            self._open_window(customer)
        self._remember(customer, value)
        acknowledged = TickChanged(wamid=wamid, status="delivered")
        self.post(account, customer, value, done=acknowledged)
        return wamid

    def post(
        self,
        account: MetaAccount,
        customer: PhoneCustomer,
        value: Json,
        *,
        field: str = "messages",
        done: TickChanged | None = None,
    ) -> None:
        """Post any value about a customer; `done` is recorded when the product has answered 200."""
        world = self.platform.world
        if customer.key in world.business.blocked:
            return
        after = (lambda: world.record(done)) if done is not None else None
        note = "" if field == "messages" else f"field:{field}"
        parcel = Parcel(account, value, field=field, note=note, keeps_order=field == "messages", done=after)
        self.platform.courier.send(parcel)

    def last_value(self, customer: PhoneCustomer) -> Json | None:
        return self._last_values.get(customer.key)

    def _remember(self, customer: PhoneCustomer, value: Json) -> None:
        self._last_values[customer.key] = value
        self._last_values.move_to_end(customer.key)
        if len(self._last_values) > REMEMBERED:
            self._last_values.popitem(last=False)

    def _open_window(self, customer: PhoneCustomer) -> None:
        faults = self.platform.world.faults
        if customer.key in faults.window_closed:
            left = tuple(key for key in faults.window_closed if key != customer.key)
            self.platform.world.record(FaultsChanged(faults=faults.model_copy(update={"window_closed": left})))
