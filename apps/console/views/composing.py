"""Everything somebody can say to the customer: texts and files, places, cards, choices, reactions."""

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.console import composing, drafts, drawing
from apps.console.attending import AttendantRequest, for_attendants, load_conversation, load_message
from apps.console.cards import tab_of
from apps.console.composing import Part
from apps.console.pages import page_context
from apps.console.views.actions import client_id, take_over, written
from apps.contracts.content import Content
from apps.contracts.conversations import ConversationValue
from apps.contracts.errors import NotHolder, SendError, WindowClosed
from apps.contracts.words import Author, MessageKind
from apps.conversations import selectors
from apps.conversations import services as conversations
from apps.gateway.services import outgoing

#: Answers to our own script: the words go back into the box they came from.
NOT_SENDABLE = 422

FORMS: dict[str, Callable[[QueryDict], Content]] = {
    "place": composing.place_of,
    "person": composing.card_of,
    "buttons": lambda form: composing.choices_of(MessageKind.BUTTONS, form),
    "list": lambda form: composing.choices_of(MessageKind.LIST, form),
}


@for_attendants
@require_POST
def reply(request: AttendantRequest, conversation_id: str) -> HttpResponse:
    """Write to the customer, with files if there are any. Replying to what the assistant holds takes it first."""
    found = load_conversation(request, conversation_id)
    tab = tab_of(found, request.attendant)
    if tab not in ("mine", "assistant"):
        raise PermissionDenied(_("Só quem atende a conversa pode fazer isso."))
    text = written(request)
    try:
        ready = composing.file_of_quick_reply(request.attendant, request.POST.get("quick", ""))
        parts = composing.parts_of(found, text, request.FILES, ready=ready)
        quoted = _quoted(found, request.POST.get("quote", ""))
    except SendError as refused:
        messages.warning(request, str(refused))
        drafts.keep(request.attendant, found.id, text)
        return _refused(request, found)
    if not parts:
        return drawing.done(request, found.id)
    if tab == "assistant" and not take_over(request, found):
        drafts.keep(request.attendant, found.id, text)
        return drawing.done(request, found.id)
    is_said = _say(request, found, parts, quoted)
    drafts.keep(request.attendant, found.id, "" if is_said else text)
    return drawing.done(request, found.id)


@for_attendants
@require_http_methods(["GET", "POST"])
def compose(request: AttendantRequest, conversation_id: str, what: str) -> HttpResponse:
    """Ask for what a place, a card, buttons or a list need, then send it."""
    found = load_conversation(request, conversation_id)
    if what not in FORMS:
        raise Http404
    if tab_of(found, request.attendant) not in ("mine", "assistant"):
        raise PermissionDenied(_("Só quem atende a conversa pode fazer isso."))
    problem = ""
    if request.method == "POST":
        try:
            content = outgoing.prepare(found, FORMS[what](request.POST))
        except SendError as refused:
            problem = str(refused)
        else:
            if tab_of(found, request.attendant) == "mine" or take_over(request, found):
                _say(request, found, [Part(content)], "")
            return drawing.done(request, found.id)
    wants_push = drawing.wants_push(request)
    template = "console/_compose_form.html" if wants_push else "console/compose.html"
    abilities = outgoing.abilities_of(found)
    rows = abilities.most_buttons if what == "buttons" else abilities.most_rows
    given = request.POST.getlist("title"), request.POST.getlist("description")
    context = page_context(request, area="mine") | {"conversation": found, "what": what, "problem": problem}
    context |= {"given": request.POST, "rows": _rows(rows, *given), "phones": _padded(request.POST.getlist("phone"), 2)}
    return render(request, template, context, status=400 if problem else 200)


@for_attendants
@require_POST
def react(request: AttendantRequest, message_id: str) -> HttpResponse:
    """React to a message with one emoji; an empty one takes the reaction back."""
    found, message = load_message(request, message_id)
    if tab_of(found, request.attendant) != "mine":
        raise PermissionDenied(_("Só quem atende a conversa pode fazer isso."))
    try:
        content = outgoing.reaction_to(found, message, request.POST.get("emoji", "")[:16])
    except SendError as refused:
        messages.warning(request, str(refused))
    else:
        _say(request, found, [Part(content)], "")
    return drawing.done(request, found.id, besides=(message.id,))


def _say(request: AttendantRequest, found: ConversationValue, parts: Sequence[Part], quoted: str) -> bool:
    """Queue the parts in order; only the first one quotes. False, with the reason as a message, when one cannot be."""
    posted = client_id(request)
    try:
        for number, part in enumerate(parts):
            content = composing.kept(part, request.attendant)
            message_id = conversations.add_reply(
                tenant_id=found.tenant_id,
                conversation_id=found.id,
                author=Author.ATTENDANT,
                content=content,
                attendant_id=request.attendant.id,
                attendant_name=request.attendant.name,
                replies_to="" if number else quoted,
                client_id=f"{posted}:{number}" if posted and number else posted,
            )
            if part.upload is not None:
                composing.drop_if_repeated(found, message_id or "", content)
    except NotHolder as refusal:
        raise PermissionDenied(_("Esta conversa não está mais com você.")) from refusal
    except WindowClosed:
        messages.warning(request, _("A janela de 24 horas fechou: só um modelo aprovado chega até o cliente."))
        return False
    except SendError as refused:
        messages.warning(request, str(refused))
        return False
    return True


def _quoted(found: ConversationValue, message_id: str) -> str:
    return outgoing.quoted(found, selectors.message(found.tenant_id, message_id)) if message_id else ""


def _refused(request: AttendantRequest, found: ConversationValue) -> HttpResponse:
    if not drawing.wants_push(request):
        return drawing.done(request, found.id)
    answer = drawing.answer(request, [])
    answer.status_code = NOT_SENDABLE
    return answer


def _rows(number: int, titles: list[str], descriptions: list[str]) -> list[tuple[str, str]]:
    return list(zip(_padded(titles, number), _padded(descriptions, number), strict=True))


def _padded(given: list[str], number: int) -> list[str]:
    return (given + [""] * number)[:number]
