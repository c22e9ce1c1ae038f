"""The console as an admin site: Django's login, permissions and messages, with pages of its own."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from apps.console import urls
from apps.console.forms import LoginForm
from apps.tenants import selectors as tenants


class ConsoleSite(AdminSite):
    """Attendants need no staff flag: whoever has an active attendant profile may enter."""

    site_title = _("Urbana Connect")
    site_header = _("Urbana Connect")
    index_title = _("Atendimento")
    login_form = LoginForm
    login_template = "console/login.html"

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return bool(user.is_active and user.pk and tenants.attendant_for_user(user.pk))

    def get_urls(self) -> list[URLResolver | URLPattern]:
        return [
            path("login/", self.login, name="login"),
            path("logout/", self.logout, name="logout"),
            *urls.urlpatterns,
        ]

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Django's login; without "remember" the session ends with the browser."""
        theme = request.COOKIES.get("theme", "")
        context = {"tenant_name": _only_tenant(), "theme": theme if theme in ("light", "dark") else ""}
        response = super().login(request, {**context, **(extra_context or {})})
        if request.method == "POST" and request.user.is_authenticated and not request.POST.get("remember"):
            request.session.set_expiry(0)
        return response


def _only_tenant() -> str:
    """The business to greet by name, as long as there is only one to give away."""
    found = tenants.tenants()
    return found[0].name if len(found) == 1 else ""


site = ConsoleSite(name="console")
