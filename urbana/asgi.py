"""What the web process serves: the webhook before Django, then Django and the live sockets."""

import os
import warnings

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "urbana.settings")
os.environ.setdefault("URBANA_PROCESS", "web")
# Nothing of ours may be imported before Django is set up.
django_application = get_asgi_application()

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope
from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter

from apps.common import lifespan
from apps.common.heartbeats import WebHeartbeat
from apps.common.origins import own_pages_only
from apps.gateway.webhook import PREFIX as WEBHOOKS
from apps.gateway.webhook import application as webhook
from urbana.routing import websocket

# WhiteNoise opens files synchronously; they are small, and in production nginx may serve them.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

lifespan.register(webhook)
lifespan.register(WebHeartbeat())

routes = ProtocolTypeRouter({"http": django_application, "websocket": own_pages_only(AuthMiddlewareStack(websocket))})


async def application(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Answer lifespan here (ProtocolTypeRouter cannot), the webhook next, and leave the rest to the routes."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "http" and scope["path"].startswith(WEBHOOKS):
        await webhook(scope, receive, send)
    else:
        await routes(scope, receive, send)


async def _live(receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    await receive()
    await lifespan.start_all()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await lifespan.stop_all()
    await send({"type": "lifespan.shutdown.complete"})
