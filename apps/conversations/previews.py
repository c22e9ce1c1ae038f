"""One line that says what a message is, for lists."""

from decimal import Decimal

from apps.common.money import amount_of, money
from apps.contracts.content import Content
from apps.contracts.words import MessageKind

_LABELS = {
    MessageKind.IMAGE: "Imagem",
    MessageKind.AUDIO: "Áudio",
    MessageKind.VIDEO: "Vídeo",
    MessageKind.DOCUMENT: "Documento",
    MessageKind.STICKER: "Figurinha",
    MessageKind.LOCATION: "Localização",
    MessageKind.CONTACTS: "Contato",
    MessageKind.ORDER: "Pedido",
    MessageKind.FLOW_REPLY: "Formulário",
    MessageKind.EDIT: "Editou",
    MessageKind.REVOKE: "Mensagem apagada",
    MessageKind.SYSTEM: "Aviso do canal",
    MessageKind.WELCOME: "Abriu a conversa",
    MessageKind.UNSUPPORTED: "Mensagem de um tipo não suportado",
}
#: What a report of the channel is about, by its type, in the words of the list.
_REPORTS = {
    "user_changed_number": "Trocou de número",
    "user_changed_user_id": "Trocou de identificação",
    "user_id_update": "Trocou de identificação",
    "customer_identity_changed": "Trocou de aparelho",
    "opt_out": "Não quer mais mensagens",
    "opt_in": "Aceita mensagens de novo",
    "marketing_out": "Não quer mais promoções",
    "marketing_in": "Aceita promoções de novo",
}


def preview(content: Content) -> str:
    """Its text, else what a person would call its kind."""
    if content.kind is MessageKind.REACTION:
        return f"Reagiu com {content.emoji}" if content.emoji else "Retirou a reação"
    if content.kind is MessageKind.SYSTEM:
        fields = content.fields
        return _REPORTS.get(fields.get("consent") or fields.get("type", ""), _LABELS[content.kind])
    label, detail = _LABELS.get(content.kind, ""), _detail(content)
    if not label:
        return detail
    return f"{label}: {detail}" if detail else label


def order_total(content: Content) -> tuple[Decimal, str] | None:
    """The sum of an order and its currency; None when a price is missing or the currencies differ."""
    prices = [amount_of(item.price) for item in content.order]
    currencies = {item.currency for item in content.order}
    if not prices or None in prices or len(currencies) != 1:
        return None
    total = sum(
        (price * Decimal(str(item.quantity)) for price, item in zip(prices, content.order, strict=True) if price),
        Decimal(),
    )
    return total, currencies.pop()


def _detail(content: Content) -> str:
    match content.kind:
        case MessageKind.CONTACTS:
            return ", ".join(person.name for person in content.people)
        case MessageKind.ORDER:
            total = order_total(content)
            return money(*total) if total else content.text
        case MessageKind.FLOW_REPLY:
            return ", ".join(f"{name}: {value}" for name, value in content.fields.items()) or content.text
        case MessageKind.LOCATION if content.place:
            return content.text or content.place.name or content.place.address
        case MessageKind.DOCUMENT if content.media:
            return content.text or content.media.filename
        case _:
            return content.text
