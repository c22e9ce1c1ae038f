"""Meta's limits on what is sent, checked before sending so that a person reads why and not a number.

Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
"""

from django.utils.translation import gettext as _

from apps.contracts.content import Choice, Content
from apps.contracts.errors import SendError
from apps.gateway.channels.long_text import length_of

TEXT_CHARACTERS = 4096
#: Emoji may count twice, so a text that must be split is split with a margin.
SPLIT_CHARACTERS = 4000
CAPTION_CHARACTERS = 1024
BUTTON_BODY_CHARACTERS = 1024
LIST_BODY_CHARACTERS = 4096
BUTTONS = 3
BUTTON_TITLE_CHARACTERS = 20
BUTTON_ID_CHARACTERS = 256
ROWS = 10
ROW_TITLE_CHARACTERS = 24
ROW_DESCRIPTION_CHARACTERS = 72
ROW_ID_CHARACTERS = 200
CONTACT_CARDS = 257

MEGABYTE = 1024 * 1024
MEDIA_BYTES = {
    "image": 5 * MEGABYTE,
    "audio": 16 * MEGABYTE,
    "video": 16 * MEGABYTE,
    "document": 100 * MEGABYTE,
    "sticker": 500 * 1024,
}
#: What a file of each kind may be; a document may be anything. Source: …/business-phone-numbers/media
MEDIA_TYPES = {
    "image": frozenset({"image/jpeg", "image/png"}),
    "audio": frozenset({"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}),
    "video": frozenset({"video/mp4", "video/3gpp"}),
    "sticker": frozenset({"image/webp"}),
}


def refuse(sentence: str) -> SendError:
    return SendError("not_sendable", sentence)


def check_body(text: str, longest: int) -> None:
    if not text.strip():
        raise refuse(_("A mensagem está vazia."))
    if length_of(text) > longest:
        raise refuse(_("O texto passa de %(longest)d caracteres.") % {"longest": longest})


def check_choices(content: Content, *, most: int, title: int, identifier: int) -> None:
    """Refuse too many, too long, or repeated choices."""
    choices = content.choices
    if not 1 <= len(choices) <= most:
        raise refuse(_("A mensagem precisa de 1 a %(most)d opções.") % {"most": most})
    if any(not one.title or len(one.title) > title or not one.id or len(one.id) > identifier for one in choices):
        raise refuse(_("Uma opção tem título com mais de %(title)d caracteres.") % {"title": title})
    if _repeats(choices):
        raise refuse(_("Duas opções têm o mesmo título ou a mesma identificação."))


def check_list(content: Content) -> None:
    """Refuse what stands beside the titles of a list and is too long."""
    if length_of(content.list_button) > BUTTON_TITLE_CHARACTERS:
        raise refuse(_("O botão da lista passa de %(longest)d caracteres.") % {"longest": BUTTON_TITLE_CHARACTERS})
    if any(length_of(one.description) > ROW_DESCRIPTION_CHARACTERS for one in content.choices):
        raise refuse(
            _("A descrição de uma opção passa de %(longest)d caracteres.") % {"longest": ROW_DESCRIPTION_CHARACTERS}
        )


def check_media_size(kind: str, size_bytes: int) -> None:
    longest = MEDIA_BYTES.get(kind, MEDIA_BYTES["document"])
    if size_bytes > longest:
        raise refuse(
            _("O arquivo passa de %(megabytes).1f MB, o limite do WhatsApp.") % {"megabytes": longest / MEGABYTE}
        )


def _repeats(choices: tuple[Choice, ...]) -> bool:
    return len({one.id for one in choices}) < len(choices) or len({one.title for one in choices}) < len(choices)
