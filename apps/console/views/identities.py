"""Two customers who are one person: make them one, say that they are not, part them again."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.console import drawing
from apps.console.attending import AttendantRequest, for_attendants, load_conversation
from apps.console.pages import page_context
from apps.contracts.conversations import CustomerValue, MergeValue
from apps.contracts.errors import MergeRefused
from apps.conversations import selectors as conversations
from apps.conversations import services
from apps.conversations.selectors import people


@for_attendants
@require_http_methods(["GET", "POST"])
def merge(request: AttendantRequest, conversation_id: str, other_id: str) -> HttpResponse:
    """Ask first, then make the other customer part of the one of this conversation."""
    found = load_conversation(request, conversation_id)
    other = _proposed(request, found.customer_id, other_id)
    if request.method == "GET":
        context = {"conversation": found, "other": other, "form": "console/_merge_form.html"}
        return _asked(request, context)
    try:
        services.merge_customers(
            tenant_id=found.tenant_id,
            kept_id=found.customer_id,
            merged_id=other.id,
            by_id=request.attendant.user_id,
            by=request.attendant.name,
        )
    except MergeRefused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(
            request, _("%(one)s e %(other)s agora são um só cliente.") % _names(found.customer_name, other)
        )
    return drawing.done(request, found.id)


@for_attendants
@require_POST
def keep_apart(request: AttendantRequest, conversation_id: str, other_id: str) -> HttpResponse:
    """They are not the same person: they are not proposed again."""
    found = load_conversation(request, conversation_id)
    other = _proposed(request, found.customer_id, other_id)
    services.dismiss_same(
        tenant_id=found.tenant_id,
        customer_id=found.customer_id,
        other_id=other.id,
        by_id=request.attendant.user_id,
        by=request.attendant.name,
    )
    return drawing.done(request, found.id)


@for_attendants
@require_http_methods(["GET", "POST"])
def undo(request: AttendantRequest, conversation_id: str, merge_id: str) -> HttpResponse:
    """Ask first, then part what a merge made one."""
    found = load_conversation(request, conversation_id)
    made = _made(found.tenant_id, found.customer_id, merge_id)
    if request.method == "GET":
        context = {"conversation": found, "merge": made, "form": "console/_part_form.html"}
        return _asked(request, context)
    try:
        services.undo_merge(
            tenant_id=found.tenant_id,
            merge_id=made.id,
            by_id=request.attendant.user_id,
            by=request.attendant.name,
        )
    except MergeRefused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("Os dois clientes estão separados de novo, como antes."))
    return drawing.done(request, found.id)


def _asked(request: AttendantRequest, context: dict[str, object]) -> HttpResponse:
    template = str(context["form"]) if drawing.wants_push(request) else "console/identity.html"
    return render(request, template, page_context(request, area="mine") | context)


def _proposed(request: AttendantRequest, customer_id: str, other_id: str) -> CustomerValue:
    """The other customer, if the pane offered them: nobody merges by guessing ids."""
    offered = people.same_as(request.attendant.tenant_id, customer_id)
    other = next((one for one in offered if one.id == other_id), None)
    if other is None:
        raise Http404
    return conversations.customer(request.attendant.tenant_id, other.id) or other


def _made(tenant_id: str, customer_id: str, merge_id: str) -> MergeValue:
    made = next((one for one in people.merges_of(tenant_id, customer_id) if one.id == merge_id), None)
    if made is None:
        raise Http404
    return made


def _names(name: str, other: CustomerValue) -> dict[str, str]:
    return {"one": name, "other": other.name}
