"""The assistant's answer as a strict JSON schema, and reading it back."""

import json
import re
from functools import cache
from typing import Any

from pydantic import ValidationError

from apps.contracts.assistant import AssistantAnswer
from apps.contracts.words import Action

_FENCE = re.compile(r"^\s*```(?:json)?\s*(.*?)\s*```\s*$", re.DOTALL)


class OutsideSchema(ValueError):
    """The model answered something that is not the schema's answer. Its text says what is wrong, in Portuguese."""


def parse_answer(text: str) -> AssistantAnswer:
    """Read the schema's JSON, with or without a code fence around it. Raises OutsideSchema."""
    fenced = _FENCE.match(text)
    try:
        answer = AssistantAnswer.model_validate(json.loads(fenced.group(1) if fenced else text))
    except ValidationError as error:
        places = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'objeto'}: {one['type']}" for one in error.errors()[:5])
        raise OutsideSchema(places) from error
    except (ValueError, RecursionError) as error:
        raise OutsideSchema("não é um JSON") from error
    if not answer.reply.strip() and answer.action is not Action.HAND_OFF:
        raise OutsideSchema("reply está vazio")
    return answer


@cache
def answer_schema() -> dict[str, Any]:
    """The answer's JSON schema in the strict subset: everything required, nothing else allowed, no defaults or ranges."""
    schema: dict[str, Any] = _strict(AssistantAnswer.model_json_schema())
    return schema


def _strict(node: Any) -> Any:
    if isinstance(node, list):
        return [_strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    dropped = (
        {"default", "title", "minimum", "maximum", "description"}
        if "properties" not in node
        else {"default", "title", "description"}
    )
    kept = {name: _strict(value) for name, value in node.items() if name not in dropped or isinstance(value, dict)}
    if "properties" in kept:
        kept |= {"required": list(kept["properties"]), "additionalProperties": False}
    return kept
