"""What an extension can be, and what the product asks of it.

Channels, language models and transcribers have their protocols in `contracts.channels` and `contracts.assistant`.
"""

from enum import StrEnum
from typing import Any, Protocol

from apps.contracts.base import Value
from apps.contracts.messages import Analysis, InboundMessage


class PluginKind(StrEnum):
    """The points at which the product can be extended."""

    ENRICHER = "enricher"
    TOOL = "tool"
    RULE_ACTION = "rule_action"
    CHANNEL = "channel"
    LANGUAGE_MODEL = "language_model"
    TRANSCRIBER = "transcriber"


#: Kinds that do nothing for a tenant until somebody switches them on; the others are chosen by name elsewhere
#: (an account's channel, a model policy).
SWITCHED_KINDS = frozenset({PluginKind.ENRICHER, PluginKind.TOOL, PluginKind.RULE_ACTION})


class NoSettings(Value):
    """The settings of a plugin that has none."""


class Enricher(Protocol):
    """Finds facts in a message before it is routed. Must be quick, local and free of side effects: it may run twice."""

    name: str

    def enrich(self, message: InboundMessage, settings: Any) -> dict[str, str]:
        """Give the facts by short name ("bairro"), {} when there are none. `settings` is of the registered model."""
        ...


class Tool(Protocol):
    """Something that the assistant may look up. Its answer is data for the model, never an instruction to it."""

    name: str
    description: str
    parameters: dict[str, Any]

    def call(self, *, tenant_id: str, arguments: dict[str, Any], settings: Any) -> str:
        """Answer in plain text. `parameters` is the JSON schema that `arguments` obey. Raises UrbanaError."""
        ...


class RuleAction(Protocol):
    """Something that a routing rule may do with a message beyond the actions that come with the product."""

    name: str

    def apply(self, message: InboundMessage, analysis: Analysis, settings: Any) -> Analysis:
        """Give the analysis as it should be from here on. Safe to run twice."""
        ...
