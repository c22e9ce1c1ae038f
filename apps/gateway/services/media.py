"""Customers' files: fetched at once, because the channel keeps them for days only, checked, and stored privately."""

import base64
import hashlib
import hmac
import logging
import tempfile
import uuid
from datetime import timedelta
from typing import IO

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from apps.common import clock
from apps.contracts.base import datetime
from apps.contracts.channels import StreamingChannel
from apps.contracts.content import Media
from apps.contracts.errors import SendError, SendUnknown, UrbanaError
from apps.contracts.messages import InboundMessage
from apps.contracts.people import ChannelAccountValue
from apps.contracts.words import MessageKind
from apps.conversations import selectors as conversations
from apps.conversations.services import attach_media
from apps.gateway import file_types, metrics
from apps.gateway.channels.registry import adapter_for
from apps.gateway.services import bulkheads
from apps.gateway.services.breakers import guarded
from apps.gateway.services.bulkheads import Errand
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
#: Most files never touch the disk before they are stored; none is held in memory beyond this.
IN_MEMORY_BYTES = 1 * MEGABYTE
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
        with bulkheads.room(Errand.FILE, **_whose(account, message.sender.address)), guarded(account, "media"):
            _fetch(account, message.external_id, media, message.content.kind, message.received_at)
    except (SendError, SendUnknown) as error:
        if error.retry_after is not None and clock.now() - message.received_at < GIVE_UP_AFTER:
            wait = error.retry_after if error.code == "busy" else RETRY_AFTER
            raise SendError(error.code, str(error), retry_after=wait, counts=False) from error
        _explain(account, message.external_id, media, error)


def fetch_media_again(*, tenant_id: str, message_id: str) -> None:
    """Fetch a file once more because a person asked for it. What goes wrong is said at once: they may ask again."""
    message = conversations.message(tenant_id, message_id)
    conversation = conversations.conversation(tenant_id, message.conversation_id) if message else None
    account = account_of(conversation.account) if conversation else None
    media = message.content.media if message else None
    if message is None or conversation is None or media is None or media.file:
        return
    if account is None or account.tenant_id != tenant_id:
        return
    try:
        # The address of the webhook has expired by now: only the id is worth asking for.
        fresh = media.model_copy(update={"url": ""} if media.channel_media_id else {})
        with bulkheads.room(Errand.FILE, **_whose(account, conversation.customer_id)), guarded(account, "media"):
            _fetch(account, message.external_id, fresh, message.content.kind, message.created_at)
    except (SendError, SendUnknown) as error:
        if error.code in ("busy", "storage_away"):
            raise
        _explain(account, message.external_id, media, error)


def _fetch(
    account: ChannelAccountValue, external_id: str, media: Media, kind: MessageKind, received_at: datetime
) -> None:
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as file:
        _download(account, media, kind, file)
        size_bytes = file.tell()
        if media.sha256 and not _has_digest(file, media.sha256):
            raise SendError(
                "media_damaged", _("O arquivo chegou diferente do que o cliente enviou."), retry_after=RETRY_AFTER
            )
        file.seek(0)
        mime_type = file_types.sniff(file.read(file_types.HEAD_BYTES), declared=media.mime_type)
        file.seek(0)
        path = _stored(_path(account, received_at, mime_type), file)
    metrics.MEDIA.labels(account.kind, "stored").inc()
    _attach(account, external_id, file=path, mime_type=mime_type, size_bytes=size_bytes)


def _download(account: ChannelAccountValue, media: Media, kind: MessageKind, into: IO[bytes]) -> None:
    """Write the file into `into` and stand at its end."""
    adapter = adapter_for(account.kind)
    limit_bytes = LIMIT_BYTES.get(kind, LIMIT_BYTES[MessageKind.DOCUMENT])
    if isinstance(adapter, StreamingChannel):
        where = {"media_id": media.channel_media_id, "url": media.url}
        adapter.download_into(account, **where, limit_bytes=limit_bytes, into=into)
    else:
        content, _declared = adapter.download_media(
            account, media_id=media.channel_media_id, url=media.url, limit_bytes=limit_bytes
        )
        into.write(content)
    into.seek(0, 2)


def _stored(path: str, file: IO[bytes]) -> str:
    try:
        return str(default_storage.save(path, File(file)))
    except OSError as error:
        raise SendError("storage_away", _("O arquivo não pôde ser guardado."), retry_after=RETRY_AFTER) from error


def _has_digest(file: IO[bytes], claimed: str) -> bool:
    """Compare with the channel's claim, in base64 or hex: both have been documented."""
    file.seek(0)
    digest = hashlib.sha256()
    while part := file.read(MEGABYTE):
        digest.update(part)
    forms = (base64.b64encode(digest.digest()).decode(), digest.hexdigest())
    return any(hmac.compare_digest(form.encode(), claimed.encode()) for form in forms)


def _explain(account: ChannelAccountValue, external_id: str, media: Media, error: UrbanaError) -> None:
    metrics.MEDIA.labels(account.kind, "failed").inc()
    log.warning("media_failed", extra={"account": account.slug, "code": error.code})
    _attach(account, external_id, mime_type=media.mime_type, size_bytes=media.size_bytes, error=str(error))


def _attach(
    account: ChannelAccountValue,
    external_id: str,
    *,
    mime_type: str,
    size_bytes: int | None,
    file: str = "",
    error: str = "",
) -> None:
    is_attached = attach_media(
        tenant_id=account.tenant_id,
        account=account.slug,
        external_id=external_id,
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


def _whose(account: ChannelAccountValue, customer_id: str) -> dict[str, str]:
    return {"tenant_id": account.tenant_id, "account": account.slug, "customer_id": customer_id}


def _path(account: ChannelAccountValue, received_at: datetime, mime_type: str) -> str:
    """A name that says whose and when, and that nobody can guess."""
    day = received_at.strftime("%Y/%m/%d")
    return f"{account.tenant_id}/{account.slug}/{day}/{uuid.uuid4().hex}.{file_types.extension(mime_type)}"
