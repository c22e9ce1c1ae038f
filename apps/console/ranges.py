"""Parts of a file: players seek, and Safari plays nothing without."""

import re
from collections.abc import Iterator
from typing import IO

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)$")
CHUNK_BYTES = 64 * 1024


def ranged(request: HttpRequest, response: FileResponse, file: IO[bytes], size_bytes: int) -> HttpResponseBase:
    """Answer 206 with the asked bytes of `file` when one sensible range is asked for, else the whole."""
    asked = ONE_RANGE.match(request.headers.get("Range", ""))
    if not asked or asked.group() == "bytes=-" or not size_bytes:
        return response
    first, last = _bounds(asked.group(1), asked.group(2), size_bytes)
    if first > last or first >= size_bytes:
        response.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size_bytes}"})
    file.seek(first)
    part = StreamingHttpResponse(_read(file, last - first + 1), status=206, headers=dict(response.headers))
    part["Content-Length"] = str(last - first + 1)
    part["Content-Range"] = f"bytes {first}-{last}/{size_bytes}"
    return part


def _bounds(first: str, last: str, size_bytes: int) -> tuple[int, int]:
    if not first:
        return max(0, size_bytes - int(last)), size_bytes - 1
    return int(first), min(int(last), size_bytes - 1) if last else size_bytes - 1


def _read(file: IO[bytes], left: int) -> Iterator[bytes]:
    with file:
        while left > 0:
            chunk = file.read(min(CHUNK_BYTES, left))
            if not chunk:
                return
            left -= len(chunk)
            yield chunk
