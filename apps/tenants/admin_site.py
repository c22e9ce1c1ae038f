"""The administration site: who may enter, and what the others are told."""

from typing import Any, cast

from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from unfold.forms import AuthenticationForm
from unfold.sites import UnfoldAdminSite


class StaffAuthenticationForm(AuthenticationForm):
    """The login of /admin/. Right credentials without the right to enter get that reason, not "wrong password"."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"

    def confirm_login_allowed(self, user: AbstractBaseUser) -> None:
        if user.is_active and not getattr(user, "is_staff", False):
            raise forms.ValidationError(
                _("Este login atende clientes, mas não administra. Entre pelo atendimento."), code="not_staff"
            )
        super().confirm_login_allowed(user)


class AdministrationSite(UnfoldAdminSite):
    site_title = "Urbana Connect"
    enable_nav_sidebar = True
    login_form = StaffAuthenticationForm

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Refuse clearly whoever is logged in without the right to enter; a form would suggest trying again."""
        if request.method == "GET" and request.user.is_authenticated and not self.has_permission(request):
            return render(request, "admin/refused.html", {**self.each_context(request)}, status=403)
        return cast(HttpResponse, super().login(request, extra_context))
