"""Which neighbourhood a customer speaks of."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext, gettext_noop
from pydantic import Field, field_validator

from apps.contracts.base import Value
from apps.contracts.messages import InboundMessage
from apps.contracts.plugins import Enricher
from apps.tenants.domain import normalise

_KNOWN = Path(__file__).with_name("campina_grande.txt")
_LEAD_IN = r"(?:bairro(?: d[aeo]s?)?|n[ao]s?|em|d[ao]s?)"


class NeighbourhoodSettings(Value):
    """`neighbourhoods` replaces the list that comes with the product; a leading * marks a name that is a common word."""

    city: str = Field(
        default="Campina Grande", min_length=1, description=gettext_noop("Cidade anotada junto com o bairro")
    )
    neighbourhoods: tuple[str, ...] = Field(
        default=(), description=gettext_noop("Bairros; vazio: os de Campina Grande")
    )

    @field_validator("neighbourhoods")
    @classmethod
    def _named(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if any(not name.lstrip("*").strip() for name in names):
            raise ValueError(gettext("um bairro está sem nome"))
        return names


class NeighbourhoodEnricher(Enricher):
    name = "neighbourhood"

    def enrich(self, message: InboundMessage, settings: Any) -> dict[str, str]:
        """Give `bairro` and `cidade` when the text names one known neighbourhood, the longest name first."""
        text = normalise(message.content.text)
        for spoken, name in _patterns(settings.neighbourhoods or _known_names()):
            if spoken.search(text):
                return {"bairro": name, "cidade": settings.city}
        return {}


@lru_cache(maxsize=64)
def _patterns(names: tuple[str, ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    ordered = sorted(names, key=lambda name: len(name.lstrip("*")), reverse=True)
    return tuple((_pattern(name), name.lstrip("*").strip()) for name in ordered)


def _pattern(name: str) -> re.Pattern[str]:
    plain = re.escape(normalise(name.lstrip("*")))
    return re.compile(rf"\b{_LEAD_IN} {plain}\b" if name.startswith("*") else rf"\b{plain}\b")


@lru_cache(maxsize=1)
def _known_names() -> tuple[str, ...]:
    lines = (line.strip() for line in _KNOWN.read_text(encoding="utf-8").splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))
