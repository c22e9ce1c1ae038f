"""One conversation opened by one person: its messages as they are read, and what this person may do with it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property

from django.utils import formats, timezone

from apps.common import clock
from apps.console import cards, drafts
from apps.console.identities import Identity, identity_of
from apps.console.safe_media import is_shown_inline
from apps.console.template_forms import Pick, picks
from apps.contracts.configuration import QuickReplyValue
from apps.contracts.conversations import ConversationValue, CustomerValue, MessageValue
from apps.contracts.handoff import Dossier, DossierFact
from apps.contracts.people import AttendantValue, QueueValue
from apps.contracts.words import Author, DeliveryStatus, Direction, HandoffReason, MessageKind
from apps.conversations import selectors as conversations
from apps.conversations.domain import is_window_open
from apps.handoff import selectors as handoff
from apps.tenants import selectors as tenants
from apps.tenants.domain import normalise

PAGE = 50
PREVIOUS = 5
TROUBLE = (DeliveryStatus.FAILED, DeliveryStatus.UNKNOWN)

#: What only happened to the conversation, or to another message, which shows it.
SMALL_LINES = frozenset(
    {MessageKind.EVENT, MessageKind.SYSTEM, MessageKind.REACTION, MessageKind.EDIT, MessageKind.REVOKE}
)
#: Events after which somebody else speaks.
CHANGES_OF_HANDS = frozenset({"handed_off", "taken", "transferred", "requeued", "returned"})


@dataclass(frozen=True)
class Entry:
    """One message of the thread. `style` says whose voice it is; `quote` is the message it answers."""

    message: MessageValue
    day: date
    opens_day: bool = False
    is_first_unread: bool = False
    is_mine: bool = False
    is_by_me: bool = False
    can_resend: bool = False
    queue_name: str = ""
    quote: MessageValue | None = None

    @property
    def style(self) -> str:
        if self.message.content.kind in SMALL_LINES and not self.is_in_trouble:
            return "event"
        if self.message.direction is Direction.NOTE:
            return "mine note"
        if self.message.direction is Direction.INBOUND:
            return "from-customer"
        return {Author.ASSISTANT: "mine bot", Author.SYSTEM: "mine auto"}.get(self.message.author, "mine")

    @property
    def is_known_reason(self) -> bool:
        """Whether the reason of an event is one of our words, or what a person wrote."""
        return self.message.content.fields.get("reason", "") in set(HandoffReason)

    @property
    def is_in_trouble(self) -> bool:
        return self.message.status in TROUBLE

    @property
    def is_safe_image(self) -> bool:
        media = self.message.content.media
        return media is not None and is_shown_inline(media.mime_type)

    @property
    def sources(self) -> list[str]:
        """The titles of the articles, or their ids where the assistant kept no title."""
        found = self.message.provenance.get("sources") or []
        return [
            str(source.get("title") or source.get("id")) if isinstance(source, dict) else str(source)
            for source in found
        ]

    @property
    def cost(self) -> str:
        try:
            cost = Decimal(str(self.message.provenance.get("cost_usd") or 0))
        except InvalidOperation:
            return ""
        return formats.number_format(f"{cost:.5f}".rstrip("0").rstrip(".")) if cost else ""

    @property
    def tokens(self) -> int:
        provenance = self.message.provenance
        return int(provenance.get("prompt_tokens") or 0) + int(provenance.get("completion_tokens") or 0)

    @property
    def confidence(self) -> float | None:
        found = self.message.provenance.get("confidence")
        return float(found) if isinstance(found, int | float) else None


@dataclass(frozen=True)
class QuickReply:
    """A ready answer with its variables filled in. `search` is what typing is compared with."""

    shortcut: str
    title: str
    body: str
    scope: str
    search: str
    id: str = ""
    filename: str = ""


@dataclass(frozen=True)
class Thread:
    """Everything the middle and right panes show."""

    conversation: ConversationValue
    customer: CustomerValue | None
    tab: str
    entries: list[Entry]
    before: str
    unread: int
    is_mine: bool
    holder_name: str
    can_take: bool
    composer: str
    queue: QueueValue | None
    dossier: Dossier | None
    previous: list[ConversationValue]
    quick_replies: list[QuickReply]
    draft: str
    client_id: str

    @property
    def template_picks(self) -> list[Pick]:
        """The approved templates of its account, for when the window is closed or the conversation is."""
        return picks(self.conversation)

    @cached_property
    def identity(self) -> Identity | None:
        return identity_of(self.customer) if self.customer else None

    @property
    def can_return(self) -> bool:
        return self.is_mine

    @property
    def can_transfer(self) -> bool:
        return self.is_mine

    @property
    def is_window_short(self) -> bool:
        end = self.conversation.window_expires_at
        return end is not None and end - clock.now() < cards.SHORT_WINDOW

    @property
    def has_dossier(self) -> bool:
        """Only a handoff leaves something behind that is worth the place above the thread."""
        return self.dossier is not None and self.dossier.reason is not None

    @property
    def is_dossier_open(self) -> bool:
        """It folds once the person who holds it has answered: then the thread itself says more."""
        return self.tab in ("mine", "waiting") and not self._is_answered()

    def _is_answered(self) -> bool:
        """Whether a person spoke to the customer since the conversation last changed hands."""
        for message in (entry.message for entry in reversed(self.entries)):
            if message.content.fields.get("event", "") in CHANGES_OF_HANDS:
                return False
            if message.author is Author.ATTENDANT and message.direction is Direction.OUTBOUND:
                return True
        return False

    @property
    def suggested_queue(self) -> str:
        slug = self.dossier.suggested_queue if self.dossier else ""
        found = tenants.queue(self.conversation.tenant_id, slug) if slug else None
        return found.name if found else ""

    @property
    def fields(self) -> tuple[DossierFact, ...]:
        if self.dossier and self.dossier.facts:
            return self.dossier.facts
        return tuple(DossierFact(name=name, value=value) for name, value in self.conversation.collected.items())

    @property
    def missing(self) -> int:
        return sum(fact.is_missing for fact in self.fields)


def thread_for(conversation: ConversationValue, viewer: AttendantValue, *, before: str = "") -> Thread:
    """Load all that stands around one conversation, for somebody who may see it."""
    tenant_id = conversation.tenant_id
    found = conversations.messages(tenant_id, conversation.id, before=before, limit=PAGE)
    tab = cards.tab_of(conversation, viewer)
    customer = conversations.customer(tenant_id, conversation.customer_id)
    unread = conversation.unread if tab == "mine" else 0
    return Thread(
        conversation=conversation,
        customer=customer,
        tab=tab,
        entries=entries_for(found, viewer, unread=0 if before else unread, is_holder=tab == "mine"),
        before=found[0].order if len(found) == PAGE else "",
        unread=unread,
        is_mine=tab == "mine",
        holder_name=cards.holder_name(conversation, viewer),
        can_take=tab in ("waiting", "assistant"),
        composer=composer_for(conversation, tab),
        queue=tenants.queue(tenant_id, conversation.queue) if conversation.queue else None,
        dossier=handoff.dossier(tenant_id, conversation.id, attendant_name=viewer.name),
        previous=_previous(conversation, viewer),
        quick_replies=_quick_replies(conversation, viewer),
        draft=drafts.read(viewer, conversation.id),
        client_id=uuid.uuid4().hex,
    )


def composer_for(conversation: ConversationValue, tab: str) -> str:
    """What stands where one writes: the editor, or the reason why there is none."""
    if tab in ("waiting", "people", "closed"):
        return {"waiting": "take", "people": "other", "closed": "closed"}[tab]
    if not is_window_open(conversation.window_expires_at, clock.now()):
        return "window"
    return "mine" if tab == "mine" else "assistant"


def entries_for(
    found: Iterable[MessageValue], viewer: AttendantValue, *, unread: int = 0, is_holder: bool = False
) -> list[Entry]:
    """Turn messages, oldest first, into lines with day separators, quotes and the mark of the first unread one."""
    messages = list(found)
    by_external_id = {message.external_id: message for message in messages if message.external_id}
    inbound = [message.id for message in messages if message.direction is Direction.INBOUND]
    first_unread = inbound[-unread] if 0 < unread <= len(inbound) else ""
    entries: list[Entry] = []
    for message in messages:
        day = timezone.localtime(message.created_at).date()
        entries.append(
            Entry(
                message=message,
                day=day,
                opens_day=not entries or entries[-1].day != day,
                is_first_unread=message.id == first_unread,
                is_mine=message.author is Author.ATTENDANT and message.author_id == viewer.id,
                is_by_me=message.content.fields.get("by", "") == viewer.name,
                can_resend=is_holder and message.status in TROUBLE,
                queue_name=_queue_name(message, viewer),
                quote=by_external_id.get(message.replies_to),
            )
        )
    return entries


def _previous(conversation: ConversationValue, viewer: AttendantValue) -> list[ConversationValue]:
    """Earlier conversations of the customer. Who may see this one may read their titles; opening asks again."""
    return conversations.previous_conversations(
        viewer.tenant_id, conversation.customer_id, besides=conversation.id, limit=PREVIOUS
    )


def _queue_name(message: MessageValue, viewer: AttendantValue) -> str:
    slug = message.content.fields.get("queue", "") if message.content.kind is MessageKind.EVENT else ""
    found = tenants.queue(viewer.tenant_id, slug) if slug else None
    return found.name if found else ""


def _quick_replies(conversation: ConversationValue, viewer: AttendantValue) -> list[QuickReply]:
    return [_filled(reply, conversation, viewer) for reply in tenants.quick_replies(viewer.tenant_id, viewer.id)]


def _filled(reply: QuickReplyValue, conversation: ConversationValue, viewer: AttendantValue) -> QuickReply:
    """Fill in the variables that a quick reply may hold; one nobody knows stays as it is, so that it is noticed."""
    first_name = conversation.customer_name.partition(" ")[0]
    tenant = tenants.tenant(viewer.tenant_id)
    known = {
        "nome": first_name,
        "primeiro_nome": first_name,
        "nome_completo": conversation.customer_name,
        "atendente": viewer.name.partition(" ")[0],
        "protocolo": conversation.protocol,
        "empresa": tenant.name if tenant else "",
    }
    body = reply.body
    for name, value in known.items():
        body = body.replace(f"{{{{{name}}}}}", value).replace(f"{{{name}}}", value)
    search = normalise(f"{reply.shortcut} {reply.title} {body}")
    return QuickReply(
        shortcut=reply.shortcut.lstrip("/"),
        title=reply.title,
        body=body,
        scope=reply.scope,
        search=search,
        id=reply.id,
        filename=reply.file.rpartition("/")[2],
    )
