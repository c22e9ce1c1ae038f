"""The vendor's limits on what is sent, checked before sending so that a person reads why and not a number.

Source: https://core.telegram.org/bots/api and https://core.telegram.org/bots/faq
"""

from django.utils.translation import gettext as _

from apps.contracts.content import Content
from apps.contracts.errors import SendError
from apps.contracts.words import MessageKind
from apps.gateway.channels.long_text import length_of

#: Counted in UTF-16 units, after the markup is taken out.
TEXT_CHARACTERS = 4096
CAPTION_CHARACTERS = 1024
MOST_ENTITIES = 100
#: One button per line; the vendor allows a hundred in all and eight on one line.
BUTTONS = 100
BUTTONS_PER_LINE = 8
CHOICE_BYTES = 64
#: No limit is published; longer than this no telephone shows it on one line.
TITLE_CHARACTERS = 64
ID_CHARACTERS = 256
CARDS = 10

MEGABYTE = 1024 * 1024
DOWNLOAD_BYTES = 20 * MEGABYTE
MEDIA_BYTES = {
    MessageKind.IMAGE: 10 * MEGABYTE,
    MessageKind.AUDIO: 50 * MEGABYTE,
    MessageKind.VIDEO: 50 * MEGABYTE,
    MessageKind.DOCUMENT: 50 * MEGABYTE,
    MessageKind.STICKER: 512 * 1024,
}
#: What a customer's message may be answered with; anything else is refused as REACTION_INVALID.
REACTIONS = frozenset(
    "👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 "
    "👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡".split()
)


def refuse(sentence: str) -> SendError:
    return SendError("not_sendable", sentence)


def check_body(text: str, longest: int) -> None:
    if not text.strip():
        raise refuse(_("A mensagem está vazia."))
    check_length(text, longest)


def check_length(text: str, longest: int) -> None:
    if length_of(text) > longest:
        raise refuse(_("O texto passa de %(longest)d caracteres.") % {"longest": longest})


def check_choices(content: Content) -> None:
    """Refuse none, too many, too long, or repeated choices."""
    choices = content.choices
    if not 1 <= len(choices) <= BUTTONS:
        raise refuse(_("A mensagem precisa de 1 a %(most)d opções.") % {"most": BUTTONS})
    if any(not one.title.strip() or len(one.title) > TITLE_CHARACTERS for one in choices):
        raise refuse(_("Uma opção tem título com mais de %(title)d caracteres.") % {"title": TITLE_CHARACTERS})
    if any(not one.id or len(one.id) > ID_CHARACTERS for one in choices):
        raise refuse(
            _("Uma opção não tem identificação, ou tem uma com mais de %(most)d caracteres.") % {"most": ID_CHARACTERS}
        )
    if len({one.id for one in choices}) < len(choices) or len({one.title for one in choices}) < len(choices):
        raise refuse(_("Duas opções têm o mesmo título ou a mesma identificação."))


def check_media_size(kind: MessageKind, size_bytes: int) -> None:
    longest = MEDIA_BYTES.get(kind, MEDIA_BYTES[MessageKind.DOCUMENT])
    if size_bytes > longest:
        raise refuse(
            _("O arquivo passa de %(megabytes).1f MB, o limite deste canal.") % {"megabytes": longest / MEGABYTE}
        )
