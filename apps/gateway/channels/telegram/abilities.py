"""What this channel can do, in the words of the channel contract."""

from django.utils.translation import gettext_noop

from apps.contracts.channels import AccountField, ChannelAbilities
from apps.contracts.words import MEDIA_KINDS, MessageKind
from apps.gateway.channels.telegram import limits

KIND = "telegram"

ABILITIES = ChannelAbilities(
    title="Telegram",
    sends=MEDIA_KINDS
    | {
        MessageKind.TEXT,
        MessageKind.BUTTONS,
        MessageKind.LIST,
        MessageKind.LOCATION,
        MessageKind.CONTACTS,
        MessageKind.REACTION,
    },
    # Who wrote once may be answered for ever, until they block the account.
    window_seconds=None,
    longest_text=limits.TEXT_CHARACTERS,
    longest_caption=limits.CAPTION_CHARACTERS,
    most_buttons=limits.BUTTONS,
    most_rows=limits.BUTTONS,
    media_bytes=limits.MEDIA_BYTES,
    media_types={
        MessageKind.IMAGE: frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"}),
        MessageKind.AUDIO: frozenset({"audio/ogg", "audio/mpeg", "audio/mp4"}),
        MessageKind.VIDEO: frozenset({"video/mp4"}),
        MessageKind.STICKER: frozenset({"image/webp", "video/webm", "application/x-tgsticker"}),
    },
    has_templates=False,
    # There are no receipts: an accepted send is the last that is heard.
    reports_delivery=False,
    has_handshake=False,
    account_help=gettext_noop(
        "Crie um robô conversando com o BotFather (/newbot) e cole aqui a chave que ele mostrar. A chave é conferida antes"
        " de ser guardada."
    ),
    webhook_help=gettext_noop(
        "Não há nada a colar do outro lado: ao ativar, o canal passa a chamar este endereço e mostra em cada chamada o"
        " segredo desta conta. O endereço precisa ser https e público, na porta 443, 80, 88 ou 8443."
    ),
    account_fields=(
        AccountField(
            name="access_token",
            label=gettext_noop("Chave do robô"),
            help=gettext_noop("A que o BotFather mostra ao criar o robô: números, dois-pontos e letras."),
            is_secret=True,
        ),
        AccountField(
            name="verify_token",
            label=gettext_noop("Segredo do webhook"),
            help=gettext_noop("De 1 a 256 letras, números, _ ou -. Em branco: criado ao salvar."),
            is_secret=True,
            is_required=False,
        ),
        AccountField(
            name="api_url",
            label=gettext_noop("Endereço da API"),
            help=gettext_noop("Em branco: o endereço público. Só muda com um servidor próprio da Bot API."),
            is_required=False,
        ),
    ),
)
