"""What WhatsApp can do, in the words of the channel contract."""

from django.utils.translation import gettext_noop as _

from apps.contracts.channels import AccountField, ChannelAbilities
from apps.contracts.words import MEDIA_KINDS, MessageKind
from apps.gateway.channels.whatsapp import limits

ABILITIES = ChannelAbilities(
    title="WhatsApp",
    sends=MEDIA_KINDS
    | {
        MessageKind.TEXT,
        MessageKind.BUTTONS,
        MessageKind.LIST,
        MessageKind.LOCATION,
        MessageKind.CONTACTS,
        MessageKind.REACTION,
        MessageKind.TEMPLATE,
    },
    window_seconds=24 * 3600,
    longest_text=limits.TEXT_CHARACTERS,
    longest_caption=limits.CAPTION_CHARACTERS,
    most_buttons=limits.BUTTONS,
    most_rows=limits.ROWS,
    media_bytes={MessageKind(kind): size for kind, size in limits.MEDIA_BYTES.items()},
    media_types={MessageKind(kind): types for kind, types in limits.MEDIA_TYPES.items()},
    has_templates=True,
    account_help=_(
        "Os valores estão no seu app em developers.facebook.com. O que você colar é conferido com a Meta antes de ser"
        " guardado."
    ),
    webhook_help=_(
        "No app da Meta, em WhatsApp › Configuração › Webhook, cole os dois valores e toque em Verificar e salvar. Em"
        " Campos do webhook, assine messages, message_template_status_update, account_update,"
        " phone_number_quality_update e user_preferences."
    ),
    account_fields=(
        AccountField(
            name="access_token",
            label=_("Token de acesso"),
            help=_("Configurações do negócio › Usuários do sistema › Gerar token, com as duas permissões do WhatsApp."),
            is_secret=True,
        ),
        AccountField(
            name="phone_number_id",
            label=_("Identificação do número de telefone"),
            help=_("No app da Meta: WhatsApp › Configuração da API. São só dígitos, e não é o telefone."),
        ),
        AccountField(
            name="business_account_id",
            label=_("Identificação da conta do WhatsApp Business"),
            help=_("Na mesma página, logo ao lado do número."),
        ),
        AccountField(
            name="app_secret",
            label=_("Chave secreta do aplicativo"),
            help=_("No app da Meta: Configurações do app › Básico › Chave Secreta do Aplicativo › Mostrar."),
            is_secret=True,
        ),
    ),
)
