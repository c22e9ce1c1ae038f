"""How the names of collected facts are written."""

from django import template
from django.utils.translation import gettext_lazy as _

register = template.Library()

#: Plain keys as the assistant notes them, with what a key leaves out.
WRITTEN = {
    "servico": _("Serviço"),
    "comodo": _("Cômodo"),
    "orcamento": _("Orçamento"),
    "endereco": _("Endereço"),
    "imovel": _("Imóvel"),
    "area": _("Área"),
    "email": _("E-mail"),
    "cep": _("CEP"),
    "video": _("Vídeo"),
}


@register.filter
def fact_name(name: str) -> str:
    """A fact's name as people write it: `comodo` becomes "Cômodo", `tipo_de_piso` "Tipo de piso"."""
    spoken = " ".join(name.replace("_", " ").split())
    return str(WRITTEN.get(spoken.casefold(), spoken[:1].upper() + spoken[1:]))
