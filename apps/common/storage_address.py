"""Where files lie: an S3-compatible store named by one address, or a folder of this machine. Read by the settings."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

LOCAL: dict[str, Any] = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
#: What an address may say after its question mark.
KNOWN = frozenset({"endpoint", "region"})
#: Larger files are read through a temporary file, not through memory.
LARGEST_IN_MEMORY_BYTES = 4 * 1024 * 1024


def storage_for(address: str, *, access_key: str = "", secret_key: str = "") -> dict[str, Any]:
    """Give Django's entry of STORAGES for `s3://<bucket>/<folder>?endpoint=https://…&region=…`, or for "" the local one.

    An address that cannot be read gives the local one too; `problems_of` says why, before anything starts.
    """
    if problems_of(address, access_key=access_key, secret_key=secret_key) or not address:
        return LOCAL
    parts = urlsplit(address)
    asked = dict(parse_qsl(parts.query))
    options = {
        "bucket_name": parts.netloc,
        "location": unquote(parts.path).strip("/"),
        "access_key": access_key or None,
        "secret_key": secret_key or None,
        "endpoint_url": asked.get("endpoint"),
        "region_name": asked.get("region"),
        # Nothing is public: a view checks who asks, and reads the file itself.
        "default_acl": None,
        "file_overwrite": False,
        "max_memory_size": LARGEST_IN_MEMORY_BYTES,
        # A server of one's own seldom has a name for each bucket.
        "addressing_style": "path" if "endpoint" in asked else None,
    }
    given = {name: value for name, value in options.items() if value not in ("", None) or name == "default_acl"}
    return {"BACKEND": "apps.common.object_storage.ObjectStorage", "OPTIONS": given}


def problems_of(address: str, *, access_key: str, secret_key: str) -> list[str]:
    """Say what is wrong with an address, in sentences for whoever starts the product."""
    if not address:
        return []
    parts = urlsplit(address)
    asked = dict(parse_qsl(parts.query))
    endpoint = urlsplit(asked.get("endpoint", "https://ok"))
    rules: list[tuple[Callable[[], bool], str]] = [
        (lambda: parts.scheme == "s3", "it does not begin with s3://"),
        (lambda: bool(parts.netloc) and "@" not in parts.netloc, "it names no bucket, or holds a password"),
        (lambda: set(asked) <= KNOWN, "it says something else than endpoint and region"),
        (lambda: endpoint.scheme in ("http", "https") and bool(endpoint.netloc), "its endpoint is no http address"),
        (lambda: bool(access_key) == bool(secret_key), "one of access key and secret key is missing"),
    ]
    return [sentence for is_kept, sentence in rules if not is_kept()]
