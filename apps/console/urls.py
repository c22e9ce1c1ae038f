"""Paths of the console, below `/console/`. Login and logout belong to the site itself."""

from django.urls import path

from apps.console.views import (
    actions,
    board,
    composing,
    identities,
    media,
    panes,
    presence,
    templates,
    timeline,
    transfer,
    updates,
)

urlpatterns = [
    path("", panes.index, name="index"),
    path("conversations/<str:conversation_id>/", panes.conversation, name="conversation"),
    path("conversations/<str:conversation_id>/messages/", panes.messages, name="messages"),
    path("conversations/<str:conversation_id>/read/", panes.mark_read, name="read"),
    path("conversations/<str:conversation_id>/draft/", panes.draft, name="draft"),
    path("conversations/<str:conversation_id>/take/", actions.take, name="take"),
    path("conversations/<str:conversation_id>/replies/", composing.reply, name="replies"),
    path("conversations/<str:conversation_id>/compose/<str:what>/", composing.compose, name="compose"),
    path("conversations/<str:conversation_id>/notes/", actions.note, name="notes"),
    path("conversations/<str:conversation_id>/transfer/", transfer.transfer, name="transfer"),
    path("conversations/<str:conversation_id>/close/", actions.close, name="close"),
    path("conversations/<str:conversation_id>/return/", actions.return_to_assistant, name="return"),
    path("conversations/<str:conversation_id>/tags/", actions.tags, name="tags"),
    path("conversations/<str:conversation_id>/templates/", templates.templates, name="templates"),
    path("conversations/<str:conversation_id>/templates/<path:key>/", templates.template, name="template"),
    path("messages/<str:message_id>/resend/", actions.resend, name="resend"),
    path("messages/<str:message_id>/reaction/", composing.react, name="react"),
    path("messages/<str:message_id>/file/", media.fetch_again, name="fetch_again"),
    path("messages/<str:message_id>/timeline/", timeline.timeline, name="timeline"),
    path("conversations/<str:conversation_id>/merge/<str:other_id>/", identities.merge, name="merge"),
    path("conversations/<str:conversation_id>/keep-apart/<str:other_id>/", identities.keep_apart, name="keep_apart"),
    path("conversations/<str:conversation_id>/part/<str:merge_id>/", identities.undo, name="part"),
    path("media/<str:message_id>/", media.media, name="media"),
    path("history/", timeline.explain, name="explain"),
    path("board/", board.board, name="board"),
    path("presence/", presence.presence, name="presence"),
    path("updates/", updates.updates, name="updates"),
]
