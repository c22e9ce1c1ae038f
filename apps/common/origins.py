"""Which pages may open a live socket: cookies travel with it, and no token protects it."""

from typing import Any
from urllib.parse import urlsplit

from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable
from django.conf import settings
from django.http.request import split_domain_port, validate_host

LOCAL = ["localhost", "127.0.0.1", "[::1]"]


def own_pages_only(application: ASGI3Application) -> ASGI3Application:
    """Refuse a socket that a foreign page opens, or that asks for a host that is not ours."""

    async def guarded(scope: Any, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if is_own_page(dict(scope["headers"])):
            await application(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008, "reason": ""})

    return guarded


def is_own_page(headers: dict[bytes, bytes]) -> bool:
    """Browsers always name the page; a program that names none holds no stranger's cookies."""
    host = headers.get(b"host", b"").decode("latin-1")
    domain, _port = split_domain_port(host)
    if not validate_host(domain, settings.ALLOWED_HOSTS or LOCAL):
        return False
    origin = headers.get(b"origin", b"").decode("latin-1")
    return not origin or urlsplit(origin).netloc == host or origin in settings.CSRF_TRUSTED_ORIGINS
