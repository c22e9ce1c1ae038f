"""What each error of the Cloud API means, and what a person can do about it. Data; the rules stand in errors.py.

Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
"""

from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext_noop as _


class ErrorClass(StrEnum):
    """What sending again would do.

    refused: not processed, again after a wait. ambiguous: the customer may have it already. media: the file was not
    fetched, a few more tries. never: trying again cannot help. account: no send of this account can succeed until a
    person acts, so its messages are held.
    """

    REFUSED = "refused"
    AMBIGUOUS = "ambiguous"
    MEDIA = "media"
    NEVER = "never"
    ACCOUNT = "account"


class Explained(NamedTuple):
    """`sentence` says what happened, `next_step` what to do, both for the attendant; `wait_seconds` before a retry."""

    error_class: ErrorClass
    sentence: str
    next_step: str
    wait_seconds: float = 0.0


_REFUSED, _AMBIGUOUS, _MEDIA = ErrorClass.REFUSED, ErrorClass.AMBIGUOUS, ErrorClass.MEDIA
_NEVER, _ACCOUNT = ErrorClass.NEVER, ErrorClass.ACCOUNT

_WAITS = _("Nada a fazer: o envio é repetido sozinho.")
_CHECKS = _("Aguarde a confirmação; se ela não vier, decida se quer reenviar.")
_TELLS_TEAM = _("Avise quem cuida do sistema: a mensagem foi montada de um jeito que o WhatsApp não aceita.")
_TELLS_ADMIN = _("Avise o administrador da conta do WhatsApp.")
_FIXES_TEMPLATE = _("Confira o modelo de mensagem no Gerenciador do WhatsApp e envie de novo.")
_RENEWS_TOKEN = _("O administrador precisa renovar o token de acesso da conta; as mensagens esperam por isso.")
_OPENS_CASE = _("O administrador precisa resolver a restrição com a Meta; as mensagens esperam por isso.")

