"""People whom the business blocked: they cannot write to it, it cannot write to them (§7.3, §11 D, §13)."""

from apps.simulator.meta.errors import GraphError, status_error
from apps.simulator.meta.payloads import Json
from apps.simulator.meta.platform import MetaPlatform
from apps.simulator.meta.shapes import sequence, text
from apps.simulator.meta.standing import WINDOW_SECONDS
from apps.simulator.phone.changes import BusinessChanged, PhoneCustomer
from apps.simulator.wire import WireRequest, parameters

MOST_BLOCKED = 64_000


class Blocking:
    def __init__(self, platform: MetaPlatform) -> None:
        self.platform = platform

    def answer(self, method: str, request: WireRequest) -> Json:
        """`/<phone number id>/block_users`. Raises GraphError; 139100 says beside the error who was not blocked."""
        match method:
            case "GET":
                keys = self.platform.world.business.blocked
                known = (self.platform.world.customers.get(key) for key in keys)
                return {"data": [_card(customer) for customer in known if customer is not None], "paging": {}}
            case "POST":
                return self._change(parameters(request), is_blocked=True)
            case "DELETE":
                return self._change(parameters(request), is_blocked=False)
        raise GraphError(100, f"Unsupported method {method}", rule="§13")

    def _change(self, given: Json, *, is_blocked: bool) -> Json:
        if given.get("messaging_product") != "whatsapp":
            raise GraphError(100, "messaging_product must be whatsapp", rule="§7")
        done: list[Json] = []
        failed: list[Json] = []
        blocked = list(self.platform.world.business.blocked)
        for row in sequence(given, "block_users", "§13"):
            wanted = text(row, "user", "§13")
            customer = self.platform.world.customer_at(wanted.lstrip("+"))
            if customer is None or (is_blocked and not self._wrote_lately(customer)):
                failed.append({"input": wanted, "errors": [status_error(131047, "Did not write in the last 24 hours")]})
                continue
            blocked = [key for key in blocked if key != customer.key] + ([customer.key] if is_blocked else [])
            done.append({"input": wanted, **_card(customer)})
        if len(blocked) > MOST_BLOCKED:
            raise GraphError(139100, f"At most {MOST_BLOCKED} people can be blocked", rule="§7.3")
        state = self.platform.world.business.model_copy(update={"blocked": tuple(blocked)})
        self.platform.world.record(BusinessChanged(business=state))
        people = {
            "added_users" if is_blocked else "removed_users": done,
            **({"failed_users": failed} if failed else {}),
        }
        answer = {"messaging_product": "whatsapp", "block_users": people}
        if failed:
            raise GraphError(139100, "Failed to block some users", rule="§13", more=answer)
        return answer

    def _wrote_lately(self, customer: PhoneCustomer) -> bool:
        last = self.platform.world.last_inbound.get(customer.key)
        return last is not None and self.platform.clock() - last <= WINDOW_SECONDS


def _card(customer: PhoneCustomer) -> Json:
    ids = {"wa_id": customer.phone, "user_id": customer.bsuid}
    return {"messaging_product": "whatsapp", **{name: value for name, value in ids.items() if value}}
