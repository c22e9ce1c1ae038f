"""Customers' files: fetched at once, because the channel keeps them for days only, checked, and stored privately."""

import base64
import hashlib
import hmac
import logging
import uuid
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from apps.common import clock
from apps.contracts.content import Media
from apps.contracts.errors import SendError, SendUnknown, UrbanaError
from apps.contracts.messages import InboundMessage
from apps.contracts.people import ChannelAccountValue
from apps.contracts.words import MessageKind
from apps.conversations.services import attach_media
from apps.gateway import file_types, metrics
from apps.gateway.channels.registry import adapter_for
from apps.tenants.selectors import account as account_of

log = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
LIMIT_BYTES = {
    MessageKind.IMAGE: 10 * MEGABYTE,
    MessageKind.STICKER: 1 * MEGABYTE,
    MessageKind.AUDIO: 16 * MEGABYTE,
    MessageKind.VIDEO: 16 * MEGABYTE,
    MessageKind.DOCUMENT: 100 * MEGABYTE,
}
#: Files stay on the channel for seven days; after this long the attendant is told instead.
GIVE_UP_AFTER = timedelta(hours=1)
RETRY_AFTER = timedelta(seconds=10)


def fetch_media(*, message: InboundMessage) -> None:
    """Fetch the file of a stored message. Raises SendError to be run again; at last the message says what went wrong."""
    media = message.content.media
    account = account_of(message.account)
    if media is None or account is None or account.tenant_id != message.tenant_id:
        return
    try:
        content = _downloaded(account, message, media)
    except (SendError, SendUnknown) as error:
        if error.retry_after is not None and clock.now() - message.received_at < GIVE_UP_AFTER:
            raise SendError(error.code, str(error), retry_after=RETRY_AFTER, counts=False) from error
        metrics.MEDIA.labels(account.kind, "failed").inc()
        log.warning("media_failed", extra={"account": account.slug, "code": error.code})
        _attach(message, file="", mime_type=media.mime_type, size_bytes=media.size_bytes, error=str(error))
        return
    mime_type = file_types.sniff(content, declared=media.mime_type)
    file = default_storage.save(_path(message, mime_type), ContentFile(content))
    metrics.MEDIA.labels(account.kind, "stored").inc()
    _attach(message, file=file, mime_type=mime_type, size_bytes=len(content))


def _downloaded(account: ChannelAccountValue, message: InboundMessage, media: Media) -> bytes:
    content, _declared = adapter_for(account.kind).download_media(
        account,
        media_id=media.channel_media_id,
        url=media.url,
        limit_bytes=LIMIT_BYTES.get(message.content.kind, LIMIT_BYTES[MessageKind.DOCUMENT]),
    )
    if media.sha256 and not _has_digest(content, media.sha256):
        raise SendError(
            "media_damaged", _("O arquivo chegou diferente do que o cliente enviou."), retry_after=RETRY_AFTER
        )
    return content


def _has_digest(content: bytes, claimed: str) -> bool:
    """Compare with the channel's claim, in base64 or hex: both have been documented."""
    digest = hashlib.sha256(content)
    forms = (base64.b64encode(digest.digest()).decode(), digest.hexdigest())
    return any(hmac.compare_digest(form.encode(), claimed.encode()) for form in forms)


def _attach(message: InboundMessage, *, file: str, mime_type: str, size_bytes: int | None, error: str = "") -> None:
    is_attached = attach_media(
        tenant_id=message.tenant_id,
        account=message.account,
        external_id=message.external_id,
        file=file,
        mime_type=mime_type,
        size_bytes=size_bytes,
        error=error,
    )
    if not is_attached:
        if file:
            default_storage.delete(file)
        raise UrbanaError(
            "message_not_stored", "The message is not stored yet.", retry_after=timedelta(seconds=1), counts=False
        )


def _path(message: InboundMessage, mime_type: str) -> str:
    """A name that says whose and when, and that nobody can guess."""
    day = message.received_at.strftime("%Y/%m/%d")
    return f"{message.tenant_id}/{message.account}/{day}/{uuid.uuid4().hex}.{file_types.extension(mime_type)}"
