"""Trying a stopped account again without waiting for its time."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.console.connecting.doors import account_of
from apps.gateway import services


@require_POST
def try_now(request: HttpRequest, slug: str) -> HttpResponse:
    """Let one call try whether the channel is well again; what waits follows in its order when it is."""
    waiting = services.try_account_now(account_of(request, slug))
    if waiting:
        sentence = ngettext(
            "Tentando agora: %(count)d conversa esperava.", "Tentando agora: %(count)d conversas esperavam.", waiting
        )
        messages.success(request, sentence % {"count": waiting})
    else:
        messages.success(request, _("Tentando agora. Nenhuma mensagem esperava."))
    return redirect("accounts:account", slug)
