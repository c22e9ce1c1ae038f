"""Asking Meta about an account: a refusal is an answer, an outage is not."""

from collections.abc import Callable
from typing import Final

from apps.contracts.errors import SendError

#: The codes of a token that opens nothing.
TOKEN_REFUSED: Final = frozenset({"0", "102", "190"})


def refusal_of(ask: Callable[[], object]) -> SendError | None:
    """Ask, and give the refusal if there was one. An outage is raised: nothing was learned."""
    try:
        ask()
    except SendError as refused:
        if is_outage(refused):
            raise
        return refused
    return None


def is_outage(refused: SendError) -> bool:
    """Not reached, told to come back later, or answered by something that is not the Graph API: no verdict on the account.

    A bad token has a retry too, but it blocks the account.
    """
    return refused.code.startswith("http_") or (refused.retry_after is not None and not refused.blocks_account)
