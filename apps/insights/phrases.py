"""Plain Portuguese for what the timeline shows."""

from typing import Any

from django.utils.translation import gettext, gettext_lazy

from apps.contracts.conversations import MessageValue
from apps.contracts.words import Author, DeliveryStatus, HandoffReason, MessageKind, SilenceReason

_SILENCES = {
    SilenceReason.HELD_BY_PERSON: gettext_lazy(
        "Uma pessoa cuida desta conversa, por isso a assistente ficou em silêncio."
    ),
    SilenceReason.WAITING_FOR_PERSON: gettext_lazy(
        "A conversa já esperava por uma pessoa, por isso a assistente ficou em silêncio."
    ),
    SilenceReason.SPAM: gettext_lazy("Não houve resposta porque a mensagem foi marcada como spam."),
    SilenceReason.REACTION: gettext_lazy("Não houve resposta porque uma reação não pede uma."),
    SilenceReason.OPTED_OUT: gettext_lazy("Não houve resposta porque a pessoa pediu para não receber mensagens."),
    SilenceReason.NOTHING_TO_ANSWER: gettext_lazy("Não houve resposta porque não havia o que responder."),
    SilenceReason.TOO_OLD: gettext_lazy(
        "Não houve resposta porque a mensagem chegou tarde demais, mais de 24 horas depois de escrita."
    ),
    SilenceReason.RATING: gettext_lazy("É a nota que a pessoa deu ao atendimento; recebeu um agradecimento."),
    SilenceReason.RULE: gettext_lazy("Não houve resposta porque uma regra manda ignorar esta mensagem."),
    SilenceReason.ANSWERED_WITH_BURST: gettext_lazy("Foi respondida junto com as mensagens seguintes."),
    SilenceReason.TURN_LIMIT: gettext_lazy(
        "Não houve resposta porque esta pessoa passou do limite de mensagens por hora."
    ),
    SilenceReason.LOOP: gettext_lazy(
        "Não houve resposta porque o mesmo texto se repetiu muitas vezes, como faz um robô."
    ),
}

_REASONS = {
    HandoffReason.ASKED_FOR_PERSON: gettext_lazy("O cliente pediu uma pessoa"),
    HandoffReason.RULE: gettext_lazy("Uma regra chamou uma pessoa"),
    HandoffReason.ASSISTANT_DECIDED: gettext_lazy("A assistente preferiu chamar uma pessoa"),
    HandoffReason.ASSISTANT_FAILED: gettext_lazy("A assistente não conseguiu ajudar"),
    HandoffReason.MODEL_UNAVAILABLE: gettext_lazy("O modelo estava fora do ar"),
    HandoffReason.BUDGET_SPENT: gettext_lazy("O orçamento do dia acabou"),
    HandoffReason.SAFETY: gettext_lazy("O assunto pede cuidado de uma pessoa"),
    HandoffReason.ATTENDANT_TRANSFERRED: gettext_lazy("Foi transferida"),
    HandoffReason.ATTENDANT_LEFT: gettext_lazy("Quem atendia saiu"),
    HandoffReason.TAKEN_BY_ATTENDANT: gettext_lazy("Uma pessoa assumiu por conta própria"),
}

_DELIVERY = {
    "sending": gettext_lazy("Saiu para o canal"),
    "unconfirmed": gettext_lazy("O canal não confirmou o envio"),
    "sent": gettext_lazy("Aceita pelo canal"),
    "delivered": gettext_lazy("Entregue"),
    "read": gettext_lazy("Lida"),
    "failed": gettext_lazy("O envio falhou"),
    "unknown": gettext_lazy("Não se sabe se chegou"),
    "cancelled": gettext_lazy("Cancelada antes de sair"),
}

_KINDS = {
    MessageKind.TEXT: gettext_lazy("Texto"),
    MessageKind.IMAGE: gettext_lazy("Imagem"),
    MessageKind.AUDIO: gettext_lazy("Áudio"),
    MessageKind.VIDEO: gettext_lazy("Vídeo"),
    MessageKind.DOCUMENT: gettext_lazy("Documento"),
    MessageKind.STICKER: gettext_lazy("Figurinha"),
    MessageKind.LOCATION: gettext_lazy("Localização"),
    MessageKind.CONTACTS: gettext_lazy("Contato"),
    MessageKind.BUTTON_REPLY: gettext_lazy("Botão escolhido"),
    MessageKind.LIST_REPLY: gettext_lazy("Opção escolhida"),
    MessageKind.REACTION: gettext_lazy("Reação"),
    MessageKind.FLOW_REPLY: gettext_lazy("Formulário"),
    MessageKind.ORDER: gettext_lazy("Pedido"),
    MessageKind.EDIT: gettext_lazy("Mensagem editada"),
    MessageKind.REVOKE: gettext_lazy("Mensagem apagada"),
    MessageKind.SYSTEM: gettext_lazy("Aviso do canal"),
    MessageKind.WELCOME: gettext_lazy("Abriu a conversa"),
    MessageKind.TEMPLATE: gettext_lazy("Modelo"),
    MessageKind.UNSUPPORTED: gettext_lazy("Mensagem de um tipo não suportado"),
}

