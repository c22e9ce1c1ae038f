"""The files that Meta keeps for a number: what it takes, for how long, and where they lie (protocols/whatsapp.md §8)."""

import base64
import hashlib
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Protocol

from apps.simulator.meta.errors import GraphError

#: §8, the table: accepted types and the largest file of each kind, in bytes.
LIMITS: dict[str, tuple[tuple[str, ...], int]] = {
    "image": (("image/jpeg", "image/png"), 5 * 1024 * 1024),
    "audio": (("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"), 16 * 1024 * 1024),
    "video": (("video/mp4", "video/3gpp", "video/3gp"), 16 * 1024 * 1024),
    "sticker": (("image/webp",), 500 * 1024),
    "document": ((), 100 * 1024 * 1024),
}
#: For how long an id leads to its file (§8).
UPLOADED_SECONDS = 30 * 24 * 3600
RECEIVED_SECONDS = 7 * 24 * 3600
#: A sticker that does not move must be smaller (§8).
STILL_STICKER_BYTES = 100 * 1024
ANIMATION = 0b10
SHELF_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True)
class StoredFile:
    """`expires_at` in Unix seconds, 0 for never: 30 days for what the business uploaded, 7 for what a customer sent (§8)."""

    id: str
    mime_type: str
    content: bytes
    filename: str = ""
    expires_at: float = 0

    @property
    def sha256_hex(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def sha256_base64(self) -> str:
        return base64.b64encode(hashlib.sha256(self.content).digest()).decode()

    @property
    def is_animated(self) -> bool:
        """A webp that moves says so in its extended header."""
        return self.content[:4] == b"RIFF" and self.content[12:16] == b"VP8X" and bool(self.content[20] & ANIMATION)

    @property
    def is_opus(self) -> bool:
        return b"OpusHead" in self.content[:512]


class Shelf(Protocol):
    """Keeps files by id; may forget the oldest."""

    def put(self, file: StoredFile) -> None: ...

    def get(self, media_id: str) -> StoredFile | None: ...

    def drop(self, media_id: str) -> bool: ...


class MemoryShelf:
    """A shelf of bounded size that forgets the oldest files first."""

    def __init__(self, *, limit_bytes: int = SHELF_BYTES) -> None:
        self._files: OrderedDict[str, StoredFile] = OrderedDict()
        self._limit_bytes = limit_bytes
        self._lock = threading.Lock()

    def put(self, file: StoredFile) -> None:
        with self._lock:
            self._files[file.id] = file
            while len(self._files) > 1 and sum(len(kept.content) for kept in self._files.values()) > self._limit_bytes:
                self._files.popitem(last=False)

    def get(self, media_id: str) -> StoredFile | None:
        return self._files.get(media_id)

    def drop(self, media_id: str) -> bool:
        return self._files.pop(media_id, None) is not None


def new_media_id() -> str:
    return str(secrets.randbelow(9 * 10**14) + 10**14)


def media_kind(mime_type: str) -> str:
    """Name the kind of message that carries a file of this type; a document carries any."""
    plain = plain_type(mime_type)
    for kind, (types, _) in LIMITS.items():
        if plain in types:
            return kind
    return "document"


def plain_type(mime_type: str) -> str:
    return mime_type.partition(";")[0].strip().lower()


def check_upload(mime_type: str, size_bytes: int) -> None:
    """Refuse a file that no kind of message could carry. Raises GraphError."""
    if size_bytes == 0:
        raise GraphError(131053, "The file is empty", rule="§8")
    _, limit_bytes = LIMITS[media_kind(mime_type)]
    if size_bytes > limit_bytes:
        raise GraphError(131053, f"The file is larger than {limit_bytes} bytes", rule="§8")


def check_attachment(kind: str, file: StoredFile | None, *, now: float, voice: bool = False) -> None:
    """Refuse to send a file that is gone or of another kind. Raises GraphError."""
    if file is None or (file.expires_at and now >= file.expires_at):
        raise GraphError(131009, "There is no media with this id", rule="§8")
    types, limit_bytes = LIMITS[kind]
    if types and plain_type(file.mime_type) not in types:
        raise GraphError(131053, f"A file of type {file.mime_type} cannot be sent as {kind}", rule="§8")
    if len(file.content) > limit_bytes:
        raise GraphError(131053, f"The file is larger than {limit_bytes} bytes", rule="§8")
    if kind == "sticker" and not file.is_animated and len(file.content) > STILL_STICKER_BYTES:
        raise GraphError(131053, f"A still sticker is at most {STILL_STICKER_BYTES} bytes", rule="§8")
    if voice and plain_type(file.mime_type) != "audio/ogg":
        raise GraphError(131053, "A voice note must be ogg with opus", rule="§7.1")
    if plain_type(file.mime_type) == "audio/ogg" and file.content[:4] == b"OggS" and not file.is_opus:
        raise GraphError(131053, "An ogg file must carry opus", rule="§8")
