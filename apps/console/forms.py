"""The login form."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.tenants import selectors as tenants
from apps.tenants.models import User


class LoginForm(AuthenticationForm):
    """User name or e-mail, password, and whether to stay signed in on this computer."""

    remember = forms.BooleanField(label=_("Continuar conectado neste computador"), required=False)

    error_messages = {
        "invalid_login": _("Usuário ou senha não conferem. Tente de novo ou peça uma senha nova a quem administra."),
        "inactive": _("Este login está desativado. Fale com quem administra."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Usuário ou e-mail")
        self.fields["username"].widget.attrs.update({"class": "input", "autocapitalize": "none", "spellcheck": "false"})
        self.fields["password"].label = _("Senha")
        self.fields["password"].widget.attrs["class"] = "input"

    def confirm_login_allowed(self, user: User) -> None:
        """Refuse, after the right password, who does not attend."""
        super().confirm_login_allowed(user)
        if tenants.attendant_for_user(user.pk) is None:
            raise ValidationError(_("Este login não atende no console. Fale com quem administra."), code="no_attendant")
