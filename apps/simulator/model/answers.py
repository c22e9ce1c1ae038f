"""Answers made from the request alone: the best matching passage of its own system text, shaped by its own schema.

No sentence, price or product of any demonstration stands here; whatever this double says, the product told it first.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Schema = dict[str, Any]

#: Words of a question that say nothing about its subject.
STOP_WORDS = frozenset(
    [
        "a",
        "o",
        "as",
        "os",
        "um",
        "uma",
        "de",
        "da",
        "do",
        "das",
        "dos",
        "e",
        "em",
        "no",
        "na",
        "nos",
        "nas",
        "por",
        "para",
        "pra",
        "com",
        "sem",
        "que",
        "se",
        "eu",
        "voce",
        "oi",
        "ola",
        "bom",
        "boa",
        "dia",
        "tarde",
        "noite",
        "me",
        "meu",
        "minha",
        "seu",
        "sua",
        "qual",
        "quais",
        "quanto",
        "quanta",
        "quantos",
        "como",
        "quero",
        "gostaria",
        "queria",
        "custa",
        "fica",
        "the",
        "an",
        "of",
        "to",
        "in",
        "is",
        "are",
    ]
)
#: How a passage may carry the id of the article it came from.
SOURCE = re.compile(
    r"\[(?:id[=: ]*)?([\w:.-]{1,64})\]|\bid\s*[=:]\s*\"?([\w:.-]{1,64})\"?|<article[^>]*\bid=\"([^\"]+)\"",
    re.IGNORECASE,
)
LEAST_OVERLAP = 1
LONGEST_REPLY = 600


class Mode(StrEnum):
    """What the server does: answer, or one of the faults of FAULTS F6 and F7."""

    ANSWER = "answer"
    RATE_LIMIT = "429"
    QUOTA = "quota"
    ERROR = "500"
    OVERLOADED = "503"
    HANG = "hang"
    DRIP = "drip"
    CUT = "cut"
    NONSENSE = "nonsense"
    EMPTY = "empty"
    WRONG_SCHEMA = "wrong_schema"
    REFUSAL = "refusal"
    TOO_LONG = "too_long"


@dataclass(frozen=True)
class Passage:
    text: str
    source: str
    overlap: int


def best_passage(knowledge: str, question: str) -> Passage | None:
    """The passage of the system text that shares most words with the question; None when none does.

    Where passages carry the id of a source, only those are quoted: the rest are instructions, not knowledge.
    """
    asked = significant_words(question)
    passages = [_passage(block, asked) for block in re.split(r"\n\s*\n|\n(?=[#\[<-])", knowledge) if block.strip()]
    sourced = [passage for passage in passages if passage.source]
    best = max(sourced or passages, key=lambda passage: passage.overlap, default=None)
    return best if best is not None and best.overlap >= LEAST_OVERLAP else None


def _passage(block: str, asked: set[str]) -> Passage:
    found = SOURCE.search(block)
    source = next((group for group in found.groups() if group), "") if found else ""
    heading, _, rest = block.strip().partition("\n")
    said = rest if source and rest and SOURCE.search(heading) else block
    said = re.sub(r"\s+", " ", SOURCE.sub("", said)).strip(" #-:<>")
    return Passage(said[:LONGEST_REPLY], source, len(asked & significant_words(block)))


def significant_words(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return {word for word in re.findall(r"[a-z0-9]{3,}", plain) if word not in STOP_WORDS}


def by_schema(schema: Schema, passage: Passage | None) -> Any:
    """A value that satisfies a strict JSON schema and says what the passage says."""
    return _value("", schema, schema, passage)


def _value(name: str, schema: Schema, root: Schema, passage: Passage | None) -> Any:
    schema = _resolved(schema, root)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return _option(schema["enum"], passage)
    match _kind(schema):
        case "object":
            fields: Schema = schema.get("properties", {})
            return {field: _value(field, part, root, passage) for field, part in fields.items()}
        case "array":
            is_sources = "source" in name.lower() or "fonte" in name.lower()
            return [passage.source] if is_sources and passage and passage.source else []
        case "number":
            return 0.9 if passage else 0.1
        case "integer":
            return int(schema.get("minimum", 0))
        case "boolean":
            return passage is None
        case "null":
            return None
    return _text(name, passage)


def _resolved(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        target: Schema = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        schema = target
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return _resolved(next(part for part in schema[union] if part.get("type") != "null"), root)
    return schema


def _kind(schema: Schema) -> str:
    kind = schema.get("type", "string")
    return str(next(part for part in kind if part != "null")) if isinstance(kind, list) else str(kind)


def _option(options: list[Any], passage: Passage | None) -> Any:
    """Answer when there is something to say, else whatever the schema calls giving up."""
    wanted = "answer" if passage else "hand"
    return next((option for option in options if wanted in str(option).lower()), options[0])


def _text(name: str, passage: Passage | None) -> str:
    if name.lower() in ("reason", "motivo"):
        return "word overlap with the given text"
    return passage.text if passage else "-"
