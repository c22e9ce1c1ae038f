"""When an account's templates are read again: every few hours, soon when somebody asks, later when the vendor asks to wait.

Kept in Redis, because losing it costs one more reading.
"""

import hashlib
from datetime import datetime, timedelta

from django.core.cache import cache

from apps.common import clock
from apps.contracts.base import Moment, Value
from apps.contracts.errors import SendError, UrbanaError
from apps.contracts.people import ChannelAccountValue

READ_EVERY = timedelta(hours=3)
#: News come in bursts; one reading answers all of them.
SOONEST_AGAIN = timedelta(seconds=20)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
#: Longer than a reading may take; a worker that dies leaves its claim for so long.
CLAIM_SECONDS = 180


class ReadingState(Value):
    """The last reading of an account's templates. `error` says what went wrong since, "" when nothing did.

    `is_held`: the vendor asked to be left alone until `again_at`, also by people.
    """

    read_at: Moment | None = None
    tries: int = 0
    again_at: Moment | None = None
    error: str = ""
    is_held: bool = False


def state_of(account: ChannelAccountValue) -> ReadingState:
    found = cache.get(_key(account))
    return ReadingState.model_validate_json(found) if isinstance(found, str) else ReadingState()


def is_due(account: ChannelAccountValue) -> bool:
    state, now = state_of(account), clock.now()
    if state.again_at is not None and now < state.again_at:
        return False
    if state.read_at is None:
        return True
    age = now - state.read_at
    return age >= READ_EVERY or (age >= SOONEST_AGAIN and cache.get(_key(account, "wanted")) is not None)


def want_reading(account: ChannelAccountValue) -> None:
    """Have the templates read at the clock's next look."""
    cache.set(_key(account, "wanted"), 1, 86_400)


def claim(account: ChannelAccountValue) -> bool:
    """Tell whether this caller reads now; False while somebody else does."""
    return bool(cache.add(_key(account, "reading"), 1, CLAIM_SECONDS))


def begin(account: ChannelAccountValue) -> None:
    """Forget who wanted this reading: what is wanted from here on needs another one."""
    cache.delete(_key(account, "wanted"))


def note_success(account: ChannelAccountValue, *, started_at: datetime) -> None:
    _keep(account, ReadingState(read_at=started_at))


def note_failure(account: ChannelAccountValue, error: UrbanaError) -> ReadingState:
    """Wait longer with each failure in a row, and at least as long as the vendor asks."""
    before = state_of(account)
    growing = min(FIRST_WAIT * 2 ** min(before.tries, 10), LONGEST_WAIT)
    state = ReadingState(
        read_at=before.read_at,
        tries=before.tries + 1,
        again_at=clock.now() + max(growing, error.retry_after or timedelta()),
        error=str(error)[:500],
        is_held=isinstance(error, SendError) and bool(error.too_fast),
    )
    _keep(account, state)
    return state


def _keep(account: ChannelAccountValue, state: ReadingState) -> None:
    cache.set(_key(account), state.model_dump_json(), None)
    cache.delete(_key(account, "reading"))


def _key(account: ChannelAccountValue, what: str = "state") -> str:
    # A new token, or another business account, is asked at once, whatever became of the old one.
    told = f"{account.business_account_id}:{account.access_token.get_secret_value()}"
    mark = hashlib.blake2b(told.encode(), digest_size=6).hexdigest()
    return f"templates:{account.tenant_id}:{account.slug}:{mark}:{what}"
