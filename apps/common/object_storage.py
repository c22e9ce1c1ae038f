"""Files in an S3-compatible store. Loaded only where `MEDIA_STORAGE_URL` names one (`storage_address`)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

#: The store is asked while somebody waits: a request of a person, or a worker that also sends.
CONNECT_SECONDS, READ_SECONDS = 3, 20


class StorageAway(OSError):
    """The object store does not answer, or refuses."""


class ObjectStorage(S3Storage):  # type: ignore[misc]
    """django-storages', whose errors are files' errors to everybody else."""

    def __init__(self, **options: Any) -> None:
        style = options.get("addressing_style")
        super().__init__(**options)
        # Given whole, because the base builds none with times in it.
        self.client_config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"max_attempts": 2, "mode": "standard"},
            signature_version="s3v4",
            s3={"addressing_style": style or "auto"},
        )

    def _save(self, name: str, content: Any) -> str:
        with _as_file_errors():
            return str(super()._save(name, content))

    def _open(self, name: str, mode: str = "rb") -> Any:
        with _as_file_errors():
            opened = super()._open(name, mode)
            # Fetched here, where an error is still one of opening a file.
            _ = opened.file
            return opened

    def delete(self, name: str) -> None:
        with _as_file_errors():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _as_file_errors():
            return bool(super().exists(name))

    def size(self, name: str) -> int:
        with _as_file_errors():
            return int(super().size(name))


@contextmanager
def _as_file_errors() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise StorageAway(type(error).__name__) from error
