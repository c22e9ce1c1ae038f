"""What reaches the customer: replies of every kind, files for them, reactions, read marks."""

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ParseError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import services
from apps.api.schemas import inputs, outputs, replying
from apps.api.views.base import Command, answer, told
from apps.api.views.commands import ConversationCommand
from apps.contracts.errors import NotHolder
from apps.contracts.people import attendant_holder
from apps.conversations import selectors as conversation_queries
from apps.conversations import services as conversations
from apps.gateway.services import files


class Reply(ConversationCommand):
    @extend_schema(request=replying.ReplyCommand, responses={201: outputs.Sent})
    def post(self, request: Request, conversation_id: str) -> Response:
        """Say something to the customer, taking the conversation if no other person holds it."""
        command = told(request, replying.ReplyCommand)
        found = self.conversation(conversation_id)
        caller = self.caller()
        file = files.kept_file(caller.attendant, command.file) if command.file else None
        if command.file and file is None:
            raise ParseError(_("Este arquivo não existe ou não é seu. Envie-o antes para files."))
        message_id = services.reply(
            attendant=caller.attendant,
            conversation=found,
            content=command.content(file),
            replies_to=command.replies_to,
            client_id=command.client_id,
            is_watched=not caller.is_machine,
        )
        return answer(outputs.Sent(message_id=message_id), status=201)


class Reaction(Command):
    @extend_schema(request=replying.ReactionCommand, responses={201: outputs.Sent})
    def post(self, request: Request, message_id: str) -> Response:
        """React to a message of a conversation that one holds, or take the reaction back."""
        command = told(request, replying.ReactionCommand)
        caller = self.caller()
        message = conversation_queries.message(caller.tenant_id, message_id)
        if message is None:
            raise Http404
        sent_id = services.react(
            attendant=caller.attendant,
            conversation=self.conversation(message.conversation_id),
            message=message,
            emoji=command.emoji,
            client_id=command.client_id,
        )
        return answer(outputs.Sent(message_id=sent_id), status=201)


class MarkRead(ConversationCommand):
    @extend_schema(request=inputs.NoCommand, responses=outputs.Done)
    def post(self, request: Request, conversation_id: str) -> Response:
        """Say that one has read a conversation that one holds: the customer sees blue ticks."""
        told(request, inputs.NoCommand)
        found = self.conversation(conversation_id)
        if found.holder != attendant_holder(self.caller().attendant.id):
            raise NotHolder
        conversations.mark_read_by_attendant(
            tenant_id=found.tenant_id, conversation_id=found.id, attendant_id=self.caller().attendant.id
        )
        return self.done(found.id)


class Files(Command):
    parser_classes = [MultiPartParser]

    @extend_schema(request={"multipart/form-data": replying.FileGiven}, responses={201: outputs.File})
    def post(self, request: Request) -> Response:
        """Upload a file in order to send it within a day; `reply` takes the id."""
        given = request.FILES.get("file")
        if not isinstance(given, UploadedFile):
            raise ParseError(_("Falta o arquivo."))
        media = files.look_at(
            given, filename=given.name or "", declared=given.content_type or "", size_bytes=given.size or 0
        )
        kept = files.keep_file(owner=self.caller().attendant, file=given, media=media)
        return answer(outputs.File.of(kept), status=201)
