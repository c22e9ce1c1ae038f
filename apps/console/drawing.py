"""One fragment, two wires: what the page includes, an answer or the socket pushes.

A push is HTML: `<template data-push="…">` elements, each with one of our fragments inside. `static/console/js/patch.js`
is the only reader. The same text answers a form sent by script, a poll, and travels on the socket.
"""

from collections.abc import Iterable, Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from apps.console.attending import AttendantRequest
from apps.console.cards import Card, card_for
from apps.console.lists import CardList, counters
from apps.console.threads import Entry, Thread, thread_for
from apps.contracts.conversations import ConversationValue
from apps.contracts.people import AttendantValue
from apps.conversations import selectors as conversations

#: After an action so many of the latest messages are drawn again.
LATEST = 6


def wants_push(request: HttpRequest) -> bool:
    """Tell whether our own script asks, which applies pushes instead of loading pages."""
    return request.headers.get("X-Push") == "1"


def push(kind: str, fragment: str = "", /, **attributes: object) -> SafeString:
    """Wrap a fragment with what the page shall do with it."""
    named = ((name.replace("_", "-"), value) for name, value in attributes.items())
    return format_html(
        '<template data-push="{}"{}>{}</template>',
        kind,
        format_html_join("", ' data-{}="{}"', named),
        mark_safe(fragment),  # noqa: S308 - our own template's output, escaped there
    )


def card(drawn: Card, *, rings: bool = False) -> SafeString:
    """The card, wherever it belongs now. One that rings is news to the person who sees it."""
    found = drawn.conversation
    fragment = render_to_string("console/_card.html", {"card": drawn})
    rung: dict[str, object] = {"rings": found.customer_name} if rings else {}
    return push(
        "card", fragment, conversation_id=found.id, tab=drawn.tab, sort=drawn.sort, version=found.version, **rung
    )


def arrival(conversation: ConversationValue) -> SafeString:
    """Somebody passed a conversation on to this person."""
    fragment = render_to_string("console/_arrival.html", {"conversation": conversation})
    return push("arrival", fragment, conversation_id=conversation.id)


def gone(conversation_id: str) -> SafeString:
    """This person may not see the conversation (any more)."""
    return push("gone", conversation_id=conversation_id)


def counts(viewer: AttendantValue) -> SafeString:
    numbers: dict[str, object] = dict(counters(viewer))
    return push("counts", **numbers)


def cursor(value: str) -> SafeString:
    return push("cursor", cursor=value)


def toast(text: str, level: str = "info") -> SafeString:
    return push("toast", render_to_string("console/_toast.html", {"text": text, "level": level}))


def parts(thread: Thread, names: Iterable[str] = ("thread_head", "dossier", "composer", "details")) -> SafeString:
    """Parts of the open conversation, each replacing its predecessor unless nothing in it changed."""
    context = {"thread": thread, "conversation": thread.conversation}
    drawn = (
        push("part", render_to_string(f"console/_{name}.html", context), conversation_id=thread.conversation.id)
        for name in names
    )
    return mark_safe("".join(drawn))  # noqa: S308 - joined pushes


def message_rows(thread: Thread, entries: Iterable[Entry]) -> SafeString:
    """Messages of the open conversation, to be added or drawn anew."""
    drawn = []
    for entry in entries:
        fragment = render_to_string("console/_message.html", {"entry": entry, "thread": thread})
        drawn.append(push("message", fragment, conversation_id=thread.conversation.id))
    return mark_safe("".join(drawn))  # noqa: S308 - joined pushes


def opened(request: AttendantRequest, thread: Thread) -> HttpResponse:
    """Answer a click on a card: both panes, and the card as it is now that it was read."""
    context = {"thread": thread, "conversation": thread.conversation}
    frames = [
        push("open", conversation_id=thread.conversation.id, title=thread.conversation.customer_name),
        push("part", render_to_string("console/_thread.html", context, request=request)),
        push("part", render_to_string("console/_details.html", context, request=request)),
        _card_now(request.attendant, thread.conversation.id),
        counts(request.attendant),
    ]
    return answer(request, frames)


def listed(request: AttendantRequest, found: CardList) -> HttpResponse:
    """Answer a click on a tab: the list alone, the open conversation stays."""
    context = {"list": found, "counts": counters(request.attendant)}
    return answer(request, [push("part", render_to_string("console/_list.html", context, request=request))])


def done(request: AttendantRequest, conversation_id: str, *, besides: Sequence[str] = ()) -> HttpResponse:
    """Answer an action with the conversation as it is now: pushed to our script, else by its page.

    `besides` are messages that it changed further up.
    """
    if not wants_push(request):
        return _redirect(request, conversation_id)
    found = conversations.conversation_for(request.attendant, conversation_id)
    if found is None:
        return left(request, conversation_id)
    thread = thread_for(found, request.attendant)
    frames = [
        message_rows(thread, [one for one in thread.entries[:-LATEST] if one.message.id in besides]),
        message_rows(thread, thread.entries[-LATEST:]),
        parts(thread),
        card(card_for(found, request.attendant, draft=thread.draft)),
        counts(request.attendant),
    ]
    return answer(request, frames)


def left(request: AttendantRequest, conversation_id: str) -> HttpResponse:
    """Answer an action after which the conversation is no longer this person's to see."""
    context = {"thread": None}
    frames = [
        gone(conversation_id),
        push("open", conversation_id="", title=""),
        push("part", render_to_string("console/_thread.html", context, request=request)),
        push("part", render_to_string("console/_details.html", context, request=request)),
        counts(request.attendant),
    ]
    return answer(request, frames)


def answer(request: HttpRequest, frames: Iterable[str]) -> HttpResponse:
    said = (toast(str(message), message.level_tag) for message in messages.get_messages(request))
    return HttpResponse("".join((*frames, *said)))


def _card_now(viewer: AttendantValue, conversation_id: str) -> str:
    found = conversations.conversation_for(viewer, conversation_id)
    return card(card_for(found, viewer)) if found else gone(conversation_id)


def _redirect(request: AttendantRequest, conversation_id: str) -> HttpResponseRedirect:
    if conversations.conversation_for(request.attendant, conversation_id) is None:
        return redirect("console:index")
    return redirect("console:conversation", conversation_id)
