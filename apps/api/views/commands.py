"""The commands machines give: the same services as the console's."""

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import APIException, ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.schemas import inputs, outputs
from apps.api.views.base import Command, answer, told
from apps.contracts.handoff import PresenceStatus
from apps.contracts.people import attendant_holder, queue_holder
from apps.contracts.words import HandoffOutcome, HandoffReason
from apps.conversations import selectors as conversation_queries
from apps.conversations import services as conversations
from apps.handoff import services as handoff


class Conflict(APIException):
    """The conversation is not in a state in which this can be done."""

    status_code = 409
    default_code = "conflict"


class ConversationCommand(Command):
    """A command about one conversation, which it gives back as it left it."""

    def done(self, conversation_id: str) -> Response:
        # Read without asking who may see it: after a transfer the caller may not, yet it is what their command did.
        found = conversation_queries.conversation(self.caller().tenant_id, conversation_id)
        if found is None:
            raise Http404
        return answer(outputs.Done(conversation=outputs.Conversation.of(found)))


class Note(ConversationCommand):
    @extend_schema(request=inputs.NoteCommand, responses={201: outputs.Sent})
    def post(self, request: Request, conversation_id: str) -> Response:
        """Write an internal note; the customer never sees it."""
        command = told(request, inputs.NoteCommand)
        found = self.conversation(conversation_id)
        attendant = self.caller().attendant
        note_id = conversations.add_note(
            tenant_id=found.tenant_id,
            conversation_id=found.id,
            attendant_id=attendant.id,
            attendant_name=attendant.name,
            text=command.text,
            client_id=command.client_id,
        )
        return answer(outputs.Sent(message_id=note_id or ""), status=201)


class Take(ConversationCommand):
    @extend_schema(request=inputs.NoCommand, responses=outputs.Done)
    def post(self, request: Request, conversation_id: str) -> Response:
        """Take a conversation that waits or that the assistant holds."""
        told(request, inputs.NoCommand)
        found = self.conversation(conversation_id)
        caller = self.caller()
        handoff.accept_conversation(
            attendant=caller.attendant, conversation_id=found.id, is_watched=not caller.is_machine
        )
        return self.done(found.id)


class Handoff(ConversationCommand):
    @extend_schema(request=inputs.HandoffCommand, responses=outputs.Done)
    def post(self, request: Request, conversation_id: str) -> Response:
        """Ask for a person in a conversation that the assistant holds."""
        command = told(request, inputs.HandoffCommand)
        found = self.conversation(conversation_id)
        if not conversations.request_handoff(
            tenant_id=found.tenant_id,
            conversation_id=found.id,
            reason=HandoffReason.RULE,
            detail=command.detail,
            queue=command.queue,
        ):
            raise Conflict(_("A assistente não está com esta conversa."))
        return self.done(found.id)


class Transfer(ConversationCommand):
    @extend_schema(request=inputs.TransferCommand, responses=outputs.Done)
    def post(self, request: Request, conversation_id: str) -> Response:
        """Hand a conversation that one holds to an attendant or a queue."""
        command = told(request, inputs.TransferCommand)
        found = self.conversation(conversation_id)
        to = attendant_holder(command.id) if command.to == "attendant" else queue_holder(command.id)
        try:
            handoff.transfer(
                attendant=self.caller().attendant,
                conversation_id=found.id,
                to=to,
                reason=command.reason,
                note=command.note,
                sentence=command.sentence,
            )
        except LookupError as missing:
            raise ParseError(_("Não existe quem receba esta transferência.")) from missing
        return self.done(found.id)


class Return(ConversationCommand):
    @extend_schema(request=inputs.NoCommand, responses=outputs.Done)
    def post(self, request: Request, conversation_id: str) -> Response:
        """Give a conversation that one holds back to the assistant."""
        told(request, inputs.NoCommand)
        found = self.conversation(conversation_id)
        handoff.complete(attendant=self.caller().attendant, conversation_id=found.id, outcome=HandoffOutcome.RETURNED)
        return self.done(found.id)


class Close(ConversationCommand):
    @extend_schema(request=inputs.CloseCommand, responses=outputs.Done)
    def post(self, request: Request, conversation_id: str) -> Response:
        """Close a conversation that one holds, and ask the customer for a rating."""
        command = told(request, inputs.CloseCommand)
        found = self.conversation(conversation_id)
        handoff.complete(
            attendant=self.caller().attendant,
            conversation_id=found.id,
            outcome=HandoffOutcome.CLOSED,
            ask_rating=command.ask_rating,
        )
        return self.done(found.id)


class Tags(ConversationCommand):
    @extend_schema(request=inputs.TagsCommand, responses=outputs.Done)
    def post(self, request: Request, conversation_id: str) -> Response:
        """Replace the tags of a conversation."""
        command = told(request, inputs.TagsCommand)
        found = self.conversation(conversation_id)
        conversations.set_tags(tenant_id=found.tenant_id, conversation_id=found.id, tags=command.tags)
        return self.done(found.id)


class SetPresence(Command):
    @extend_schema(request=inputs.PresenceCommand, responses={204: None})
    def post(self, request: Request) -> Response:
        """Say where one is."""
        command = told(request, inputs.PresenceCommand)
        handoff.set_presence(
            attendant=self.caller().attendant,
            status=PresenceStatus(command.status),
            break_name=command.break_name,
        )
        return Response(status=204)
