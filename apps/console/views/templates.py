"""Approved templates: choose one, fill it in, send it. They reach the customer when nothing else does."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.console import drawing
from apps.console.attending import AttendantRequest, for_attendants, load_conversation
from apps.console.cards import tab_of
from apps.console.pages import page_context
from apps.console.template_forms import Filling, filling, picks
from apps.console.threads import thread_for
from apps.console.views.actions import client_id, take_over
from apps.contracts.content import Content, Media, Place
from apps.contracts.conversations import ConversationValue
from apps.contracts.errors import (
    AlreadyAssigned,
    CapacityReached,
    ConversationOpen,
    NotHolder,
    OptedOut,
    SendError,
    TemplateRefused,
)
from apps.contracts.templates import TemplateValue
from apps.contracts.words import Author
from apps.conversations import selectors as conversation_queries
from apps.conversations import services as conversations
from apps.gateway import selectors as gateway
from apps.gateway.services.files import keep_file, look_at
from apps.gateway.services.filling import MEDIA_KEY, check_parameters, fill_template
from apps.handoff import services as handoff
from apps.tenants import selectors as tenants

PLACE_FIELDS = ("latitude", "longitude", "name", "address")


@for_attendants
@require_GET
def templates(request: AttendantRequest, conversation_id: str) -> HttpResponse:
    """The templates of the conversation's account; `q` searches in name and text."""
    found = load_conversation(request, conversation_id)
    q = request.GET.get("q", "")[:80]
    context = {"conversation": found, "picks": picks(found, q), "q": q, "is_opted_out": _is_opted_out(found)}
    if drawing.wants_push(request):
        return render(request, "console/_template_dialog.html", context)
    return render(request, "console/templates.html", page_context(request, area="mine") | context)


@for_attendants
@require_http_methods(["GET", "POST"])
def template(request: AttendantRequest, conversation_id: str, key: str) -> HttpResponse:
    """One template's form; posted, it is sent by who holds the conversation. A closed one begins anew."""
    found = load_conversation(request, conversation_id)
    chosen = gateway.template(found.tenant_id, found.account, key)
    if chosen is None:
        raise Http404
    if tab_of(found, request.attendant) == "people":
        raise PermissionDenied(_("Só quem atende a conversa pode fazer isso."))
    if request.method == "GET":
        return _form(request, found, filling(chosen, found, request.attendant))
    values = {one.key: request.POST.get(one.key, "")[:2000] for one in chosen.parameters}
    place = {name: request.POST.get(name, "").strip()[:200] for name in PLACE_FIELDS}
    given: dict[str, Any] = {"values": values, "place": place}
    try:
        content = _filled_in(request, chosen, values, _place(place))
        return _send(request, found, content)
    except TemplateRefused as refused:
        given |= {"problem": str(refused), "problems": refused.fields}
    except OptedOut:
        given["problem"] = _("Este cliente pediu para não receber mensagens. Espere ele escrever.")
    return _form(request, found, filling(chosen, found, request.attendant, **given), status=400)


def _form(request: AttendantRequest, found: ConversationValue, drawn: Filling, *, status: int = 200) -> HttpResponse:
    is_own_page = not drawing.wants_push(request)
    posted = request.POST.get("client_id", "")[:64] or uuid.uuid4().hex
    context = {"conversation": found, "filling": drawn, "client_id": posted, "is_closed": found.closed_at is not None}
    if is_own_page:
        page = page_context(request, area="mine") | context
        return render(request, "console/template.html", page, status=status)
    return render(request, "console/_template_fill.html", context, status=status)


def _filled_in(
    request: AttendantRequest, chosen: TemplateValue, values: dict[str, str], place: Place | None
) -> Content:
    """Fill the template in. The file is kept only when everything else is right. Raises TemplateRefused."""
    upload = request.FILES.get("media")
    media = _described(upload) if isinstance(upload, UploadedFile) else None
    if problems := check_parameters(chosen, values, media=media, place=place):
        raise TemplateRefused(fields=problems)
    if media is not None and isinstance(upload, UploadedFile) and upload.file is not None:
        kept = keep_file(owner=request.attendant, file=upload.file, media=media, is_sent=True)
        media = kept.as_media()
    return fill_template(chosen, values, media=media, place=place)


