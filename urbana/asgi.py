"""What the web process serves: the webhook before Django, then Django and the live sockets."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "urbana.settings")
django_application = get_asgi_application()

from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope  # noqa: E402
from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402

from apps.common import lifespan  # noqa: E402
from urbana.routing import websocket  # noqa: E402

routes = ProtocolTypeRouter(
    {"http": django_application, "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(websocket))}
)


async def application(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Answer lifespan here (ProtocolTypeRouter cannot), the webhook next, and leave the rest to the routes."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    else:
        await routes(scope, receive, send)


async def _live(receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    await receive()
    await lifespan.start_all()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await lifespan.stop_all()
    await send({"type": "lifespan.shutdown.complete"})
