"""Template definitions: the ones every stand-in begins with, what blanks each has, and its text filled in (§7.1, §13)."""

import hashlib
import json
import re
from pathlib import Path

from apps.simulator.meta.payloads import Json
from apps.simulator.phone.business import Template

BLANK = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")


def first_templates() -> list[Template]:
    """What Urbana do Brasil had approved, with one that waits and one that was refused."""
    raw = (Path(__file__).parent / "templates.json").read_text(encoding="utf-8")
    return [defined(definition) for definition in json.loads(raw)]


def defined(definition: Json) -> Template:
    """A template from its definition; without an id it gets one that its name and language decide."""
    return Template.model_validate({"id": _id(definition), **definition})


def blanks(text: str) -> list[str]:
    """The names or numbers to fill in, each once, in the order of the text."""
    return list(dict.fromkeys(BLANK.findall(text)))


def filled(text: str, values: dict[str, str]) -> str:
    return BLANK.sub(lambda found: values.get(found[1], found[0]), text)


def as_listed(template: Template, fields: list[str]) -> Json:
    """One element of `GET /<business account id>/message_templates`; `id` is always there."""
    everything: Json = {
        "id": template.id,
        "name": template.name,
        "language": template.language,
        "status": template.status,
        "category": template.category,
        "parameter_format": template.parameter_format,
        "components": list(template.components),
        "rejected_reason": template.rejected_reason,
        "quality_score": {"score": template.quality},
    }
    wanted = fields or ["name", "parameter_format", "components", "language", "status", "category"]
    return {name: everything[name] for name in (*wanted, "id") if name in everything}


LISTED_FIELDS = frozenset(
    ("id", "name", "language", "status", "category", "parameter_format", "components", "rejected_reason")
) | {"quality_score"}


def _id(definition: Json) -> str:
    digest = hashlib.sha256(f"{definition['name']}:{definition['language']}".encode()).hexdigest()
    return str(9 * 10**14 + int(digest[:10], 16) % 10**14)
