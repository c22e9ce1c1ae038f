"""Handing a conversation to a queue or to a colleague."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.console import drawing
from apps.console.attending import AttendantRequest, for_attendants, load_conversation
from apps.console.cards import tab_of
from apps.console.pages import page_context
from apps.console.people_now import presences
from apps.contracts.errors import AlreadyAssigned, CapacityReached, NotHolder, WindowClosed
from apps.contracts.people import AttendantValue, Holder, attendant_holder, queue_holder
from apps.handoff import services as handoff
from apps.tenants import selectors as tenants


@dataclass(frozen=True)
class Candidate:
    """A colleague who might take over: where they are, how much they hold."""

    attendant: AttendantValue
    presence: str
    load: int
    queues: str

    @property
    def is_full(self) -> bool:
        return self.load >= self.attendant.capacity


@for_attendants
@require_http_methods(["GET", "POST"])
def transfer(request: AttendantRequest, conversation_id: str) -> HttpResponse:
    """Ask to whom and why, then hand it over. The receiver reads the note, the customer only the sentence."""
    found = load_conversation(request, conversation_id)
    if tab_of(found, request.attendant) != "mine":
        raise PermissionDenied(_("Só quem atende a conversa pode transferir."))
    if request.method == "GET":
        return _form(request, found.id)
    to = _wanted(request)
    reason = request.POST.get("reason", "").strip()[:200]
    if to is None or not reason:
        messages.error(request, _("Escolha para quem transferir e escreva o motivo."))
        return _form(request, found.id, status=400)
    try:
        handoff.transfer(
            attendant=request.attendant,
            conversation_id=found.id,
            to=to,
            reason=reason,
            note=request.POST.get("note", "").strip()[:1000],
            sentence=request.POST.get("sentence", "").strip()[:1000] if request.POST.get("tell") else "",
        )
    except CapacityReached:
        messages.error(request, _("Essa pessoa já está com todas as conversas que pode atender."))
        return _form(request, found.id, status=409)
    except WindowClosed:
        messages.error(request, _("A janela de 24 horas fechou: transfira sem avisar o cliente."))
        return _form(request, found.id, status=409)
    except (NotHolder, AlreadyAssigned) as refusal:
        raise PermissionDenied(_("Esta conversa não está mais com você.")) from refusal
    messages.success(request, _("%(name)s foi transferida.") % {"name": found.customer_name})
    return drawing.left(request, found.id) if drawing.wants_push(request) else redirect("console:index")


def _form(request: AttendantRequest, conversation_id: str, *, status: int = 200) -> HttpResponse:
    found = load_conversation(request, conversation_id)
    context = page_context(request, area="mine") | {
        "conversation": found,
        "queues": tenants.queues(found.tenant_id),
        "candidates": candidates(request.attendant),
        # The sentence goes to the customer, who reads the business's language whatever this person reads.
        "customer_language": settings.LANGUAGE_CODE,
    }
    template = "console/_transfer_form.html" if drawing.wants_push(request) else "console/transfer.html"
    return render(request, template, context, status=status)


def candidates(viewer: AttendantValue) -> list[Candidate]:
    """Colleagues, those who are there first."""
    known = {one.attendant_id: one for one in presences(viewer.tenant_id)}
    queue_names = {queue.slug: queue.name for queue in tenants.queues(viewer.tenant_id)}
    found = []
    for attendant in tenants.attendants(viewer.tenant_id):
        if attendant.id == viewer.id:
            continue
        presence = known.get(attendant.id)
        found.append(
            Candidate(
                attendant=attendant,
                presence=presence.status.value if presence else "offline",
                load=presence.load if presence else 0,
                queues=", ".join(queue_names[slug] for slug in attendant.queues if slug in queue_names),
            )
        )
    order = {"online": 0, "busy": 1, "away": 2, "break": 3, "offline": 4}
    return sorted(found, key=lambda one: (order[one.presence], one.attendant.name))


def _wanted(request: AttendantRequest) -> Holder | None:
    """The chosen receiver, None unless it is a queue or colleague of the same tenant."""
    kind, _separator, wanted = request.POST.get("to", "").partition(":")
    tenant_id = request.attendant.tenant_id
    if kind == "queue" and tenants.queue(tenant_id, wanted):
        return queue_holder(wanted)
    if kind == "attendant" and wanted != request.attendant.id and tenants.attendant(tenant_id, wanted):
        return attendant_holder(wanted)
    return None
