"""Files of a conversation, only for those who may see it."""

from typing import IO
from urllib.parse import quote

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.console import drawing
from apps.console.attending import AttendantRequest, for_attendants, load_message
from apps.console.ranges import ranged
from apps.console.safe_media import is_what_it_says, plain_type
from apps.conversations import services as conversations

#: Enough for every signature we know.
HEAD_BYTES = 16


@for_attendants
@require_GET
def media(request: AttendantRequest, message_id: str) -> HttpResponseBase:
    """Hand out one file: shown in place when its bytes prove a harmless type, a download otherwise.

    The declared type is the sender's claim, so an HTML page called image/png is a download without a type.
    """
    _conversation, message = load_message(request, message_id)
    found = message.content.media
    if found is None or not found.file:
        raise Http404
    try:
        file: IO[bytes] = default_storage.open(found.file)
        size_bytes = default_storage.size(found.file)
    except FileNotFoundError as gone:
        raise Http404 from gone
    except OSError:
        return HttpResponse(status=503, headers={"Retry-After": "10"})
    is_safe = is_what_it_says(found.mime_type, file.read(HEAD_BYTES))
    file.seek(0)
    response = FileResponse(file, content_type=plain_type(found.mime_type) if is_safe else "application/octet-stream")
    response["Content-Disposition"] = _disposition(found.filename or found.file.rpartition("/")[2], inline=is_safe)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    response["Accept-Ranges"] = "bytes"
    return ranged(request, response, file, size_bytes)


@for_attendants
@require_POST
def fetch_again(request: AttendantRequest, message_id: str) -> HttpResponse:
    """Ask the channel once more for a file that could not be fetched."""
    found, message = load_message(request, message_id)
    if not conversations.fetch_again(tenant_id=found.tenant_id, message_id=message.id):
        messages.info(request, _("Este arquivo não precisa ser buscado de novo."))
    return drawing.done(request, found.id, besides=(message.id,))


def _disposition(filename: str, *, inline: bool) -> str:
    """The name as the customer gave it, without what would break the header or leave the folder."""
    plain = get_valid_filename(filename.replace("\r", "").replace("\n", "").replace("/", "_") or "arquivo")[:120]
    return f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(plain)}"