TABLE: dict[int, Explained] = {
    4: Explained(_REFUSED, _("O limite de chamadas do aplicativo foi atingido."), _WAITS, 120),
    80007: Explained(_REFUSED, _("O limite de chamadas da conta foi atingido."), _WAITS, 120),
    613: Explained(_REFUSED, _("O limite desta chamada foi atingido."), _WAITS, 120),
    130429: Explained(_REFUSED, _("O número atingiu o limite de mensagens por segundo."), _WAITS, 1),
    131056: Explained(_REFUSED, _("Muitas mensagens seguidas para este cliente."), _WAITS, 1),
    1: Explained(_AMBIGUOUS, _("O WhatsApp falhou sem dizer por quê."), _CHECKS),
    2: Explained(_AMBIGUOUS, _("O WhatsApp está temporariamente fora do ar."), _CHECKS),
    131000: Explained(_AMBIGUOUS, _("O WhatsApp falhou sem dizer por quê."), _CHECKS),
    131016: Explained(_AMBIGUOUS, _("O serviço do WhatsApp está indisponível."), _CHECKS),
    131057: Explained(_AMBIGUOUS, _("A conta do WhatsApp está em manutenção."), _CHECKS),
    133004: Explained(_AMBIGUOUS, _("O servidor do WhatsApp está indisponível."), _CHECKS),
    2494100: Explained(_AMBIGUOUS, _("O número está em manutenção no WhatsApp."), _CHECKS),
    131053: Explained(
        _MEDIA, _("O WhatsApp não conseguiu receber o arquivo."), _("Confira o tipo e o tamanho do arquivo."), 30
    ),
    134101: Explained(_MEDIA, _("O WhatsApp não conseguiu preparar o arquivo do modelo."), _FIXES_TEMPLATE, 30),
    131052: Explained(_NEVER, _("O arquivo do cliente não pôde ser baixado."), _("Peça ao cliente que envie de novo.")),
    0: Explained(_ACCOUNT, _("O token de acesso do WhatsApp não vale mais."), _RENEWS_TOKEN),
    190: Explained(_ACCOUNT, _("O token de acesso do WhatsApp expirou ou foi revogado."), _RENEWS_TOKEN),
    368: Explained(_ACCOUNT, _("A conta foi bloqueada por violar uma política do WhatsApp."), _OPENS_CASE),
    131031: Explained(_ACCOUNT, _("A conta do WhatsApp está bloqueada."), _OPENS_CASE),
    131048: Explained(_ACCOUNT, _("O WhatsApp limitou o número por causa de denúncias de spam."), _OPENS_CASE),
    3: Explained(_NEVER, _("O aplicativo não tem permissão para esta operação."), _TELLS_ADMIN),
    10: Explained(_NEVER, _("Falta uma permissão ao aplicativo."), _TELLS_ADMIN),
    131005: Explained(_NEVER, _("O token não tem acesso a este número."), _TELLS_ADMIN),
    33: Explained(_NEVER, _("O número da empresa não existe mais no WhatsApp."), _TELLS_ADMIN),
    100: Explained(_NEVER, _("O WhatsApp não aceitou um dos campos."), _TELLS_TEAM),
    131008: Explained(_NEVER, _("Faltou um campo obrigatório."), _TELLS_TEAM),
    131009: Explained(_NEVER, _("Um campo tem um valor inválido."), _TELLS_TEAM),
    131021: Explained(_NEVER, _("Remetente e destinatário são o mesmo número."), _TELLS_TEAM),
    135000: Explained(_NEVER, _("O WhatsApp não aceitou a mensagem."), _TELLS_TEAM),
    131051: Explained(_NEVER, _("O WhatsApp não aceita este tipo de mensagem."), _TELLS_TEAM),
    131026: Explained(
        _NEVER,
        _("A mensagem não pôde ser entregue a este número."),
        _("Confira se o número tem WhatsApp atualizado; tente outro contato."),
    ),
    131030: Explained(_NEVER, _("O número não está na lista de teste do aplicativo."), _TELLS_ADMIN),
    131047: Explained(
        _NEVER,
        _("Passaram mais de 24 horas desde a última mensagem do cliente."),
        _("Envie um modelo aprovado ou espere o cliente escrever."),
    ),
    131049: Explained(
        _NEVER, _("O WhatsApp decidiu não entregar esta mensagem de marketing."), _("Tente de novo depois de 24 horas.")
    ),
    131050: Explained(
        _NEVER, _("O cliente não quer receber mensagens de marketing."), _("Respeite a escolha do cliente.")
    ),
    131064: Explained(_NEVER, _("O limite diário de novos destinatários foi atingido."), _("Envie amanhã.")),
    130472: Explained(
        _NEVER, _("O WhatsApp reteve a mensagem em um experimento."), _("Não reenvie; espere o cliente escrever.")
    ),
    130403: Explained(
        _NEVER, _("Este cliente está bloqueado pela empresa."), _("Desbloqueie o cliente antes de escrever.")
    ),
    130497: Explained(_NEVER, _("O WhatsApp não permite mensagens da empresa para este país."), _("Use outro canal.")),
    131037: Explained(_NEVER, _("O nome de exibição do número não foi aprovado."), _TELLS_ADMIN),
    131042: Explained(_NEVER, _("Há um problema com o pagamento da conta."), _TELLS_ADMIN),
    131044: Explained(_NEVER, _("Há um problema com o pagamento da conta."), _TELLS_ADMIN),
    134011: Explained(_NEVER, _("Há um problema com o pagamento da conta."), _TELLS_ADMIN),
    131045: Explained(_NEVER, _("O certificado do número não vale."), _TELLS_ADMIN),
    133010: Explained(_NEVER, _("O número não está registrado no WhatsApp."), _TELLS_ADMIN),
    133016: Explained(_NEVER, _("O registro do número está bloqueado por 72 horas."), _TELLS_ADMIN),
    131062: Explained(_NEVER, _("Este tipo de mensagem exige o número de telefone."), _("Peça o telefone ao cliente.")),
    132000: Explained(_NEVER, _("O número de variáveis não corresponde ao modelo."), _FIXES_TEMPLATE),
    132001: Explained(_NEVER, _("O modelo não existe neste idioma ou não foi aprovado."), _FIXES_TEMPLATE),
    132005: Explained(_NEVER, _("O texto do modelo preenchido ficou longo demais."), _FIXES_TEMPLATE),
    132007: Explained(_NEVER, _("O conteúdo do modelo viola uma política."), _FIXES_TEMPLATE),
    132008: Explained(_NEVER, _("Uma variável do modelo está no formato errado."), _FIXES_TEMPLATE),
    132012: Explained(_NEVER, _("Uma variável do modelo está no formato errado."), _FIXES_TEMPLATE),
    132018: Explained(_NEVER, _("Uma variável do modelo está no formato errado."), _FIXES_TEMPLATE),
    132015: Explained(_NEVER, _("O modelo está pausado por baixa qualidade."), _FIXES_TEMPLATE),
    132016: Explained(_NEVER, _("O modelo foi desativado por baixa qualidade."), _FIXES_TEMPLATE),
    132068: Explained(_NEVER, _("O formulário está bloqueado."), _TELLS_ADMIN),
    132069: Explained(_NEVER, _("O formulário está limitado."), _TELLS_ADMIN),
    137000: Explained(
        _NEVER, _("O aparelho do cliente mudou."), _("Confirme com quem está falando antes de continuar.")
    ),
    2494191: Explained(_NEVER, _("Outro aplicativo responde por esta conversa."), _TELLS_ADMIN),
}

