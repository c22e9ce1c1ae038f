"""A store that is away is waited for: what the clock and the wake-ups do now, they do again in a second."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from apps.common.mongo import STORE_ERRORS, is_outage

log = logging.getLogger(__name__)


@contextmanager
def waiting_out_outages(what: str) -> Iterator[None]:
    """End the block quietly when MongoDB went away in it; any other error rises."""
    try:
        yield
    except STORE_ERRORS as error:
        if not is_outage(error):
            raise
        log.warning("store_away", extra={"what": what, "reason": type(error).__name__})
