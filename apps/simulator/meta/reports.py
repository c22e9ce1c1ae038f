"""The status webhooks that follow a send, on time or as badly as ordered (protocols/whatsapp.md §4)."""

from apps.simulator.meta import payloads
from apps.simulator.meta.account import MetaAccount
from apps.simulator.meta.courier import Courier, Parcel
from apps.simulator.meta.faults import SendFault
from apps.simulator.meta.pace import Clock, Pace
from apps.simulator.meta.payloads import Json
from apps.simulator.phone.changes import PhoneCustomer, TickChanged
from apps.simulator.phone.world import World


class Reports:
    """Plans what Meta tells about each message that it took."""

    def __init__(self, *, world: World, courier: Courier, pace: Pace, clock: Clock) -> None:
        self.world = world
        self.courier = courier
        self.pace = pace
        self.clock = clock

    def plan(self, account: MetaAccount, customer: PhoneCustomer, wamid: str, body: Json, fault: SendFault) -> None:
        """A reaction is only ever `sent`, a voice note may be `played`; a failure is all that is heard of one that failed."""
        if fault.fails_later:
            steps = [("failed", self.pace.sent_seconds)]
        elif body.get("type") == "reaction" or not self.world.faults.confirms:
            steps = [("sent", self.pace.sent_seconds)]
        else:
            steps = [("sent", self.pace.sent_seconds), ("delivered", self.pace.delivered_seconds)]
            steps += [("read", self.pace.read_seconds)]
            if (body.get("audio") or {}).get("voice") is True:
                steps += [("played", self.pace.read_seconds + self.pace.delivered_seconds)]
        for state, seconds in self._spoilt(steps):
            self._plan(
                account, customer, wamid, body, state, seconds, error=(fault.code or 131000) if state == "failed" else 0
            )

    def _spoilt(self, steps: list[tuple[str, float]]) -> list[tuple[str, float]]:
        """Lose, delay, reorder or double the statuses when that was ordered."""
        faults = self.world.faults
        match faults.statuses:
            case "lost":
                return []
            case "late":
                return [(state, seconds + faults.late_seconds) for state, seconds in steps]
            case "reordered":
                states = [state for state, _ in reversed(steps)]
                return list(zip(states, (seconds for _, seconds in steps), strict=True))
            case "doubled":
                return [step for step in steps for _ in range(2)]
            case "skipped":
                return [step for step in steps if step[0] != "delivered"]
            case "revived":
                return [(state if state == "delivered" else "failed", seconds) for state, seconds in steps[:2]]
        return steps

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
            category=_category(body),
            error=error,
        )
        value = {"contacts": [payloads.contact(customer)], "statuses": [element]}
        tick = TickChanged(wamid=wamid, status=state)
        parcel = Parcel(account, value, note=f"status:{state}", done=lambda: self.world.record(tick))
        self.courier.send(parcel, after_seconds=after_seconds)


def _category(body: Json) -> str:
    """What the message is billed as (§4); a template's own category stands in its definition."""
    return str(body.get("category", "service"))
