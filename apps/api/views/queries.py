"""The questions machines ask."""

from datetime import timedelta

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.ai.spending import usage_since
from apps.api.authentication import IsSupervisor
from apps.api.schemas import inputs, outputs
from apps.api.views.base import Query, answer, asked, parameters
from apps.common import clock
from apps.common.redis import RedisError
from apps.contracts.conversations import ConversationValue
from apps.contracts.handoff import Dossier
from apps.contracts.insights import MessageTimeline, TodayFigures
from apps.contracts.words import ConversationStatus
from apps.conversations import selectors as conversations
from apps.handoff import selectors as handoff
from apps.insights import selectors as insights
from apps.tenants import selectors as tenants

#: Which list of the console shows a status.
TABS = {
    None: "all",
    ConversationStatus.ACTIVE: "assistant",
    ConversationStatus.WAITING_HUMAN: "waiting",
    ConversationStatus.WITH_HUMAN: "people",
    ConversationStatus.CLOSED: "closed",
}


class Conversations(Query):
    @extend_schema(parameters=parameters(inputs.ConversationQuery), responses=outputs.ConversationPage)
    def get(self, request: Request) -> Response:
        """List the conversations this caller may see."""
        query = asked(request, inputs.ConversationQuery)
        page = conversations.conversations_for(
            self.caller().attendant,
            TABS[query.status],
            q=query.q,
            queue=query.queue,
            tag=query.tag,
            cursor=query.cursor,
            limit=query.limit,
        )
        results = tuple(outputs.Conversation.of(one) for one in page.items)
        return answer(outputs.ConversationPage(results=results, next=page.next or None))


class Conversation(Query):
    @extend_schema(responses=outputs.Conversation)
    def get(self, request: Request, conversation_id: str) -> Response:
        """Show one conversation."""
        return answer(outputs.Conversation.of(self.conversation(conversation_id)))


class ConversationMessages(Query):
    @extend_schema(parameters=parameters(inputs.MessageQuery), responses=outputs.MessagePage)
    def get(self, request: Request, conversation_id: str) -> Response:
        """List the messages of a conversation, notes included."""
        query = asked(request, inputs.MessageQuery)
        return _message_page(self.conversation(conversation_id), query)


class Messages(Query):
    @extend_schema(parameters=parameters(inputs.MessagesQuery), responses=outputs.MessagePage)
    def get(self, request: Request) -> Response:
        """List the messages of the conversation named in the query."""
        query = asked(request, inputs.MessagesQuery)
        return _message_page(self.conversation(query.conversation), query)


class Message(Query):
    @extend_schema(responses=outputs.Message)
    def get(self, request: Request, message_id: str) -> Response:
        """Show one message with its delivery."""
        found = conversations.message(self.caller().tenant_id, message_id)
        if found is None:
            raise Http404
        self.conversation(found.conversation_id)
        return answer(outputs.Message.of(found))


class Timeline(Query):
    @extend_schema(responses=MessageTimeline)
    def get(self, request: Request, message_id: str) -> Response:
        """Tell the life of a message, and why it was or was not answered."""
        found = insights.message_timeline(self.caller().tenant_id, message_id)
        if found is None:
            raise Http404
        self.conversation(found.conversation_id)
        return answer(found)


class DossierOf(Query):
    @extend_schema(responses=Dossier)
    def get(self, request: Request, conversation_id: str) -> Response:
        """Show what a person needs to know before the first word."""
        found = self.conversation(conversation_id)
        dossier = handoff.dossier(found.tenant_id, found.id, attendant_name=self.caller().attendant.name)
        if dossier is None:
            raise Http404
        return answer(dossier)


class Customers(Query):
    permission_classes = [IsSupervisor]

    @extend_schema(parameters=parameters(inputs.CustomerQuery), responses=outputs.CustomerPage)
    def get(self, request: Request) -> Response:
        """List customers, the newest first."""
        query = asked(request, inputs.CustomerQuery)
        found = conversations.customers(self.caller().tenant_id, q=query.q, cursor=query.cursor, limit=query.limit + 1)
        shown = found[: query.limit]
        results = tuple(outputs.Customer.of(one) for one in shown)
        return answer(outputs.CustomerPage(results=results, next=shown[-1].id if len(found) > query.limit else None))


class Customer(Query):
    permission_classes = [IsSupervisor]

    @extend_schema(responses=outputs.Customer)
    def get(self, request: Request, customer_id: str) -> Response:
        """Show one customer."""
        found = conversations.customer(self.caller().tenant_id, customer_id)
        if found is None:
            raise Http404
        return answer(outputs.Customer.of(found))


class Queues(Query):
    @extend_schema(responses=outputs.QueueList)
    def get(self, request: Request) -> Response:
        """List the queues and how many wait in each."""
        tenant_id = self.caller().tenant_id
        waiting = handoff.waiting_counts(tenant_id)
        results = tuple(
            outputs.Queue(
                slug=queue.slug,
                name=queue.name,
                is_default=queue.is_default,
                is_open=queue.is_open,
                waiting=waiting.get(queue.slug, 0),
            )
            for queue in tenants.queues(tenant_id)
        )
        return answer(outputs.QueueList(results=results))


class Tickets(Query):
    @extend_schema(responses=outputs.TicketList)
    def get(self, request: Request) -> Response:
        """List the open tickets, the front of the queue first."""
        attendant = self.caller().attendant
        queues = None if attendant.is_supervisor else attendant.queues
        found = handoff.tickets(attendant.tenant_id, queues=queues)
        return answer(outputs.TicketList(results=tuple(outputs.Ticket.of(one) for one in found)))


class Presences(Query):
    @extend_schema(responses=outputs.PresenceList)
    def get(self, request: Request) -> Response:
        """List the attendants and where they are; nobody while that cannot be known."""
        try:
            found = handoff.presence(self.caller().tenant_id)
        except RedisError:
            found = []
        return answer(outputs.PresenceList(results=tuple(outputs.Presence.of(one) for one in found)))


class Today(Query):
    permission_classes = [IsSupervisor]

    @extend_schema(responses=TodayFigures)
    def get(self, request: Request) -> Response:
        """Count today's volume, answers, handoffs and ratings."""
        return answer(insights.today(self.caller().tenant_id))


class Usage(Query):
    permission_classes = [IsSupervisor]

    @extend_schema(responses=outputs.UsageAnswer)
    def get(self, request: Request) -> Response:
        """Sum up what language models consumed."""
        tenant_id = self.caller().tenant_id
        now = clock.now()
        since = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        month = usage_since(tenant_id, since)
        today = usage_since(tenant_id, now - timedelta(hours=now.hour, minutes=now.minute, seconds=now.second))
        return answer(
            outputs.UsageAnswer(
                since=since,
                calls=month.calls,
                prompt_tokens=month.prompt_tokens,
                cached_tokens=month.cached_tokens,
                completion_tokens=month.completion_tokens,
                cost_usd=float(month.cost_usd),
                today_usd=float(today.cost_usd),
            )
        )


def _message_page(conversation: ConversationValue, query: inputs.MessageQuery) -> Response:
    thread = conversations.messages(conversation.tenant_id, conversation.id, before=query.cursor, limit=query.limit + 1)
    shown = thread[-query.limit :]
    results = tuple(outputs.Message.of(one) for one in shown)
    return answer(outputs.MessagePage(results=results, next=shown[0].order if len(thread) > query.limit else None))
