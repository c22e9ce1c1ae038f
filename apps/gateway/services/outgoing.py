"""May this be sent? Asked before anything is queued, so that whoever wrote it reads why not, and again before it leaves."""

from datetime import timedelta

from django.utils.translation import gettext as _

from apps.common import clock
from apps.contracts.channels import ChannelAbilities
from apps.contracts.content import Content, Media
from apps.contracts.conversations import ConversationValue, MessageValue
from apps.contracts.errors import SendError
from apps.contracts.messages import OutboundMessage
from apps.contracts.people import ChannelAccountValue
from apps.contracts.words import MEDIA_KINDS, Author, Consequence, HandoffReason, MessageKind
from apps.conversations import domain
from apps.conversations.services import request_handoff
from apps.gateway import converting
from apps.gateway.channels.registry import adapter_for
from apps.gateway.converting import ffmpeg
from apps.gateway.services.words import kind_name
from apps.tenants.selectors import account as account_of

MEGABYTE = 1024 * 1024
#: What may be given to a conversion: it usually comes out much smaller.
CONVERTED_FROM_BYTES = {
    MessageKind.IMAGE: 40 * MEGABYTE,
    MessageKind.STICKER: 40 * MEGABYTE,
    MessageKind.AUDIO: 100 * MEGABYTE,
    MessageKind.VIDEO: 100 * MEGABYTE,
}
#: An older message takes no reaction any more (protocols sheet §7.1).
REACTS_FOR = timedelta(days=30)


def abilities_of(conversation: ConversationValue) -> ChannelAbilities:
    """What the channel of a conversation can do. Raises SendError when its account is gone."""
    return adapter_for(_account(conversation).kind).abilities


def prepare(conversation: ConversationValue, content: Content) -> Content:
    """Check what somebody wants to say against the channel's limits, before anything is stored or queued.

    Gives the content as it is to be queued. Raises SendError "not_sendable" with a sentence for people.
    """
    account = _account(conversation)
    adapter = adapter_for(account.kind)
    abilities = adapter.abilities
    if content.kind not in abilities.sends:
        raise _refuse(_("Este canal não envia %(kind)s.") % {"kind": kind_name(content.kind)})
    if content.kind in MEDIA_KINDS:
        content = content.model_copy(update={"media": checked_file(abilities, content.kind, content.media)})
    adapter.check_content(account, content)
    return content


def checked_file(abilities: ChannelAbilities, kind: MessageKind, media: Media | None) -> Media:
    """Check a file by its type and size: as it is, or as what it can be converted to. Raises SendError."""
    if media is None or media.size_bytes is None:
        raise _refuse(_("Falta o arquivo."))
    accepted = abilities.media_types.get(kind)
    limit_bytes = abilities.media_bytes.get(kind, 100 * MEGABYTE)
    is_taken = accepted is None or media.mime_type in accepted
    if is_taken and media.size_bytes <= limit_bytes and not (media.voice and media.mime_type != "audio/ogg"):
        return media
    if accepted is None or not converting.convertible(kind, media.mime_type):
        raise _unfit(kind, media, limit_bytes, is_taken=is_taken)
    if media.size_bytes > CONVERTED_FROM_BYTES[kind]:
        raise _too_large(CONVERTED_FROM_BYTES[kind])
    if converting.needs_ffmpeg(kind) and not ffmpeg.program():
        if is_taken and media.size_bytes <= limit_bytes:
            # A recording that cannot become a voice note goes as plain sound.
            return media.model_copy(update={"voice": False})
        raise _refuse(
            _(
                "O canal não aceita este formato, e falta neste servidor o programa que converte (ffmpeg). "
                "Envie como documento, ou fale com quem administra."
            )
        )
    return media


def reaction_to(conversation: ConversationValue, message: MessageValue | None, emoji: str) -> Content:
    """The reaction to one message of the conversation; "" takes it back. Raises SendError when it takes none."""
    if message is None or message.conversation_id != conversation.id or not message.external_id:
        raise _refuse(_("Não dá para reagir a esta mensagem."))
    if message.content.kind is MessageKind.REACTION or message.created_at < clock.now() - REACTS_FOR:
        raise _refuse(_("Não dá para reagir a esta mensagem."))
    if not domain.is_emoji(emoji):
        raise _refuse(_("Reaja com um emoji só."))
    return prepare(conversation, Content(kind=MessageKind.REACTION, target=message.external_id, emoji=emoji))


def quoted(conversation: ConversationValue, message: MessageValue | None) -> str:
    """How the channel knows the message that a reply quotes. Raises SendError when it cannot be quoted."""
    if message is None or message.conversation_id != conversation.id or not message.external_id:
        raise _refuse(_("Esta mensagem não pode ser citada: o canal ainda não a conhece."))
    if not abilities_of(conversation).can_quote:
        raise _refuse(_("Este canal não cita mensagens."))
    return message.external_id


def still_allowed(message: OutboundMessage) -> bool:
    """Whether the customer service window lets a claimed message out: it may have closed since it was queued."""
    is_template = message.content.kind is MessageKind.TEMPLATE
    return is_template or domain.is_window_open(message.window_expires_at, clock.now())


def require_sendable(message: OutboundMessage) -> None:
    """Refuse, before the channel is asked, what it would refuse anyway. Raises SendError, never to be tried again.

    What the assistant could not say any more goes to a person, if the conversation is still the assistant's.
    """
    if not still_allowed(message):
        if message.author is Author.ASSISTANT:
            request_handoff(
                tenant_id=message.tenant_id,
                conversation_id=message.conversation_id,
                reason=HandoffReason.ASSISTANT_FAILED,
                detail="window_closed",
            )
        raise SendError(
            "window_closed",
            _("A janela de 24 horas fechou antes de a mensagem sair. Envie um modelo aprovado."),
            consequence=Consequence.WINDOW_CLOSED,
        )
    media = message.content.media
    if media is not None and media.error:
        raise _refuse(media.error)


def _account(conversation: ConversationValue) -> ChannelAccountValue:
    found = account_of(conversation.account)
    if found is None or found.tenant_id != conversation.tenant_id:
        raise _refuse(_("A conta deste canal não existe mais."))
    return found


def _unfit(kind: MessageKind, media: Media, limit_bytes: int, *, is_taken: bool) -> SendError:
    if is_taken:
        return _too_large(limit_bytes)
    return _refuse(
        _("Este arquivo não pode ir como %(kind)s. Envie como documento.") % {"kind": kind_name(kind)}
        if kind is not MessageKind.STICKER
        else _("Para figurinha, escolha uma imagem.")
    )


def _too_large(limit_bytes: int) -> SendError:
    return _refuse(
        _("O arquivo passa de %(megabytes)s MB: é grande demais para enviar.")
        % {"megabytes": f"{limit_bytes / MEGABYTE:g}"}
    )


def _refuse(sentence: str) -> SendError:
    return SendError("not_sendable", sentence)
