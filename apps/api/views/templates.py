"""Approved templates: which there are, what one would say, and sending one."""

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, ParseError, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import template_services
from apps.api.authentication import IsSupervisor
from apps.api.domain import READ
from apps.api.schemas import outputs, templates
from apps.api.views.base import Command, Endpoint, Query, answer, asked, parameters, told
from apps.contracts.content import Content, Place
from apps.contracts.people import ChannelAccountValue
from apps.gateway import selectors as gateway
from apps.gateway.services import files
from apps.gateway.services.filling import fill_template
from apps.tenants import selectors as tenants


class TemplateEndpoint(Endpoint):
    """What the three commands share: the account, the template, and the content that it becomes."""

    def account(self, slug: str) -> ChannelAccountValue:
        found = tenants.account(slug)
        if found is None or found.tenant_id != self.caller().tenant_id or not found.is_active:
            raise NotFound(_("Não existe esta conta de canal."))
        return found

    def content(self, account: str, given: templates.Given) -> Content:
        caller = self.caller()
        chosen = gateway.template(caller.tenant_id, account, f"{given.template}:{given.language}")
        if chosen is None:
            raise NotFound(_("Não existe este modelo neste idioma."))
        file = files.kept_file(caller.attendant, given.file) if given.file else None
        if given.file and file is None:
            raise ParseError(_("Este arquivo não existe ou não é seu. Envie-o antes para files."))
        media = file.as_media() if file else None
        place = Place(**given.place.model_dump()) if given.place else None
        return fill_template(chosen, given.parameters, media=media, place=place)

    def keep_file_of(self, content: Content) -> None:
        if content.media is not None:
            files.mark_sent(tenant_id=self.caller().tenant_id, path=content.media.file)


class Templates(Query):
    @extend_schema(parameters=parameters(templates.TemplateQuery), responses=templates.Templates)
    def get(self, request: Request) -> Response:
        """The templates of one account, with the blanks that each has."""
        query = asked(request, templates.TemplateQuery)
        found = gateway.templates(self.caller().tenant_id, query.account)
        chosen = [one for one in found if one.is_sendable or not query.sendable]
        return answer(templates.Templates(results=tuple(templates.Template.of(one) for one in chosen)))


class PreviewTemplate(TemplateEndpoint, Command):
    scope = READ

    @extend_schema(request=templates.PreviewCommand, responses=templates.Preview)
    def post(self, request: Request) -> Response:
        """What the customer would read; nothing is sent. Says what is wrong with each blank."""
        command = told(request, templates.PreviewCommand)
        return answer(templates.Preview.of(self.content(command.account, command)))


class SendTemplate(TemplateEndpoint, Command):
    @extend_schema(request=templates.TemplateCommand, responses={201: outputs.Sent})
    def post(self, request: Request, conversation_id: str) -> Response:
        """Send a template into a conversation, also when its window is closed."""
        command = told(request, templates.TemplateCommand)
        found = self.conversation(conversation_id)
        if command.is_bulk and not self.caller().attendant.is_supervisor:
            # Bulk is said in the business's name, whoever holds the conversation.
            raise PermissionDenied
        content = self.content(found.account, command)
        message_id = template_services.send_template(
            attendant=self.caller().attendant,
            conversation_id=found.id,
            content=content,
            client_id=command.client_id,
            is_bulk=command.is_bulk,
            is_watched=not self.caller().is_machine,
        )
        self.keep_file_of(content)
        return answer(outputs.Sent(message_id=message_id), status=201)


class StartWithTemplate(TemplateEndpoint, Command):
    permission_classes = [IsSupervisor]

    @extend_schema(request=templates.StartCommand, responses={201: templates.Started})
    def post(self, request: Request) -> Response:
        """Write first, to a customer or a phone number; who has an open conversation is written to there."""
        command = told(request, templates.StartCommand)
        account = self.account(command.account)
        content = self.content(account.slug, command)
        try:
            started = template_services.start(
                attendant=self.caller().attendant,
                account=account,
                content=content,
                customer_id=command.customer or "",
                phone=command.phone,
                name=command.name,
                is_held_by_caller=command.held_by == "me",
                client_id=command.client_id,
                is_bulk=command.is_bulk,
                is_watched=not self.caller().is_machine,
            )
        except LookupError as unknown:
            raise Http404 from unknown
        self.keep_file_of(content)
        return answer(templates.Started(**started._asdict()), status=201)
