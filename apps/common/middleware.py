"""What surrounds every Django request: a span, one log line, and the content security policy."""

import logging
import time
from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from typing import cast

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.decorators import sync_and_async_middleware

from apps.common import languages
from apps.common.tracing import span

logger = logging.getLogger(__name__)

Handler = Callable[[HttpRequest], HttpResponseBase]
AsyncHandler = Callable[[HttpRequest], Awaitable[HttpResponseBase]]

# Asked every few seconds by machines; a line each would bury the rest.
_QUIET_PATHS = ("/health/", "/metrics", "/static/")


@sync_and_async_middleware
def trace_request(get_response: Handler | AsyncHandler) -> Handler | AsyncHandler:
    """Run the request inside a span and write one line about it, without query string or body."""
    if iscoroutinefunction(get_response):

        async def traced_async(request: HttpRequest) -> HttpResponseBase:
            started = time.monotonic()
            with span(f"http {request.method}", path=request.path):
                response = await cast(AsyncHandler, get_response)(request)
                _log(request, response, started)
            return response

        return traced_async

    def traced(request: HttpRequest) -> HttpResponseBase:
        started = time.monotonic()
        with span(f"http {request.method}", path=request.path):
            response = cast(Handler, get_response)(request)
            _log(request, response, started)
        return response

    return traced


def _log(request: HttpRequest, response: HttpResponseBase, started: float) -> None:
    if request.path.startswith(_QUIET_PATHS) and response.status_code < 400:
        return
    logger.info(
        "request",
        extra={
            "method": request.method,
            "path": request.path,
            "status": response.status_code,
            "duration_ms": round((time.monotonic() - started) * 1000, 1),
        },
    )


class ChosenLanguageMiddleware(LocaleMiddleware):
    """Speaks the product's language, or the one a person chose; a browser's own language is no choice.

    A Brazilian team shares borrowed and English-language computers; half a page in each language helps nobody.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Activate the language of the cookie, else the product's."""
        language = languages.chosen(request.COOKIES)
        translation.activate(language)
        setattr(request, "LANGUAGE_CODE", language)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Say which language it is."""
        response.setdefault("Content-Language", translation.get_language())
        return response


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """django-csp, with the few additions that whole areas of the site need (the admin theme)."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Add what CONTENT_SECURITY_POLICY_ADDITIONS grants to this path, then write the header."""
        for prefix, additions in settings.CONTENT_SECURITY_POLICY_ADDITIONS.items():
            if request.path.startswith(prefix) and not hasattr(response, "_csp_update"):
                setattr(response, "_csp_update", additions)
        return super().process_response(request, response)
