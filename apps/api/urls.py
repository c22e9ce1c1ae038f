"""The API's addresses: questions above, commands below."""

from django.urls import URLPattern, path, re_path
from drf_spectacular.views import SpectacularJSONAPIView

from apps.api.views import commands, customers, queries, sending, templates
from apps.api.views.base import not_found

app_name = "api"

QUERIES: list[URLPattern] = [
    path("conversations", queries.Conversations.as_view(), name="conversations"),
    path("conversations/<str:conversation_id>", queries.Conversation.as_view(), name="conversation"),
    path(
        "conversations/<str:conversation_id>/messages",
        queries.ConversationMessages.as_view(),
        name="conversation-messages",
    ),
    path("conversations/<str:conversation_id>/dossier", queries.DossierOf.as_view(), name="dossier"),
    path("messages", queries.Messages.as_view(), name="messages"),
    path("messages/<str:message_id>", queries.Message.as_view(), name="message"),
    path("messages/<str:message_id>/timeline", queries.Timeline.as_view(), name="timeline"),
    path("customers", queries.Customers.as_view(), name="customers"),
    path("customers/<str:customer_id>", queries.Customer.as_view(), name="customer"),
    path("customers/<str:customer_id>/identity", customers.CustomerIdentity.as_view(), name="customer-identity"),
    path("queues", queries.Queues.as_view(), name="queues"),
    path("tickets", queries.Tickets.as_view(), name="tickets"),
    path("presence", queries.Presences.as_view(), name="presence"),
    path("figures/today", queries.Today.as_view(), name="today"),
    path("templates", templates.Templates.as_view(), name="templates"),
    path("usage", queries.Usage.as_view(), name="usage"),
]

COMMANDS: list[URLPattern] = [
    path("conversations/<str:conversation_id>/reply", sending.Reply.as_view(), name="reply"),
    path("conversations/<str:conversation_id>/note", commands.Note.as_view(), name="note"),
    path("conversations/<str:conversation_id>/take", commands.Take.as_view(), name="take"),
    path("conversations/<str:conversation_id>/handoff", commands.Handoff.as_view(), name="handoff"),
    path("conversations/<str:conversation_id>/transfer", commands.Transfer.as_view(), name="transfer"),
    path("conversations/<str:conversation_id>/return", commands.Return.as_view(), name="return"),
    path("conversations/<str:conversation_id>/close", commands.Close.as_view(), name="close"),
    path("conversations/<str:conversation_id>/tags", commands.Tags.as_view(), name="tags"),
    path("conversations/<str:conversation_id>/read", sending.MarkRead.as_view(), name="read"),
    path("messages/<str:message_id>/reaction", sending.Reaction.as_view(), name="reaction"),
    path("files", sending.Files.as_view(), name="files"),
    path("conversations/<str:conversation_id>/template", templates.SendTemplate.as_view(), name="send-template"),
    path("templates/preview", templates.PreviewTemplate.as_view(), name="preview-template"),
    path("templates/start", templates.StartWithTemplate.as_view(), name="start-with-template"),
    path("customers/<str:customer_id>/merge", customers.MergeCustomer.as_view(), name="merge-customer"),
    path("customers/<str:customer_id>/undo-merge", customers.UndoMerge.as_view(), name="undo-merge"),
    path("presence/set", commands.SetPresence.as_view(), name="set-presence"),
]

urlpatterns = [
    *QUERIES,
    *COMMANDS,
    path("schema", SpectacularJSONAPIView.as_view(), name="schema"),
    re_path(r"^.*$", not_found),
]
