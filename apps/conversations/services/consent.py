"""What a customer accepts: SAIR and VOLTAR in their own words, and what WhatsApp reports about marketing.

"all": they want nothing that they did not ask for. The assistant falls silent, and nothing may be begun with them:
no template, no bulk, no rating request. A person may still answer inside the customer service window, because then the
customer wrote first. "marketing": only marketing templates are refused; everything else goes on.
"""

from dataclasses import dataclass

from django.utils.translation import gettext

from apps.common import clock
from apps.contracts.content import text_content
from apps.contracts.errors import OptedOut
from apps.contracts.messages import Analysis, InboundMessage
from apps.contracts.people import ASSISTANT
from apps.contracts.words import Author
from apps.conversations import domain
from apps.conversations.documents import ConsentRecord, Conversation, Customer
from apps.conversations.services import writing

ALL, MARKETING = "all", "marketing"
MARKETING_CATEGORY = "MARKETING"

_SAID = {
    "opt_out": (ALL, True),
    "opt_in": (ALL, False),
    "marketing_opt_out": (MARKETING, True),
    "marketing_opt_in": (MARKETING, False),
}
_REPORTED = {
    "opt_out": (ALL, True),
    "opt_in": (ALL, False),
    "marketing_out": (MARKETING, True),
    "marketing_in": (MARKETING, False),
}
_FIELDS = {ALL: "opted_out_at", MARKETING: "marketing_out_at"}


@dataclass(frozen=True)
class Consent:
    """What a message changed. Only what the customer said in their own words is confirmed to them."""

    scope: str
    is_out: bool
    is_by_customer: bool


def note_consent(customer: Customer, message: InboundMessage, analysis: Analysis) -> Consent | None:
    """Record what a message says about what its customer accepts; None when that changes nothing.

    Compared by the channel's time, so that a SAIR that arrives after its VOLTAR does not undo it. A "voltar" of somebody
    who never left is a word like any other.
    """
    said, reported = _SAID.get(analysis.intent), _REPORTED.get(message.content.fields.get("consent", ""))
    if said is None and reported is None:
        return None
    scope, is_out = said or reported or (ALL, True)
    if reported == (ALL, False):
        _accept_marketing_again(customer, message)
    field = _FIELDS[scope]
    was_out = customer[field] is not None
    known = ConsentRecord.objects(tenant_id=message.tenant_id, customer_id=str(customer.id), scope=scope)
    is_newest = known.filter(at__gt=message.sent_at).first() is None
    if not is_out and not was_out and said is not None and is_newest:
        return None
    ConsentRecord(
        tenant_id=message.tenant_id,
        customer_id=str(customer.id),
        account=message.account,
        external_id=message.external_id,
        scope=scope,
        is_out=is_out,
        source="customer" if said else "channel",
        at=message.sent_at,
    ).save(force_insert=True, validate=False)
    if not is_newest or is_out == was_out:
        return None
    customer[field] = message.sent_at if is_out else None
    Customer.objects(id=customer.id).update_one(**{f"set__{field}": customer[field]})
    return Consent(scope, is_out, is_by_customer=said is not None)


def _accept_marketing_again(customer: Customer, message: InboundMessage) -> None:
    """Who lets a channel write to them again lets it write everything that the channel had refused for them."""
    if Customer.objects(id=customer.id, marketing_out_at__ne=None).update_one(set__marketing_out_at=None):
        customer.marketing_out_at = None
        ConsentRecord(
            tenant_id=message.tenant_id,
            customer_id=str(customer.id),
            account=message.account,
            external_id=message.external_id,
            scope=MARKETING,
            is_out=False,
            source="channel",
            at=message.sent_at,
        ).save(force_insert=True, validate=False)


def note_marketing_refused(conversation: Conversation) -> None:
    """The channel says, by refusing a message, that the customer wants no marketing any more."""
    changed = Customer.objects(id=conversation.customer_id, marketing_out_at=None).update_one(
        set__marketing_out_at=clock.now()
    )
    if changed:
        ConsentRecord(
            tenant_id=conversation.tenant_id,
            customer_id=conversation.customer_id,
            account=conversation.account,
            scope=MARKETING,
            is_out=True,
            source="channel",
            at=clock.now(),
        ).save(force_insert=True, validate=False)


def confirm(conversation: Conversation, consent: Consent) -> None:
    """Tell the customer, once, that it was understood; what they asked before an opt-out is not answered any more."""
    if consent.is_out and consent.scope == ALL and conversation.holder == str(ASSISTANT):
        Conversation.objects(id=conversation.id).update_one(set__answered=conversation.turn)
    if not consent.is_by_customer or not domain.is_window_open(conversation.window_expires_at, clock.now()):
        return
    stepped = Conversation.objects(id=conversation.id).modify(new=True, inc__seq=1, inc__version=1)
    said = text_content(_sentence(consent))
    writing.insert_outbound(stepped, author=Author.SYSTEM, content=said, turn=conversation.turn)


def refuse_opted_out(conversation: Conversation, *, category: str = "") -> None:
    """Raise OptedOut when the business may not begin with this customer; `category` is the template's, "" for bulk."""
    customer = Customer.objects(tenant_id=conversation.tenant_id, id=conversation.customer_id).first()
    if customer is not None:
        refuse_customer(customer, category=category)


def refuse_customer(customer: Customer, *, category: str = "") -> None:
    """As `refuse_opted_out`, for a customer with whom there is no conversation yet."""
    is_marketing = category.upper() in ("", MARKETING_CATEGORY)
    if customer.opted_out_at is not None or (is_marketing and customer.marketing_out_at is not None):
        raise OptedOut


def _sentence(consent: Consent) -> str:
    if consent.scope == ALL:
        if consent.is_out:
            return gettext(
                "Pronto, não vamos mais mandar mensagens por aqui. Se mudar de ideia, é só escrever VOLTAR. "
                "E, se precisar de uma pessoa, é só pedir."
            )
        return gettext("Que bom ter você de volta! Pode escrever quando quiser.")
    if consent.is_out:
        return gettext("Pronto, você não recebe mais nossas promoções. O atendimento por aqui continua normal.")
    return gettext("Combinado, você volta a receber nossas novidades por aqui.")
