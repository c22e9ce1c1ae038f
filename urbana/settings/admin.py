"""The look of Django admin (django-unfold)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Urbana Connect",
    "SITE_HEADER": "Urbana Connect",
    "SITE_SUBHEADER": _("Administração"),
    "SITE_URL": "/console/",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "8px",
}
