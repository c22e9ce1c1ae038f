"""Meta's words about templates, in ours. Data, and the look-ups over it."""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from apps.contracts.words import TemplateStatus

#: Statuses as listed and as webhooks name them (§5). A flagged template is near its pause, and still sent.
STATUSES = {
    "APPROVED": TemplateStatus.APPROVED,
    "FLAGGED": TemplateStatus.APPROVED,
    "REINSTATED": TemplateStatus.APPROVED,
    "UNPAUSED": TemplateStatus.APPROVED,
    "PENDING": TemplateStatus.PENDING,
    "IN_APPEAL": TemplateStatus.PENDING,
    "REJECTED": TemplateStatus.REJECTED,
    "PAUSED": TemplateStatus.PAUSED,
    "DISABLED": TemplateStatus.DISABLED,
    "LOCKED": TemplateStatus.DISABLED,
    "ARCHIVED": TemplateStatus.DISABLED,
    "LIMIT_EXCEEDED": TemplateStatus.DISABLED,
    "DELETED": TemplateStatus.DELETED,
    "PENDING_DELETION": TemplateStatus.DELETED,
}

REASONS = {
    "ABUSIVE_CONTENT": _("Conteúdo considerado abusivo."),
    "INVALID_FORMAT": _(
        "Formato inválido: confira as variáveis, que não podem estar coladas nem abrir ou fechar o texto."
    ),
    "PROMOTIONAL": _("Conteúdo promocional em um modelo de outra categoria."),
    "TAG_CONTENT_MISMATCH": _("O conteúdo não corresponde à categoria ou ao idioma escolhido."),
    "INCORRECT_CATEGORY": _("A categoria escolhida não corresponde ao conteúdo."),
    "SCAM": _("Conteúdo considerado golpe."),
}

OUR_BUTTONS = frozenset({"QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE"})
FOREIGN_BUTTONS = {
    "OTP": _("código de uso único"),
    "FLOW": _("formulário"),
    "CATALOG": _("catálogo"),
    "MPM": _("lista de produtos"),
    "SPM": _("produto"),
    "ORDER_DETAILS": _("detalhes do pedido"),
    "VOICE_CALL": _("ligação pelo WhatsApp"),
    "CALL_PERMISSION_REQUEST": _("permissão para ligar"),
    "APP": _("aplicativo"),
}
FOREIGN_PARTS = {
    "CAROUSEL": _("um carrossel"),
    "LIMITED_TIME_OFFER": _("uma oferta com prazo"),
    "CALL_PERMISSION_REQUEST": _("um pedido de permissão para ligar"),
}

#: 132xxx: what we hold of the template differs from Meta's (§11 D). The two flow errors are not about the text.
_FLOW_CODES = frozenset({"132068", "132069"})


def status_of(word: str) -> TemplateStatus | None:
    """Give our status for Meta's word, None for one that we do not know."""
    return STATUSES.get(word.strip().upper())


def reason_in_words(reason: str) -> str:
    """Say why Meta rejected or paused a template; a word nobody translated stays as it is."""
    word = reason.strip().upper()
    if word in ("", "NONE"):
        return ""
    return gettext(REASONS[word]) if word in REASONS else reason[:500]


def is_template_refusal(code: str) -> bool:
    return code.startswith("132") and len(code) == 6 and code not in _FLOW_CODES
