"""What we send: uploaded once per account, remembered for as long as Meta keeps it, uploaded anew when Meta lost it."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import IO

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from apps.contracts.content import Content, Media
from apps.contracts.errors import SendError
from apps.contracts.people import ChannelAccountValue
from apps.gateway.channels.whatsapp import graph, limits

#: Meta keeps an upload for 30 days.
KEPT_SECONDS = 25 * 86_400
RETRY_AFTER = timedelta(seconds=2)
#: Meta cannot use the file it has (131053), or does not know the id any more (131009).
FILE_REFUSED = frozenset({"131053", "131009"})
SMALL_BYTES = 1024 * 1024
FILE_FIELD = "arquivo"


def uploaded_id(account: ChannelAccountValue, content: Content, *, attempt: int) -> str:
    """Give the channel's id of a message's file, uploading it unless that was done before.

    A later attempt uploads again: Meta may have lost the file, or refused it for a reason that has passed.
    """
    media = content.media
    if media is None or not (media.channel_media_id or media.file):
        raise limits.refuse(_("O arquivo não existe."))
    if media.error:
        raise limits.refuse(media.error)
    if media.channel_media_id:
        return media.channel_media_id
    cache_key = _key(account, media, attempt)
    known: str | None = cache.get(cache_key)
    if known:
        return known
    with _local_copy(media.file) as (file, size_bytes):
        limits.check_media_size(content.kind.value, size_bytes)
        media_id = graph.post_media(
            account,
            file=file,
            size_bytes=size_bytes,
            filename=media.filename or FILE_FIELD,
            mime_type=media.mime_type or "application/octet-stream",
        )
    cache.set(cache_key, media_id, KEPT_SECONDS)
    return media_id


def judged(refused: SendError, account: ChannelAccountValue, content: Content, *, attempt: int) -> SendError:
    """What a refused send means when it carried a file: one that Meta lost, or cannot use, is uploaded anew, once."""
    media = content.media
    if media is None or not media.file or refused.code not in FILE_REFUSED:
        return refused
    cache.delete(_key(account, media, attempt))
    cache.delete(_key(account, media, 1))
    return SendError(refused.code, str(refused), retry_after=RETRY_AFTER if attempt == 1 else None)


def _key(account: ChannelAccountValue, media: Media, attempt: int) -> str:
    number = f":{attempt}" if attempt > 1 else ""
    return f"upload:{account.tenant_id}:{account.slug}:{media.file}{number}"


@contextmanager
def _local_copy(name: str) -> Iterator[tuple[IO[bytes], int]]:
    """Give a file of the storage as one of this machine: an upload reads it where nothing may wait for a network."""
    with tempfile.SpooledTemporaryFile(max_size=SMALL_BYTES) as copy:
        try:
            with default_storage.open(name, "rb") as stored:
                shutil.copyfileobj(stored, copy)
        except FileNotFoundError as error:
            raise limits.refuse(_("O arquivo não existe mais.")) from error
        except OSError as error:
            sentence = _("O arquivo não pôde ser lido agora.")
            raise SendError("storage_away", sentence, retry_after=RETRY_AFTER, counts=False) from error
        size_bytes = copy.tell()
        copy.seek(0)
        yield copy, size_bytes
