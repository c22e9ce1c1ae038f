"""The extensions that come with the product. Each is off until a tenant switches it on in /admin/."""

from apps.contracts.plugins import PluginKind
from apps.plugins import registry
from apps.plugins.builtin.neighbourhood import NeighbourhoodEnricher, NeighbourhoodSettings

registry.register(
    PluginKind.ENRICHER,
    NeighbourhoodEnricher.name,
    NeighbourhoodEnricher(),
    title="Bairro e cidade",
    description="Reconhece o bairro de que o cliente fala e anota bairro e cidade na análise da mensagem.",
    settings=NeighbourhoodSettings,
)
