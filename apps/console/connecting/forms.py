"""The form of an account, from the words of its channel. Secrets go in and never come out."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.contracts.channels import AccountField, ChannelAbilities
from apps.contracts.people import ChannelAccountValue
from apps.tenants import selectors as tenants
from apps.tenants.models import Tenant

LONGEST_VALUE = 4_000
#: Values that stand in the account's row; everything else stands in its settings.
OWN_FIELDS = ("phone_number_id", "business_account_id", "display_number")
SECRETS = ("access_token", "app_secret", "verify_token")


class AccountForm(forms.Form):
    """One account of one channel. A secret left blank stays as it is; `given` is what was written."""

    def __init__(
        self,
        data: Any = None,
        *,
        abilities: ChannelAbilities,
        account: ChannelAccountValue | None = None,
        tenants_offered: list[Tenant],
        only: tuple[str, ...] = (),
    ) -> None:
        super().__init__(data)
        self.account = account
        self._asked = [field for field in abilities.account_fields if not only or field.name in only]
        if account is None and len(tenants_offered) > 1:
            choices = [(tenant.slug, tenant.name) for tenant in tenants_offered]
            self.fields["tenant"] = forms.ChoiceField(label=_("Empresa"), choices=choices)
        if not only:
            initial = account.name if account else abilities.title
            self.fields["name"] = forms.CharField(label=_("Nome desta conta"), max_length=80, initial=initial)
            self.fields["name"].help_text = _("Só para você reconhecer, por exemplo “Vendas”.")
        for field in self._asked:
            self.fields[field.name] = self._field(field)
        for shown in self.fields.values():
            shown.widget.attrs.setdefault("class", "field-box")

    def given(self) -> dict[str, str]:
        """What was written, by name, without the secrets that were left as they are."""
        names = [field.name for field in self._asked] + (["name"] if "name" in self.fields else [])
        secret = {field.name for field in self._asked if field.is_secret}
        values = {name: str(self.cleaned_data.get(name) or "").strip() for name in names}
        return {name: value for name, value in values.items() if value or name not in secret}

    def clean_phone_number_id(self) -> str:
        written = str(self.cleaned_data.get("phone_number_id") or "").strip()
        other = tenants.account_by_phone_number_id(written)
        if other is not None and (self.account is None or other.slug != self.account.slug):
            raise forms.ValidationError(_("Este número já está conectado em outra conta."))
        return written

    def add_faults(self, faults: dict[str, str]) -> None:
        """Say beside each field what the channel said about it."""
        for name, sentence in faults.items():
            self.add_error(name if name in self.fields else None, sentence)

    def _field(self, field: AccountField) -> forms.CharField:
        is_kept = field.is_secret and self._has(field.name)
        attrs = {"autocomplete": "new-password" if field.is_secret else "off", "spellcheck": "false"}
        if is_kept:
            attrs["placeholder"] = _("guardado; cole outro para trocar")
        widget = forms.PasswordInput(attrs=attrs) if field.is_secret else forms.TextInput(attrs=attrs)
        return forms.CharField(
            label=_(field.label),
            help_text=_(field.help) if field.help else "",
            max_length=LONGEST_VALUE,
            required=field.is_required and not is_kept,
            widget=widget,
            initial="" if field.is_secret else self._kept(field.name),
        )

    def _has(self, name: str) -> bool:
        if self.account is None:
            return False
        kept = {
            "access_token": self.account.access_token.get_secret_value(),
            "app_secret": self.account.app_secrets,
            "verify_token": self.account.verify_token.get_secret_value(),
        }
        return bool(kept[name] if name in SECRETS else self.account.settings.get(name))

    def _kept(self, name: str) -> str:
        if self.account is None:
            return ""
        return str(getattr(self.account, name) if name in OWN_FIELDS else self.account.settings.get(name, ""))


class FirstMessageForm(forms.Form):
    """To whom the test goes, and what it is: an approved template, or a text inside an open window."""

    to = forms.CharField(max_length=60)
    what = forms.ChoiceField(widget=forms.RadioSelect, required=False)
    text = forms.CharField(
        label=gettext_lazy("Texto"), max_length=1_000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, data: Any = None, *, templates: list[tuple[str, str]], has_numbers: bool) -> None:
        super().__init__(data)
        self.fields["to"].label = _("Telefone com DDD") if has_numbers else _("Id de quem recebe")
        self.fields["to"].help_text = (
            _("Use um telefone seu, por exemplo 83 98888-8888.")
            if has_numbers
            else _("Quem recebe precisa ter escrito antes para esta conta.")
        )
        choices = [*templates, ("text", _("Um texto, se este telefone escreveu para o número nas últimas 24 horas"))]
        self.fields["what"].choices = choices if templates else []  # type: ignore[attr-defined]
        self.fields["what"].initial = templates[0][0] if templates else "text"
        self.fields["text"].initial = _("Teste do Urbana Connect: está funcionando.")
        for name in ("to", "text"):
            self.fields[name].widget.attrs["class"] = "field-box"
        self.fields["to"].widget.attrs |= {"autocomplete": "tel", "inputmode": "tel" if has_numbers else "text"}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if (cleaned.get("what") or "text") == "text" and not (cleaned.get("text") or "").strip():
            self.add_error("text", _("Escreva o texto do teste."))
        return cleaned