_INTENTS = {
    "price": gettext_lazy("preço"),
    "start": gettext_lazy("começar um projeto"),
    "how_it_works": gettext_lazy("como funciona"),
    "schedule": gettext_lazy("agenda e prazo"),
    "address": gettext_lazy("endereço e horário"),
    "complaint": gettext_lazy("reclamação"),
    "greeting": gettext_lazy("saudação"),
    "thanks": gettext_lazy("agradecimento"),
    "farewell": gettext_lazy("despedida"),
    "person": gettext_lazy("pedido de uma pessoa"),
    "rating": gettext_lazy("avaliação"),
    "opt_out": gettext_lazy("não receber mensagens"),
    "opt_in": gettext_lazy("voltar a receber"),
    "marketing_opt_out": gettext_lazy("não receber promoções"),
    "marketing_opt_in": gettext_lazy("receber promoções"),
}

_MOODS = {
    "positive": gettext_lazy("positivo"),
    "neutral": gettext_lazy("neutro"),
    "negative": gettext_lazy("negativo"),
}


def silence(reason: SilenceReason, *, who: str, queue: str) -> str:
    if reason is SilenceReason.HELD_BY_PERSON and who:
        return gettext("%(who)s cuida desta conversa e ainda não respondeu a esta mensagem.") % {"who": who}
    if reason is SilenceReason.WAITING_FOR_PERSON and queue:
        return gettext("A conversa espera por uma pessoa na fila %(queue)s.") % {"queue": queue}
    return str(_SILENCES[reason])


def reason(value: HandoffReason) -> str:
    return str(_REASONS[value])


def intent(name: str) -> str:
    """The name of an intent as people read it; an unknown one as it is."""
    return str(_INTENTS.get(name, name))


def mood(name: str) -> str:
    return str(_MOODS.get(name, name))


def delivery(status: str) -> str:
    return str(_DELIVERY.get(status, status))


def kind(message: MessageValue) -> str:
    return str(_KINDS.get(message.content.kind, message.content.kind.value))


def analysis(found: dict[str, Any]) -> str:
    parts = []
    if name := found.get("intent"):
        parts.append(gettext("Intenção: %(intent)s.") % {"intent": intent(name)})
    if name := found.get("sentiment"):
        parts.append(gettext("Humor: %(mood)s.") % {"mood": mood(name)})
    if found.get("is_spam"):
        parts.append(gettext("Parece spam."))
    if found.get("wants_person"):
        parts.append(gettext("Pede uma pessoa."))
    return " ".join(parts)


def written_by(answer: MessageValue) -> str:
    if answer.author is Author.ATTENDANT:
        return gettext("%(who)s respondeu") % {"who": answer.author_name}
    return (
        gettext("A assistente respondeu") if answer.author is Author.ASSISTANT else gettext("Aviso automático escrito")
    )


def provenance(found: dict[str, Any]) -> str:
    """Model, sources and cost, as far as they are known."""
    parts = [str(found["model"])] if found.get("model") else []
    sources = len(found.get("sources") or ())
    if sources:
        parts.append(
            gettext("1 artigo usado") if sources == 1 else gettext("%(count)s artigos usados") % {"count": sources}
        )
    tokens = int(found.get("prompt_tokens") or 0) + int(found.get("completion_tokens") or 0)
    if tokens:
        parts.append(gettext("%(count)s tokens") % {"count": tokens})
    return ", ".join(parts)


def answered(answer: MessageValue, *, at: str) -> str:
    """What became of the answer, told as one sentence."""
    if answer.status is DeliveryStatus.FAILED:
        cause = answer.error_message.rstrip(".") or gettext("código %(code)s") % {"code": answer.error_code}
        return gettext("A resposta ficou pronta, mas não chegou: %(cause)s.") % {"cause": cause}
    if answer.status is DeliveryStatus.UNKNOWN:
        return gettext("A resposta foi enviada, mas não se sabe se chegou. Uma pessoa pode reenviar.")
    is_leaving = answer.status in (DeliveryStatus.QUEUED, DeliveryStatus.SENDING, DeliveryStatus.UNCONFIRMED)
    if answer.author is Author.ATTENDANT:
        facts = {"who": answer.author_name, "at": at}
        if is_leaving:
            return gettext("A resposta de %(who)s ficou pronta às %(at)s e está saindo.") % facts
        return gettext("Foi respondida às %(at)s por %(who)s.") % facts
    if is_leaving:
        return gettext("A resposta da assistente ficou pronta às %(at)s e está saindo.") % {"at": at}
    return gettext("Foi respondida às %(at)s pela assistente.") % {"at": at}


def outbound_verdict(message: MessageValue) -> str:
    if message.direction.value == "note":
        return gettext("É uma nota da equipe; nunca sai da casa.")
    if message.status is DeliveryStatus.FAILED:
        cause = message.error_message.rstrip(".") or gettext("código %(code)s") % {"code": message.error_code}
        return gettext("Não chegou: %(cause)s.") % {"cause": cause}
    return (
        delivery(message.status.value) + "."
        if message.status and message.status.value != "queued"
        else gettext("Está na fila de saída.")
    )