def _described(upload: "UploadedFile[Any]") -> Media:
    if upload.file is None:
        raise TemplateRefused(fields={MEDIA_KEY: _("O arquivo está vazio.")})
    try:
        return look_at(
            upload.file,
            filename=upload.name or "",
            declared=upload.content_type or "",
            size_bytes=upload.size or 0,
        )
    except SendError as refused:
        raise TemplateRefused(fields={MEDIA_KEY: str(refused)}) from refused


def _place(given: dict[str, str]) -> Place | None:
    try:
        latitude, longitude = (float(given[name].replace(",", ".")) for name in ("latitude", "longitude"))
    except ValueError:
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return Place(latitude=latitude, longitude=longitude, name=given["name"], address=given["address"])


def _send(request: AttendantRequest, found: ConversationValue, content: Content) -> HttpResponse:
    """Queue it in this conversation, taking it first when nobody holds it; a closed one is followed by a new one."""
    tab = tab_of(found, request.attendant)
    if tab == "closed":
        return _start(request, found, content)
    if tab in ("assistant", "waiting") and not take_over(request, found):
        return drawing.done(request, found.id)
    _say(request, found, content)
    return drawing.done(request, found.id)


def _say(request: AttendantRequest, found: ConversationValue, content: Content) -> None:
    try:
        conversations.add_reply(
            tenant_id=found.tenant_id,
            conversation_id=found.id,
            author=Author.ATTENDANT,
            content=content,
            attendant_id=request.attendant.id,
            attendant_name=request.attendant.name,
            client_id=client_id(request),
        )
    except NotHolder as refusal:
        raise PermissionDenied(_("Esta conversa não está mais com você.")) from refusal


def _start(request: AttendantRequest, closed: ConversationValue, content: Content) -> HttpResponse:
    account = tenants.account(closed.account)
    if account is None or account.tenant_id != closed.tenant_id:
        raise TemplateRefused(_("A conta deste canal não existe mais."))
    try:
        conversation_id = handoff.start_conversation(
            attendant=request.attendant,
            account=account,
            customer_id=closed.customer_id,
            content=content,
            client_id=client_id(request),
        ).conversation_id
    except CapacityReached as full:
        raise TemplateRefused(
            _("Você já atende %(number)d conversas, o seu limite. Encerre ou transfira uma antes.")
            % {"number": full.capacity}
        ) from full
    except ConversationOpen as opened:
        return _continue(request, opened.conversation_id, content)
    return _opened(request, conversation_id)


def _continue(request: AttendantRequest, conversation_id: str, content: Content) -> HttpResponse:
    """The customer has an open conversation by now: it goes on there, if this person may have it."""
    try:
        handoff.accept_conversation(attendant=request.attendant, conversation_id=conversation_id)
    except AlreadyAssigned as taken:
        name = taken.attendant_name or _("Outra pessoa")
        raise TemplateRefused(_("%(attendant)s já atende este cliente.") % {"attendant": name}) from taken
    except (CapacityReached, NotHolder) as refused:
        raise TemplateRefused(_("O cliente já tem uma conversa aberta, e ela não pode ser sua agora.")) from refused
    found = conversation_queries.conversation(request.attendant.tenant_id, conversation_id)
    if found is None:
        raise Http404
    _say(request, found, content)
    messages.info(request, _("O cliente já tinha uma conversa aberta: o modelo foi enviado nela."))
    return _opened(request, conversation_id)


def _opened(request: AttendantRequest, conversation_id: str) -> HttpResponse:
    found = conversation_queries.conversation_for(request.attendant, conversation_id)
    if found is None or not drawing.wants_push(request):
        return redirect("console:conversation", conversation_id)
    return drawing.opened(request, thread_for(found, request.attendant))


def _is_opted_out(found: ConversationValue) -> bool:
    customer = conversation_queries.customer(found.tenant_id, found.customer_id)
    return customer is not None and customer.opted_out_at is not None
