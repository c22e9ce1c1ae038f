"""Who asks: every page of the console belongs to a login with an attendant profile."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from apps.console.spare import unless_away
from apps.contracts.conversations import ConversationValue, MessageValue
from apps.contracts.people import AttendantValue
from apps.conversations import selectors as conversations
from apps.handoff import services as handoff
from apps.tenants import selectors as tenants

P = ParamSpec("P")


class AttendantRequest(HttpRequest):
    attendant: AttendantValue


View = Callable[Concatenate[AttendantRequest, P], HttpResponseBase]


def for_attendants(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let attendants in, send everyone else to the login. Each request counts as presence."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("console:login"))
        attendant = tenants.attendant_for_user(request.user.pk)
        if attendant is None:
            raise PermissionDenied
        request.attendant = attendant  # type: ignore[attr-defined]
        # A poll is the page asking, not the person.
        is_active = request.path != reverse("console:updates")
        unless_away(lambda: handoff.heartbeat(attendant=attendant, is_active=is_active), None)
        try:
            response = view(request, *args, **kwargs)  # type: ignore[arg-type]
        except Http404:
            # The team never meets Django's own error page, which DEBUG would show.
            response = render(request, "404.html", status=404)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    return guarded


def for_supervisors(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let only supervisors in; an attendant gets 403."""

    @wraps(view)
    def supervised(request: AttendantRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.attendant.is_supervisor:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return for_attendants(supervised)


def load_conversation(request: AttendantRequest, conversation_id: str) -> ConversationValue:
    """Give a conversation that this attendant may see; anything else does not exist for them.

    Whoever took part in it and has passed it on is told so (403); nobody else learns that it exists (404).
    """
    found = conversations.conversation_for(request.attendant, conversation_id)
    if found is not None:
        return found
    passed_on = conversations.conversation(request.attendant.tenant_id, conversation_id)
    if passed_on is None or request.attendant.id not in passed_on.participants:
        raise Http404
    raise PermissionDenied(_("Esta conversa não está mais com você."))


def load_message(request: AttendantRequest, message_id: str) -> tuple[ConversationValue, MessageValue]:
    """Give a message of a conversation that this attendant may see."""
    message = conversations.message(request.attendant.tenant_id, message_id)
    if message is None:
        raise Http404
    return load_conversation(request, message.conversation_id), message
