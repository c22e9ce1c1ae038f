"""What somebody does with a conversation: take, reply, note, close, return, tag, resend."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.console import drawing
from apps.console.attending import AttendantRequest, for_attendants, load_conversation, load_message
from apps.console.cards import tab_of
from apps.console.pages import page_context
from apps.contracts.conversations import ConversationValue
from apps.contracts.errors import AlreadyAssigned, CapacityReached, NotHolder
from apps.contracts.words import HandoffOutcome
from apps.conversations import services as conversations
from apps.handoff import services as handoff

LONGEST_TEXT = 4096


@for_attendants
@require_POST
def take(request: AttendantRequest, conversation_id: str) -> HttpResponse:
    """Assumir: from the queue, from the assistant, or (supervisors) from somebody else."""
    found = load_conversation(request, conversation_id)
    take_over(request, found)
    return drawing.done(request, found.id)


@for_attendants
@require_POST
def note(request: AttendantRequest, conversation_id: str) -> HttpResponse:
    """Write for the team only: whoever sees a conversation may leave a note in it."""
    found = load_conversation(request, conversation_id)
    text = written(request)
    if text:
        conversations.add_note(
            tenant_id=found.tenant_id,
            conversation_id=found.id,
            attendant_id=request.attendant.id,
            attendant_name=request.attendant.name,
            text=text,
            client_id=client_id(request),
        )
    return drawing.done(request, found.id)


@for_attendants
@require_http_methods(["GET", "POST"])
def close(request: AttendantRequest, conversation_id: str) -> HttpResponse:
    """Ask how it ended, then close it; the customer is asked for a rating unless told otherwise."""
    found = load_conversation(request, conversation_id)
    _require_holder(request, found)
    if request.method == "GET":
        template = "console/_close_form.html" if drawing.wants_push(request) else "console/close.html"
        return render(request, template, page_context(request, area="mine") | {"conversation": found})
    _complete(request, found, HandoffOutcome.CLOSED)
    messages.success(request, _("Conversa com %(name)s encerrada.") % {"name": found.customer_name})
    return drawing.done(request, found.id)


@for_attendants
@require_POST
def return_to_assistant(request: AttendantRequest, conversation_id: str) -> HttpResponse:
    found = load_conversation(request, conversation_id)
    _require_holder(request, found)
    _complete(request, found, HandoffOutcome.RETURNED)
    messages.success(request, _("A assistente voltou a responder %(name)s.") % {"name": found.customer_name})
    return drawing.done(request, found.id)


@for_attendants
@require_POST
def tags(request: AttendantRequest, conversation_id: str) -> HttpResponse:
    """Add the tag in `add`, or take off the one in `remove`."""
    found = load_conversation(request, conversation_id)
    added, removed = (request.POST.get(name, "").strip()[:40] for name in ("add", "remove"))
    wanted = [tag for tag in found.tags if tag != removed]
    if added and not removed and added not in wanted:
        wanted.append(added)
    conversations.set_tags(tenant_id=found.tenant_id, conversation_id=found.id, tags=tuple(wanted[:20]))
    return drawing.done(request, found.id)


@for_attendants
@require_POST
def resend(request: AttendantRequest, message_id: str) -> HttpResponse:
    """Send again what failed or may not have arrived: a person's choice, and only the holder's."""
    found, message = load_message(request, message_id)
    _require_holder(request, found)
    is_queued = conversations.resend(tenant_id=found.tenant_id, conversation_id=found.id, message_id=message.id)
    if not is_queued:
        messages.info(request, _("Esta mensagem não precisa ser reenviada."))
    return drawing.done(request, found.id)


def written(request: AttendantRequest) -> str:
    """The text of a form, without what no channel carries."""
    return request.POST.get("text", "").replace("\x00", "").replace("\r\n", "\n").strip()[:LONGEST_TEXT]


def client_id(request: AttendantRequest) -> str:
    """What makes a repeated post one message; it belongs to one person, so nobody can silence another's."""
    given = request.POST.get("client_id", "")[:64]
    return f"{request.attendant.id}:{given}" if given else ""


def take_over(request: AttendantRequest, found: ConversationValue) -> bool:
    try:
        handoff.accept_conversation(attendant=request.attendant, conversation_id=found.id)
    except AlreadyAssigned as taken:
        messages.warning(
            request,
            _("%(attendant)s assumiu %(customer)s um instante antes de você.")
            % {"attendant": taken.attendant_name or _("Outra pessoa"), "customer": found.customer_name},
        )
        return False
    except CapacityReached as full:
        messages.warning(
            request,
            _("Você já atende %(number)d conversas, o seu limite. Encerre ou transfira uma antes.")
            % {"number": full.capacity},
        )
        return False
    except NotHolder:
        messages.warning(request, _("Esta conversa não pode mais ser assumida."))
        return False
    return True


def _require_holder(request: AttendantRequest, found: ConversationValue) -> None:
    if tab_of(found, request.attendant) != "mine":
        raise PermissionDenied(_("Só quem atende a conversa pode fazer isso."))


def _complete(request: AttendantRequest, found: ConversationValue, outcome: HandoffOutcome) -> None:
    try:
        handoff.complete(
            attendant=request.attendant,
            conversation_id=found.id,
            outcome=outcome,
            ask_rating=request.POST.get("ask_rating", "1") == "1",
        )
    except NotHolder as refusal:
        raise PermissionDenied(_("Só quem atende a conversa pode fazer isso.")) from refusal