#: Whole families, looked up when the code itself is not in the table: (first, last, explanation).
FAMILIES: tuple[tuple[int, int, Explained], ...] = (
    (200, 299, Explained(_NEVER, _("Falta uma permissão ao aplicativo."), _TELLS_ADMIN)),
    (131055, 131063, Explained(_NEVER, _("A conta não pode usar mensagens de marketing."), _TELLS_ADMIN)),
    (132000, 132999, Explained(_NEVER, _("O WhatsApp não aceitou o modelo de mensagem."), _FIXES_TEMPLATE)),
    (133000, 133999, Explained(_NEVER, _("O registro do número não está completo."), _TELLS_ADMIN)),
    (134100, 134102, Explained(_NEVER, _("A conta não pode usar mensagens de marketing."), _TELLS_ADMIN)),
    (138000, 138999, Explained(_NEVER, _("As chamadas não estão disponíveis nesta conta."), _TELLS_ADMIN)),
    (139000, 139004, Explained(_NEVER, _("O formulário não pôde ser aberto."), _TELLS_ADMIN)),
    (139100, 139103, Explained(_NEVER, _("O bloqueio do cliente não pôde ser mudado."), _TELLS_ADMIN)),
    (131200, 131299, Explained(_NEVER, _("Os grupos não estão disponíveis nesta conta."), _TELLS_ADMIN)),
    (147000, 147099, Explained(_NEVER, _("O nome de usuário do cliente não pôde ser usado."), _TELLS_TEAM)),
    (2388000, 2388999, Explained(_NEVER, _("O modelo de mensagem não pôde ser criado."), _FIXES_TEMPLATE)),
)

UNKNOWN_REFUSAL = Explained(_NEVER, _("O WhatsApp recusou a mensagem."), _TELLS_TEAM)
UNKNOWN_OUTCOME = Explained(_AMBIGUOUS, _("Não se sabe se o WhatsApp recebeu a mensagem."), _CHECKS)
UNREACHABLE = Explained(_REFUSED, _("O WhatsApp não pôde ser alcançado."), _WAITS, 2)
THROTTLED = Explained(_REFUSED, _("O WhatsApp pediu para enviar mais devagar."), _WAITS, 5)
