"""Which language a person reads: the one they chose, else the product's. A browser's own language is no choice."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.utils import translation


def chosen(cookies: Mapping[str, str]) -> str:
    """The language of the cookie that Django's `set_language` writes; the product's without one."""
    language = cookies.get(settings.LANGUAGE_COOKIE_NAME, "")
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def draw_in(language: str, draw: Callable[..., Any], *args: Any) -> Any:
    """Call `draw` in a language, wherever no request has chosen one: on the threads behind a socket."""
    with translation.override(language):
        return draw(*args)
