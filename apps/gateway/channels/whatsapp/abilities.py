"""What WhatsApp can do, in the words of the channel contract."""

from apps.contracts.channels import ChannelAbilities
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
    has_templates=True,
)
