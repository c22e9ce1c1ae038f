"""The rules of processing: spam, routing, consent, ratings. Pure functions on values; the clock is passed in."""

import re
from collections.abc import Iterable
from datetime import datetime, time

from apps.common.portuguese import fold, words
from apps.contracts.base import Moment, Value
from apps.contracts.messages import Analysis, InboundMessage
from apps.contracts.words import SilenceReason

SPAM_FROM = 1.0
RATING_PREFIX = "csat"

_LINK = re.compile(
    r"(?:https?://|www\.)([\w.-]+)|\b([\w-]+(?:\.[\w-]+)*\.(?:com|net|org|br|io|app|xyz|top|info|shop|online|site|link|ly|me))\b",
    re.I,
)
#: Each is the whole message, but for politeness: "quero parar de pagar aluguel" is no opt-out.
_CONSENTS = {
    "opt_out": """sair|parar|pare|stop|unsubscribe|cancelar|cancele|cancelar inscricao|cancelar mensagens|
        descadastrar|descadastre|descadastro|remover|remova|me remova|me remove|me tira da lista|me tire da lista|
        sair da lista|quero sair|quero parar|pare de mandar mensagem|pare de mandar mensagens|
        pare de enviar mensagens|para de mandar mensagem|parar de receber mensagens|parar de receber|
        nao quero receber|nao quero mais receber|nao quero receber mensagens|nao quero mais receber mensagens|
        nao quero mais mensagens|nao me mande mensagem|nao me mande mensagens|nao me mande mais mensagem|
        nao me mande mais mensagens|nao me mandem mais mensagens|nao mande mais mensagens|nao mandem mais mensagens""",
    "opt_in": """voltar|start|quero voltar|reativar|quero receber|quero receber mensagens|voltar a receber|
        quero voltar a receber|quero voltar a receber mensagens|pode mandar mensagens de novo""",
    "marketing_opt_out": """parar promocoes|parar promocao|parar de receber promocoes|stop promotions|sem promocoes|
        nao quero promocoes|nao quero mais promocoes|nao quero receber promocoes|nao quero mais receber promocoes|
        nao quero propaganda|nao quero mais propaganda|nao quero receber propaganda|nao tenho interesse em promocoes""",
    "marketing_opt_in": """quero promocoes|quero receber promocoes|voltar a receber promocoes|
        quero voltar a receber promocoes|quero receber novidades""",
}
_POLITE = frozenset("por favor obrigado obrigada gentileza".split())
_SINGULAR = {"mensagens": "mensagem", "promocoes": "promocao", "propagandas": "propaganda"}


def _plainly(said: list[str]) -> str:
    return " ".join(_SINGULAR.get(word, word) for word in said if word not in _POLITE)


_MEANING = {
    _plainly(phrase.split()): meaning for meaning, phrases in _CONSENTS.items() for phrase in phrases.split("|")
}


class SpamRuleValue(Value):
    """`patterns` are lines as people wrote them; `sign` one of "phrase", "link", "repetition", "sender"."""

    name: str
    sign: str
    patterns: tuple[str, ...]
    score: float


class RoutingRuleValue(Value):
    """Conditions that are empty are not asked. `action` is one of "reply", "queue", "tag", "assistant", "ignore"."""

    name: str
    needs_all: bool = True
    active_from: Moment | None = None
    active_until: Moment | None = None
    phrases: tuple[str, ...] = ()
    kind: str = ""
    intent: str = ""
    account: str = ""
    starts_at: time | None = None
    ends_at: time | None = None
    action: str
    reply: str = ""
    queue: str = ""
    tag: str = ""
    assistant: str = ""
    stops: bool = True


def spam_score(message: InboundMessage, rules: Iterable[SpamRuleValue]) -> float:
    """The sum of the weights of every rule that holds, at most 1."""
    return min(1.0, round(sum(rule.score for rule in rules if _is_spam_sign(rule, message)), 2))


def apply_rules(
    analysis: Analysis, message: InboundMessage, rules: Iterable[RoutingRuleValue], *, local_now: datetime
) -> Analysis:
    """Let the rules in their order change the analysis; the first to set something wins over later ones."""
    for rule in rules:
        if not holds(rule, message, intent=analysis.intent, local_now=local_now):
            continue
        analysis = _applied(rule, analysis)
        if rule.stops:
            break
    return analysis


