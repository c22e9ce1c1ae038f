"""The look of Django admin (django-unfold): the console's tokens, a sidebar by task, a home page of our own."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _


def _static(path: str) -> Any:
    # Addresses of static files are known only once settings are complete.
    return lambda request: static(path)


def _logo(request: HttpRequest) -> str:
    return static("console/mark.svg")


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Urbana Connect",
    "SITE_HEADER": "Urbana Connect",
    "SITE_SUBHEADER": None,
    "SITE_URL": "/console/",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _logo}],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "BORDER_RADIUS": "6px",
    "STYLES": [
        _static("console/css/tokens.css"),
        _static("administration/theme.css"),
        _static("administration/pages.css"),
        _static("administration/home.css"),
        _static("administration/accounts.css"),
        _static("console/css/preview.css"),
        _static("administration/templates.css"),
    ],
    "COLORS": {
        # Cotton by day, warm charcoal by night; the lightest and darkest weights are the mockups' surfaces.
        "base": {
            "50": "#f6f4f0",
            "100": "#f0ede8",
            "200": "#e4e0d9",
            "300": "#c3bdb2",
            "400": "#a59f93",
            "500": "#68645b",
            "600": "#524e47",
            "700": "#3d3a35",
            "800": "#322f2b",
            "900": "#1f1d1b",
            "950": "#161513",
        },
        "primary": {
            "50": "#e1eef0",
            "100": "#d3e6ea",
            "200": "#b3d2d8",
            "300": "#9ad3de",
            "400": "#8dcdd9",
            "500": "#7ac6d3",
            "600": "#0f5c6c",
            "700": "#0b4a58",
            "800": "#1d6877",
            "900": "#2b5761",
            "950": "#17343a",
        },
        "font": {
            "subtle-light": "#68645b",
            "subtle-dark": "#a59f93",
            "default-light": "#524e47",
            "default-dark": "#c3bdb2",
            "important-light": "#211f1c",
            "important-dark": "#eeebe5",
        },
    },
    "SIDEBAR": {"navigation": "apps.console.admin_sidebar.sections"},
    "DASHBOARD_CALLBACK": "apps.console.admin_home.home",
    "ACCOUNT": {"navigation": [{"title": _("Trocar senha"), "link": "/admin/password_change/"}]},
}
