"""The phone in the browser and the Graph address. Nobody logs in here; it is mounted for development and demonstrations only."""

import time
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from apps.simulator.engine import Engine, current_account, engine
from apps.simulator.meta.account import MetaAccount
from apps.simulator.phone.changes import PhoneCustomer
from apps.simulator.phone.drawing import Drawing
from apps.simulator.wire import WireRequest

View = Callable[..., Coroutine[Any, Any, HttpResponse]]


async def stage() -> tuple[MetaAccount, Engine] | None:
    """The account and the engine that plays Meta for it."""

    def found() -> tuple[MetaAccount, Engine] | None:
        account = current_account()
        return (account, engine(account.tenant_id, account.slug)) if account is not None else None

    return await sync_to_async(found, thread_sensitive=False)()


def for_customer(act: View) -> View:
    """A form post on behalf of one customer: finds the stage and the customer, acts, answers with the page."""

    @wraps(act)
    async def view(request: HttpRequest, key: str, **arguments: Any) -> HttpResponse:
        found = await stage()
        customer = found[1].world.customers.get(key) if found else None
        if found is None or customer is None:
            raise Http404
        return await act(request, found[0], found[1], customer, **arguments)

    return require_POST(view)


def done(request: HttpRequest, customer: PhoneCustomer) -> HttpResponse:
    """Scripts hear from the socket what became of it; a page without scripts is drawn anew."""
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    return redirect(f"{reverse('simulator:phone')}?customer={customer.key}")


@require_GET
async def phone(request: HttpRequest) -> HttpResponse:
    found = await stage()
    if found is None:
        return render(request, "simulator/no_account.html", status=503)
    account, play = found
    key = request.GET.get("customer", "")
    if key not in play.world.customers:
        key = next(iter(play.world.customers))
    theme = request.COOKIES.get("theme", "")
    context = Drawing(play.world, account, key).page(now=time.time())
    return render(request, "simulator/phone.html", {**context, "theme": theme if theme in ("light", "dark") else ""})


@require_GET
async def updates(request: HttpRequest, key: str) -> HttpResponse:
    """All live parts, for a page whose socket is down."""
    found = await stage()
    if found is None or key not in found[1].world.customers:
        raise Http404
    fragments = Drawing(found[1].world, found[0], key).everything(now=time.time())
    return JsonResponse({"fragments": [fragment.__dict__ for fragment in fragments]})


@csrf_exempt
async def graph(request: HttpRequest, path: str) -> HttpResponse:
    """Meta's Graph API for the simulator's account."""
    found = await stage()
    if found is None:
        raise Http404
    account, play = found
    # Reading the stream by hand leaves out Django's limit for forms: Meta takes files of up to 100 MB.
    wire = WireRequest(
        method=request.method or "GET",
        path=path,
        headers={name.lower(): value for name, value in request.headers.items()},
        query=request.GET.dict(),
        body=request.read(),
    )
    response = await play.wait(play.graph.answer(account, wire))
    if response.is_reset:
        # Django cannot break a connection; a gateway in between would say this.
        return HttpResponse(status=502)
    headers = {**dict(response.headers), "X-Content-Type-Options": "nosniff"}
    return HttpResponse(response.body, status=response.status, content_type=response.content_type, headers=headers)
