"""Files: sent by the id of an earlier upload or with the message itself, fetched by an address that nobody else sees."""

import io
import time
from datetime import timedelta
from typing import IO, Any

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from apps.common import outgoing
from apps.contracts.content import Content
from apps.contracts.errors import SendError, SendUnknown
from apps.contracts.people import ChannelAccountValue
from apps.gateway.channels.reading import items, mapping, text
from apps.gateway.channels.telegram import bot_api, limits
from apps.gateway.channels.telegram.bot_api import Files
from apps.gateway.channels.telegram.errors import Refused

#: The largest file over a slow line; downloads have threads of their own.
DOWNLOAD_DEADLINE_SECONDS = 60.0
#: An id has no end that is published, and another account cannot use it.
UPLOAD_KEPT_SECONDS = 25 * 86_400
RETRY_AFTER = timedelta(seconds=5)
CARRIERS = ("voice", "audio", "video", "animation", "document", "sticker", "video_note")


def known_id(account: ChannelAccountValue, content: Content) -> str:
    """The vendor's id of a file that was sent before, "" when it has to be uploaded."""
    known: str | None = cache.get(_key(account, content)) if content.media and content.media.file else None
    return known or ""


def remember_id(account: ChannelAccountValue, content: Content, sent: Any) -> None:
    """Keep the id that the vendor gave to a file of ours, from the message that it made of it."""
    if content.media is None or not content.media.file:
        return
    sizes = items(sent, "photo")
    found = [text(sizes[-1], "file_id")] if sizes else [text(mapping(sent, name), "file_id") for name in CARRIERS]
    file_id = next((one for one in found if one), "")
    if file_id:
        cache.set(_key(account, content), file_id, UPLOAD_KEPT_SECONDS)


def forget_id(account: ChannelAccountValue, content: Content) -> None:
    cache.delete(_key(account, content))


def stored_file(content: Content, file_field: str) -> Files:
    """Read the file to upload. Raises SendError when it is gone or too large."""
    media = content.media
    if media is None or not media.file:
        raise limits.refuse(_("O arquivo não existe."))
    try:
        with default_storage.open(media.file, "rb") as file:
            body: bytes = file.read()
    except OSError:
        raise limits.refuse(_("O arquivo não existe mais.")) from None
    limits.check_media_size(content.kind, len(body))
    name = media.filename or media.file.rsplit("/", 1)[-1]
    return {file_field: (name, body, media.mime_type or "application/octet-stream")}


def download(account: ChannelAccountValue, *, file_id: str, limit_bytes: int) -> tuple[bytes, str]:
    """Fetch a customer's file and its declared type, if any. Raises SendError."""
    into = io.BytesIO()
    declared = download_into(account, file_id=file_id, limit_bytes=limit_bytes, into=into)
    return into.getvalue(), declared


def download_into(account: ChannelAccountValue, *, file_id: str, limit_bytes: int, into: IO[bytes]) -> str:
    """Write a customer's file into `into` and give its declared type. Raises SendError.

    The address is asked for anew each time: it holds the token and lasts an hour, so it is never kept.
    """
    until = time.monotonic() + DOWNLOAD_DEADLINE_SECONDS
    path = _path_of(account, file_id)
    try:
        answer = bot_api.fetch(
            account,
            path,
            into=into,
            limit_bytes=min(limit_bytes, limits.DOWNLOAD_BYTES),
            deadline_seconds=max(1.0, until - time.monotonic()),
        )
    except outgoing.TooLarge:
        raise _too_large() from None
    except (outgoing.NotSent, outgoing.NoAnswer):
        raise _later() from None
    if answer.status == 200:
        declared: str = answer.headers.get("content-type", "")
        return declared.split(";")[0].strip().lower()
    if answer.status == 429 or answer.status >= 500:
        raise _later()
    # A redirect too: the next address would see the token in the first one's path.
    raise SendError(f"media_http_{answer.status}", _("O canal não entregou o arquivo."))


def _path_of(account: ChannelAccountValue, file_id: str) -> str:
    try:
        found = bot_api.call(account, "getFile", {"file_id": file_id})
    except SendUnknown:
        raise _later() from None
    except Refused as refused:
        if "too big" in refused.described:
            raise _too_large() from None
        raise
    path = text(found, "file_path")
    if not _is_relative(path):
        raise SendError("media_untrusted_address", _("O canal não disse onde está o arquivo."))
    return path


def _is_relative(path: str) -> bool:
    """Tell whether a path stays below the file address: the token goes nowhere else."""
    return bool(path) and not path.startswith("/") and "\\" not in path and ".." not in path.split("/")


def _later() -> SendError:
    return SendError("media_unavailable", _("O arquivo não pôde ser baixado agora."), retry_after=RETRY_AFTER)


def _too_large() -> SendError:
    return SendError("media_too_large", _("O arquivo é grande demais."))


def _key(account: ChannelAccountValue, content: Content) -> str:
    return f"upload:{account.tenant_id}:{account.slug}:{content.media.file if content.media else ''}"
