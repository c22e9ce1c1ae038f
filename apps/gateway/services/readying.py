"""Makes the file of the next message ready, before the message is claimed: a claim must be posted within seconds.

What takes long happens here: fetching from the storage, converting, uploading to the channel. Safe to repeat at any point.
"""

import logging
import shutil
import tempfile
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.core.cache import cache
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from apps.contracts.channels import UploadingChannel
from apps.contracts.content import Content, Media
from apps.contracts.errors import SendError, SendUnknown
from apps.contracts.people import ChannelAccountValue
from apps.contracts.words import MEDIA_KINDS, MessageKind
from apps.conversations.selectors import FileToSend, file_to_send
from apps.conversations.services import replace_file
from apps.gateway import converting, file_types, metrics
from apps.gateway.channels.registry import adapter_for
from apps.gateway.services import bulkheads
from apps.gateway.services.breakers import guarded
from apps.gateway.services.bulkheads import Errand
from apps.gateway.services.files import drop

log = logging.getLogger(__name__)

RETRY_AFTER = timedelta(seconds=1)
#: Renewed while the work goes on, so that after a kill the next worker begins soon.
LOCK_SECONDS = 12
RENEW_SECONDS = 4
DONE_SECONDS = 600


def make_ready(account: ChannelAccountValue, *, message_id: str, customer_id: str) -> None:
    """Convert and upload the file of the message whose turn it is, if it carries one that is not ready yet.

    Raises SendError to be run again later. What can never be sent is said on the message, which then fails by itself.
    """
    following = file_to_send(account.tenant_id, message_id)
    if following is None or _is_done(account, following):
        return
    with bulkheads.room(Errand.FILE, **_whose(account, customer_id)), _alone(following):
        # Sent again by a person after it failed: what was missing then may be here now.
        is_new_try = bool(following.media.error) and following.attempt > 1
        media = following.media if following.media.is_ready and not is_new_try else _converted(account, following)
        if not media.error:
            _upload(account, following.content.model_copy(update={"media": media}), following.attempt)
    cache.set(_done_key(account, following), 1, DONE_SECONDS)


def _upload(account: ChannelAccountValue, content: Content, attempt: int) -> None:
    adapter = adapter_for(account.kind)
    if not isinstance(adapter, UploadingChannel):
        return
    try:
        with guarded(account, "media"):
            adapter.upload(account, content=content, attempt=attempt)
    except SendError as refused:
        if refused.retry_after is not None:
            raise
        # The send meets the same refusal, and settles the message with it.
    except SendUnknown as unknown:
        raise SendError("upload_unknown", str(unknown), retry_after=RETRY_AFTER, counts=False) from unknown


def _converted(account: ChannelAccountValue, following: FileToSend) -> Media:
    """Store the file as the channel wants it, say so on the message, and give the file as it is now."""
    media = following.media.model_copy(update={"error": ""})
    try:
        with tempfile.TemporaryDirectory(prefix="converting-") as place:
            fresh = _made(account, following, media, Path(place))
        outcome = "kept" if fresh.file == media.file else "converted"
    except converting.NoConverter:
        outcome = "failed"
        fresh = media.model_copy(
            update={
                "error": _("O canal não aceita este formato, e falta neste servidor o programa que converte (ffmpeg).")
            }
        )
    except converting.CannotConvert:
        outcome = "failed"
        fresh = media.model_copy(update={"error": _("O arquivo não pôde ser convertido para o que o canal aceita.")})
    except FileNotFoundError:
        outcome = "failed"
        fresh = media.model_copy(update={"error": _("O arquivo não existe mais.")})
    except OSError as error:
        raise SendError("storage_away", "The storage is away.", retry_after=RETRY_AFTER * 5, counts=False) from error
    metrics.CONVERSIONS.labels(following.content.kind.value, outcome).inc()
    fresh = fresh.model_copy(update={"is_ready": True})
    replace_file(tenant_id=account.tenant_id, message_id=following.message_id, media=fresh)
    if fresh.file != media.file:
        drop(tenant_id=account.tenant_id, path=media.file)
    return fresh


def _made(account: ChannelAccountValue, following: FileToSend, media: Media, place: Path) -> Media:
    kind = following.content.kind if following.content.kind in MEDIA_KINDS else file_types.kind_of(media.mime_type)
    abilities = adapter_for(account.kind).abilities
    accepted = abilities.media_types.get(kind)
    if kind is MessageKind.DOCUMENT or accepted is None:
        return media
    source = place / f"source.{file_types.extension(media.mime_type)}"
    with default_storage.open(media.file, "rb") as stored, source.open("wb") as copy:
        shutil.copyfileobj(stored, copy)
    made = converting.convert(
        source,
        place,
        kind=kind,
        mime_type=media.mime_type,
        accepted=accepted,
        limit_bytes=abilities.media_bytes.get(kind, source.stat().st_size),
        voice=media.voice,
    )
    if made.path == source:
        return media
    name = f"{media.file.rpartition('/')[0]}/{uuid.uuid4().hex}.{file_types.extension(made.mime_type)}"
    with made.path.open("rb") as file:
        path = default_storage.save(name, File(file))
    changes = {"file": path, "mime_type": made.mime_type, "size_bytes": made.path.stat().st_size}
    return media.model_copy(update=changes)


def _is_done(account: ChannelAccountValue, following: FileToSend) -> bool:
    return following.media.is_ready and cache.get(_done_key(account, following)) is not None


def _done_key(account: ChannelAccountValue, following: FileToSend) -> str:
    return f"ready:{account.tenant_id}:{following.message_id}:{following.attempt}"


def _whose(account: ChannelAccountValue, customer_id: str) -> dict[str, str]:
    return {"tenant_id": account.tenant_id, "account": account.slug, "customer_id": customer_id}


@contextmanager
def _alone(following: FileToSend) -> Iterator[None]:
    """One worker for one file. Raises SendError while another has it."""
    lock = f"readying:{following.tenant_id}:{following.message_id}"
    if not cache.add(lock, 1, LOCK_SECONDS):
        raise SendError("file_busy", "The file is made ready.", retry_after=RETRY_AFTER, counts=False)
    is_done = threading.Event()
    threading.Thread(target=_renew, args=(lock, is_done), name="readying", daemon=True).start()
    try:
        yield
    finally:
        is_done.set()
        cache.delete(lock)


def _renew(lock: str, is_done: threading.Event) -> None:
    while not is_done.wait(RENEW_SECONDS):
        cache.touch(lock, LOCK_SECONDS)
