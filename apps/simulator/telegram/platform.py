"""The vendor's side of one account: who wrote, what was sent, and what the customers see."""

import itertools
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from apps.simulator.telegram.account import BotAccount, Customer
from apps.simulator.telegram.courier import Courier
from apps.simulator.telegram.errors import BotApiError, bad
from apps.simulator.telegram.faults import FAULTS, Fault
from apps.simulator.telegram.files import FileShelf
from apps.simulator.telegram.rules import Json

#: How long a tapped button waits for its answer.
QUERY_SECONDS = 30
FIRST_UPDATE = 700_000_001
ACCEPTED_KEPT = 10_000


@dataclass
class Talk:
    """The private conversation of one customer with the account."""

    customer: Customer
    has_started: bool = False
    is_blocked: bool = False
    last_number: int = 10
    typing_until: float = 0
    messages: dict[int, Json] = field(default_factory=dict)
    reactions: dict[int, str] = field(default_factory=dict)

    def next_number(self) -> int:
        self.last_number += 1
        return self.last_number


@dataclass(frozen=True)
class Sent:
    """A call that the vendor took. `key` is "<conversation>:<message>", "" for what is no message."""

    method: str
    params: Json
    result: Any
    key: str = ""


class BotPlatform:
    """Everything runs on one event loop. `messages_per_second` for the account and one second per customer, when set (§4)."""

    def __init__(
        self,
        account: BotAccount,
        *,
        clock: Callable[[], float] = time.time,
        allows_loopback: bool = False,
        messages_per_second: int = 0,
    ) -> None:
        self.account = account
        self.clock = clock
        self.allows_loopback = allows_loopback
        self.courier = Courier(clock)
        self.files = FileShelf()
        self.talks: dict[int, Talk] = {}
        #: Old id → new id, for conversations that moved (§4).
        self.moved: dict[int, int] = {}
        self.queries: dict[str, tuple[int, float]] = {}
        self.answered_queries: list[str] = []
        self.accepted: deque[Sent] = deque(maxlen=ACCEPTED_KEPT)
        self.next_faults: deque[str] = deque()
        self._messages_per_second = messages_per_second
        self._sends: deque[float] = deque()
        self._updates = itertools.count(FIRST_UPDATE)

    # -- what customers do -------------------------------------------------------------------------------------
    def talk_with(self, customer: Customer) -> Talk:
        return self.talks.setdefault(customer.id, Talk(customer))

    def emit(self, kind: str, about: Json) -> Json:
        """Give an update its number and send it on its way."""
        update = {"update_id": next(self._updates), kind: about}
        self.courier.send(update)
        return update

    def new_query(self, customer: Customer) -> str:
        query = str(secrets.randbelow(10**16) + 10**16)
        self.queries[query] = customer.id, self.clock() + QUERY_SECONDS
        return query

    # -- what the account does ---------------------------------------------------------------------------------
    def recipient(self, params: Json) -> Talk:
        """Who gets it. Raises BotApiError for strangers, for who never wrote, and for who blocked the account (§4, §5)."""
        raw = params.get("chat_id")
        if isinstance(raw, bool) or not (isinstance(raw, int) or str(raw).lstrip("-").isdigit()):
            raise bad("chat_id is empty", rule="§3")
        if (new_id := self.moved.get(int(str(raw)))) is not None:
            raise BotApiError(
                400,
                "group chat was upgraded to a supergroup chat",
                rule="§4",
                parameters={"migrate_to_chat_id": new_id},
            )
        talk = self.talks.get(int(str(raw)))
        if talk is None:
            raise bad("chat not found", rule="§4")
        if not talk.has_started:
            raise BotApiError(403, "bot can't initiate conversation with a user", rule="§5")
        if talk.is_blocked:
            raise BotApiError(403, "bot was blocked by the user", rule="§4")
        return talk

    def check_pace(self) -> None:
        """Too many in a second are refused with the time to wait (§4)."""
        if not self._messages_per_second:
            return
        now = self.clock()
        while self._sends and self._sends[0] <= now - 1:
            self._sends.popleft()
        if len(self._sends) >= self._messages_per_second:
            raise BotApiError(429, "retry after 1", rule="§4", parameters={"retry_after": 1})
        self._sends.append(now)

    def take_fault(self) -> Fault:
        """Use up the fault that was ordered for the next send."""
        return FAULTS[self.next_faults.popleft()] if self.next_faults else Fault()

    def keep(self, talk: Talk, method: str, params: Json, content: Json) -> Json:
        """The message as the customer sees it and as the vendor answers."""
        number = talk.next_number()
        message: Json = {
            "message_id": number,
            "date": int(self.clock()),
            "chat": talk.customer.as_chat(),
            "from": self.account.as_user(),
            **content,
        }
        if "reply_markup" in params:
            message["reply_markup"] = params["reply_markup"]
        quoted = params.get("reply_parameters")
        if isinstance(quoted, dict):
            self._quote(talk, quoted, message)
        talk.messages[number] = message
        talk.typing_until = 0
        self.accepted.append(Sent(method, params, message, key=f"{talk.customer.id}:{number}"))
        return message

    def _quote(self, talk: Talk, quoted: Json, message: Json) -> None:
        found = talk.messages.get(int(quoted.get("message_id", 0)))
        if found is not None:
            message["reply_to_message"] = {name: one for name, one in found.items() if name != "reply_to_message"}
        elif quoted.get("allow_sending_without_reply") is not True:
            raise bad("message to be replied not found", rule="§3")
