"""Files by id. An id works for the account that it was given to and for no other (protocols/telegram.md §3)."""

import secrets
from dataclasses import dataclass

from apps.simulator.telegram.errors import BotApiError, bad
from apps.simulator.telegram.rules import check_download

#: A download address works at least so long.
LINK_SECONDS = 3600
#: The folder that getFile names, by kind.
FOLDERS = {"photo": "photos", "voice": "voice", "audio": "music", "video": "videos", "sticker": "stickers"}


@dataclass(frozen=True)
class KeptFile:
    id: str
    unique_id: str
    kind: str
    content: bytes
    mime_type: str
    filename: str = ""
    #: What the vendor says about its size, when that is not how much there is.
    stated_bytes: int = 0

    @property
    def size_bytes(self) -> int:
        return self.stated_bytes or len(self.content)

    @property
    def path(self) -> str:
        return f"{FOLDERS.get(self.kind, 'documents')}/{self.unique_id}"


class FileShelf:
    """Keeps what was uploaded and what customers sent."""

    def __init__(self) -> None:
        self._by_id: dict[str, KeptFile] = {}
        self._until: dict[str, float] = {}

    def put(self, kind: str, content: bytes, mime_type: str, *, filename: str = "", stated_bytes: int = 0) -> KeptFile:
        file_id = "AgACAg" + secrets.token_urlsafe(24)
        file = KeptFile(file_id, secrets.token_hex(6), kind, content, mime_type, filename, stated_bytes)
        self._by_id[file_id] = file
        return file

    def get(self, file_id: object) -> KeptFile:
        """Raises BotApiError for an id that was never given to this account."""
        found = self._by_id.get(str(file_id))
        if found is None:
            raise bad("wrong file identifier/HTTP URL specified", rule="§3")
        return found

    def link(self, file_id: object, *, now: float) -> KeptFile:
        """`getFile`: from now on its path can be fetched for an hour."""
        file = self.get(file_id)
        check_download(file.size_bytes)
        self._until[file.path] = now + LINK_SECONDS
        return file

    def fetch(self, path: str, *, now: float) -> KeptFile:
        found = next((one for one in self._by_id.values() if one.path == path), None)
        if found is None or self._until.get(path, 0) < now:
            raise BotApiError(404, rule="§3")
        return found

    def forget(self, file_id: str) -> None:
        self._by_id.pop(file_id, None)


def as_message_part(method: str, file: KeptFile) -> tuple[str, object]:
    """The field of the sent message that carries the file, named after the method."""
    field = method.removeprefix("send").lower()
    about: dict[str, object] = {
        "file_id": file.id,
        "file_unique_id": file.unique_id,
        "file_size": file.size_bytes,
        "mime_type": file.mime_type,
    }
    if field == "photo":
        small = {**about, "file_id": file.id + "-s", "width": 90, "height": 60}
        return field, [small, {**about, "width": 900, "height": 600}]
    if file.filename:
        about["file_name"] = file.filename
    return field, about
