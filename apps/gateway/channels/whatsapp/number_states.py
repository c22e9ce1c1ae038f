"""What Meta says about a number → checks: status, quality, name, pace. Data with one sentence and one next step each.

Source: GET /<phone number id>?fields=… (protocols §10, §13).
"""

from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from apps.contracts.channels import AccountCheck
from apps.contracts.words import CheckState
from apps.gateway.channels.reading import is_true, mapping, text

GOOD, WARNING, BAD, UNKNOWN = CheckState.GOOD, CheckState.WARNING, CheckState.BAD, CheckState.UNKNOWN
Said = tuple[CheckState, str, str]

_WAITS_FOR_META: Final = _("Acompanhe em Gerenciador do WhatsApp › Telefones.")
_OPENS_CASE: Final = _("Abra o Gerenciador do WhatsApp › Visão geral da conta e peça a análise da restrição.")
_REGISTERS: Final = _("Registre o número em Gerenciador do WhatsApp › Telefones.")

STATUS: Final[dict[str, Said]] = {
    "CONNECTED": (GOOD, _("O número está conectado."), ""),
    "PENDING": (BAD, _("O número ainda não foi registrado na API."), _REGISTERS),
    "UNVERIFIED": (BAD, _("O número ainda não foi verificado."), _REGISTERS),
    "OFFLINE": (BAD, _("O número está fora do ar na Meta."), _WAITS_FOR_META),
    "DISCONNECTED": (BAD, _("O número foi desconectado da API."), _REGISTERS),
    "FLAGGED": (WARNING, _("A Meta marcou o número por baixa qualidade."), _WAITS_FOR_META),
    "RATE_LIMITED": (WARNING, _("A Meta está limitando os envios do número."), _WAITS_FOR_META),
    "RESTRICTED": (BAD, _("A Meta restringiu o número: conversas novas não podem ser iniciadas."), _OPENS_CASE),
    "BANNED": (BAD, _("A Meta baniu o número."), _OPENS_CASE),
    "DELETED": (BAD, _("O número foi apagado na Meta."), _("Conecte outro número.")),
    "MIGRATED": (
        BAD,
        _("O número foi movido para outra conta comercial."),
        _("Informe o novo id da conta comercial e do número."),
    ),
}
QUALITY: Final[dict[str, Said]] = {
    "GREEN": (GOOD, _("Qualidade alta."), ""),
    "YELLOW": (
        WARNING,
        _("Qualidade média: há clientes que bloqueiam ou denunciam o número."),
        _("Reveja o que é enviado sem que o cliente tenha pedido."),
    ),
    "RED": (
        BAD,
        _("Qualidade baixa: a Meta pode reduzir o limite do número ou pausar modelos."),
        _("Suspenda campanhas e reveja os modelos mais bloqueados."),
    ),
    "UNKNOWN": (GOOD, _("Ainda sem nota de qualidade."), ""),
}
NAME: Final[dict[str, Said]] = {
    "APPROVED": (GOOD, _("Nome de exibição aprovado."), ""),
    "AVAILABLE_WITHOUT_REVIEW": (GOOD, _("Nome de exibição em uso, sem análise."), ""),
    "PENDING_REVIEW": (WARNING, _("Nome de exibição em análise."), _WAITS_FOR_META),
    "DECLINED": (
        BAD,
        _("Nome de exibição recusado."),
        _("Corrija o nome em Gerenciador do WhatsApp › Telefones › Nome de exibição."),
    ),
    "EXPIRED": (
        BAD,
        _("A aprovação do nome de exibição venceu."),
        _("Registre o número de novo com o nome aprovado."),
    ),
}
#: Messages per second by level (§10); a number that a phone's app uses too has its own.
PACES: Final[dict[str, int]] = {"STANDARD": 80, "HIGH": 1000}
PACE_BESIDE_THE_APP: Final = 20


def number_checks(about: dict[str, Any]) -> list[AccountCheck]:
    """Everything that one answer about a number tells. What Meta leaves out is no check."""
    found = [
        _said("status", STATUS, text(about, "status")),
        _said("quality", QUALITY, text(about, "quality_rating")),
        _said("display_name", NAME, text(about, "name_status")),
        _pace(about),
    ]
    return [check for check in found if check is not None]


def _said(name: str, table: dict[str, Said], word: str) -> AccountCheck | None:
    if not word or word in ("NONE", "NOT_APPLICABLE"):
        return None
    state, sentence, next_step = table.get(word, (UNKNOWN, "", ""))
    return AccountCheck(
        name=name,
        state=state,
        # A word that Meta added since: shown as it is, and no alarm.
        sentence=gettext(sentence) if sentence else gettext("A Meta diz: %(word)s.") % {"word": word[:60]},
        next_step=gettext(next_step) if next_step else "",
    )


def _pace(about: dict[str, Any]) -> AccountCheck | None:
    level = text(mapping(about, "throughput"), "level")
    is_beside_the_app = is_true(about, "is_on_biz_app")
    pace = PACE_BESIDE_THE_APP if is_beside_the_app else PACES.get(level, 0)
    if not pace:
        return None
    sentence = (
        gettext("%(pace)d mensagens por segundo: o número também está no aplicativo WhatsApp Business.")
        if is_beside_the_app
        else gettext("%(pace)d mensagens por segundo.")
    )
    return AccountCheck(
        name="pace", state=GOOD, sentence=sentence % {"pace": pace}, learned={"messages_per_second": str(pace)}
    )
