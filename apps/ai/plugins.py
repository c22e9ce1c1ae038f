"""The language models that come with the product. A model's row in /admin/ names its provider."""

from django.utils.translation import gettext_lazy as _

from apps.ai.providers.knowledge import KnowledgeModel
from apps.ai.providers.openai import OpenAIModel
from apps.contracts.plugins import PluginKind
from apps.plugins import registry

registry.register(
    PluginKind.LANGUAGE_MODEL,
    OpenAIModel.name,
    OpenAIModel(),
    title=_("OpenAI e compatíveis"),
    description=_("Qualquer endereço que fale a API da OpenAI."),
)
registry.register(
    PluginKind.LANGUAGE_MODEL,
    KnowledgeModel.name,
    KnowledgeModel(),
    title=_("Artigos"),
    description=_("Responde só com o que está nos artigos, sem modelo."),
)
