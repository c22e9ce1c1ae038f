"""A file that somebody here keeps in order to send it."""

from apps.contracts.base import Value
from apps.contracts.content import Media
from apps.contracts.words import MessageKind


class KeptFile(Value):
    """`kind` is what it would be sent as; `mime_type` what its first bytes say; `path` where our storage keeps it."""

    id: str
    tenant_id: str
    path: str
    kind: MessageKind
    mime_type: str
    size_bytes: int
    filename: str

    def as_media(self, *, voice: bool = False, filename: str = "") -> Media:
        return Media(
            file=self.path,
            mime_type=self.mime_type,
            size_bytes=self.size_bytes,
            filename=filename or self.filename,
            voice=voice,
        )
