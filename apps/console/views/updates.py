"""What changed since a cursor, for a browser whose socket does not come back."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from apps.console import drawing
from apps.console.attending import AttendantRequest, for_attendants
from apps.console.catching_up import catch_up


@for_attendants
@require_GET
def updates(request: AttendantRequest) -> HttpResponse:
    """The same pushes that the socket would have brought."""
    frames = catch_up(
        request.attendant, cursor=request.GET.get("cursor", "")[:40], open_id=request.GET.get("conversation", "")[:24]
    )
    return drawing.answer(request, frames)