def holds(rule: RoutingRuleValue, message: InboundMessage, *, intent: str, local_now: datetime) -> bool:
    """Tell whether a rule's conditions are met at this moment, in the tenant's own time."""
    if (rule.active_from and local_now < rule.active_from) or (rule.active_until and local_now >= rule.active_until):
        return False
    answers = []
    if rule.phrases:
        answers.append(contains_any(message.content.text, rule.phrases))
    if rule.kind:
        answers.append(message.content.kind == rule.kind)
    if rule.intent:
        answers.append(intent == rule.intent)
    if rule.account:
        answers.append(message.account == rule.account)
    if rule.starts_at is not None and rule.ends_at is not None:
        answers.append(_is_between(rule.starts_at, rule.ends_at, local_now.time()))
    return all(answers) if rule.needs_all or not answers else any(answers)


def contains_any(text: str, phrases: Iterable[str]) -> bool:
    """Tell whether a phrase stands in the text as whole words, however accents and abbreviations are written."""
    said = f" {' '.join(words(text))} "
    return any(f" {' '.join(words(phrase))} " in said for phrase in phrases if words(phrase))


def consent(text: str) -> str:
    """What a text says of what its writer accepts: a key of `_CONSENTS`, or "" when it is about anything else."""
    return _MEANING.get(_plainly(words(text)), "")


def rating(message: InboundMessage) -> tuple[int, str] | None:
    """The note 1–5 and the conversation it is for, when the message answers a feedback request."""
    choice = message.content.choice
    prefix, _, rest = (choice.id if choice else "").partition(":")
    conversation_id, _, note = rest.rpartition(":")
    if prefix != RATING_PREFIX or not conversation_id or note not in ("1", "2", "3", "4", "5"):
        return None
    return int(note), conversation_id


def _applied(rule: RoutingRuleValue, analysis: Analysis) -> Analysis:
    match rule.action:
        case "reply" if not analysis.reply:
            return analysis.model_copy(update={"reply": rule.reply})
        case "queue" if not analysis.queue:
            return analysis.model_copy(update={"queue": rule.queue, "handoff_rule": rule.name})
        case "tag" if rule.tag not in analysis.tags:
            return analysis.model_copy(update={"tags": (*analysis.tags, rule.tag)})
        case "assistant" if not analysis.assistant:
            return analysis.model_copy(update={"assistant": rule.assistant})
        case "ignore" if not analysis.silence:
            return analysis.model_copy(update={"silence": SilenceReason.RULE.value})
    return analysis


def _is_spam_sign(rule: SpamRuleValue, message: InboundMessage) -> bool:
    text = message.content.text[:4096]
    match rule.sign:
        case "phrase":
            said = " ".join(words(text))
            return any(_wildcard(pattern).search(said) for pattern in rule.patterns)
        case "link":
            hosts = [(full or bare).lower() for full, bare in _LINK.findall(text)]
            if not rule.patterns:
                return bool(hosts)
            return any(
                host == domain or host.endswith(f".{domain}")
                for host in hosts
                for domain in map(str.lower, rule.patterns)
            )
        case "repetition":
            return _repeats(text)
        case "sender":
            senders = {
                message.sender.address,
                message.sender.phone,
                *(one.partition(":")[2] for one in message.sender.identities),
            }
            return any(re.sub(r"\D", "", pattern) in senders or pattern in senders for pattern in rule.patterns)
    return False


def _wildcard(pattern: str) -> re.Pattern[str]:
    """Only a star is special, and it spans little, so that no pattern a person writes can be slow."""
    parts = [re.escape(" ".join(words(part))) for part in pattern.split("*")]
    return re.compile(r"\b" + r".{0,60}?".join(parts) + r"\b")


def _repeats(text: str) -> bool:
    """The same words again and again: at least twelve, of which a quarter at most are different."""
    said = fold(text).split()
    return len(said) >= 12 and len(set(said)) * 4 <= len(said)


def _is_between(starts: time, ends: time, now: time) -> bool:
    return starts <= now < ends if starts < ends else now >= starts or now < ends
