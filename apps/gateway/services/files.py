"""Files that people here send: looked into, named safely, and kept until a message carries them or nobody wants them."""

import re
import unicodedata
import uuid
from datetime import timedelta
from typing import IO

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from apps.common import clock
from apps.common.mongo import is_id
from apps.contracts.content import Media
from apps.contracts.errors import SendError
from apps.contracts.files import KeptFile
from apps.contracts.people import AttendantValue
from apps.gateway import file_types
from apps.gateway.documents import StoredFile

#: The largest document a channel we know takes; anything larger is refused before it is looked at.
LARGEST_BYTES = 100 * 1024 * 1024
LONGEST_NAME = 120
#: An upload that nobody sent is deleted after this long.
UNSENT_FOR = timedelta(days=1)
SWEEP_AT_ONCE = 200
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]+')


def look_at(file: IO[bytes], *, filename: str, declared: str, size_bytes: int) -> Media:
    """Say what a file is, without keeping it. Raises SendError "not_sendable" for one that nobody could send."""
    if not size_bytes:
        raise SendError("not_sendable", _("O arquivo está vazio."))
    if size_bytes > LARGEST_BYTES:
        raise SendError("not_sendable", _("O arquivo passa de 100 MB."))
    file.seek(0)
    mime_type = file_types.sniff(file.read(file_types.HEAD_BYTES), declared=declared.partition(";")[0].strip().lower())
    file.seek(0)
    return Media(mime_type=mime_type, size_bytes=size_bytes, filename=clean_name(filename, mime_type))


def keep_file(*, owner: AttendantValue, file: IO[bytes], media: Media, is_sent: bool = False) -> KeptFile:
    """Store a file that `look_at` described, for its owner to send; `is_sent` when the message follows at once.

    Raises SendError "storage_away" when the storage is, or the disk is full.
    """
    day = clock.now().strftime("%Y/%m/%d")
    extension = file_types.extension(media.mime_type)
    file.seek(0)
    try:
        path = default_storage.save(f"{owner.tenant_id}/sent/{day}/{uuid.uuid4().hex}.{extension}", File(file))
    except OSError as error:
        sentence = _("O arquivo não pôde ser guardado agora. Tente de novo daqui a pouco.")
        raise SendError("storage_away", sentence, retry_after=timedelta(seconds=10), counts=False) from error
    row = StoredFile(
        tenant_id=owner.tenant_id,
        created_at=clock.now(),
        owner=owner.id,
        path=path,
        mime_type=media.mime_type,
        size_bytes=media.size_bytes,
        filename=media.filename,
        is_sent=is_sent,
    ).save()
    return _value(row)


def kept_file(owner: AttendantValue, file_id: str) -> KeptFile | None:
    """A file that this person uploaded, None for any other."""
    if not is_id(file_id):
        return None
    row = StoredFile.objects(tenant_id=owner.tenant_id, owner=owner.id, id=file_id).first()
    return None if row is None else _value(row)


def mark_sent(*, tenant_id: str, path: str) -> None:
    """Keep a file for as long as the message that carries it."""
    StoredFile.objects(tenant_id=tenant_id, path=path, is_sent=False).update(set__is_sent=True)


def drop(*, tenant_id: str, path: str) -> None:
    """Let the next sweep delete a file that no message carries after all: the same form had been posted before."""
    StoredFile.objects(tenant_id=tenant_id, path=path).update(set__is_sent=False)


def sweep_files() -> int:
    """Delete uploads that nobody sent. Gives how many."""
    old = StoredFile.objects(is_sent=False, created_at__lt=clock.now() - UNSENT_FOR).limit(SWEEP_AT_ONCE)
    swept = 0
    for row in list(old):
        try:
            default_storage.delete(row.path)
        except OSError:
            # The storage is away: the next sweep comes in minutes.
            break
        row.delete()
        swept += 1
    return swept


def clean_name(filename: str, mime_type: str) -> str:
    """The name as its owner wrote it, without folders or what would hide its real ending."""
    plain = unicodedata.normalize("NFC", filename.replace("\\", "/").rpartition("/")[2])
    plain = _NOT_IN_NAMES.sub(" ", plain).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if not dot or not re.fullmatch(r"[A-Za-z0-9]{1,8}", ending):
        stem, ending = plain, file_types.extension(mime_type)
    return f"{stem[: LONGEST_NAME - len(ending) - 1].strip() or _('arquivo')}.{ending}"


def _value(row: StoredFile) -> KeptFile:
    return KeptFile(
        id=str(row.id),
        tenant_id=row.tenant_id,
        path=row.path,
        kind=file_types.kind_of(row.mime_type),
        mime_type=row.mime_type,
        size_bytes=row.size_bytes,
        filename=row.filename,
    )
