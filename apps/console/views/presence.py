"""Where I am: chosen on the rail, and a sign of life for pages without a socket."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.console.attending import AttendantRequest, for_attendants
from apps.contracts.handoff import PresenceStatus
from apps.handoff import services as handoff

CHOSEN = frozenset(status.value for status in PresenceStatus if status is not PresenceStatus.AWAY)


@for_attendants
@require_POST
def presence(request: AttendantRequest) -> HttpResponse:
    wanted = request.POST.get("presence", "")
    if wanted not in CHOSEN:
        return HttpResponseBadRequest()
    handoff.set_presence(attendant=request.attendant, status=PresenceStatus(wanted))
    messages.success(request, _("Presença atualizada."))
    return redirect("console:index")
