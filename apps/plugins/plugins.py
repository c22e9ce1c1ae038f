"""The extensions that come with the product. Each is off until a tenant switches it on in /admin/."""

from django.utils.translation import gettext_lazy as _

from apps.contracts.plugins import PluginKind
from apps.plugins import registry
from apps.plugins.builtin.neighbourhood import NeighbourhoodEnricher, NeighbourhoodSettings

registry.register(
    PluginKind.ENRICHER,
    NeighbourhoodEnricher.name,
    NeighbourhoodEnricher(),
    title=_("Bairro e cidade"),
    description=_("Reconhece o bairro de que o cliente fala e anota bairro e cidade na análise da mensagem."),
    settings=NeighbourhoodSettings,
)
