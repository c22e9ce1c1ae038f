"""Answers from the stored articles, without a model, a key or a network. The last resort before a person."""

import re
import time

from apps.ai import selectors
from apps.ai.composing import compose
from apps.ai.errors import ModelFailure
from apps.contracts.assistant import ModelAnswer, ModelRequest

_DESCRIPTION = re.compile(r"\[O cliente enviou [^\]]*\]")


class KnowledgeModel:
    """`options["assistant"]` names the persona whose texts are used."""

    name = "knowledge"

    def answer(self, request: ModelRequest) -> ModelAnswer:
        """Answer the last turns of the customer. Raises ModelFailure when the tenant has no assistant."""
        started = time.monotonic()
        persona = selectors.persona(request.tenant_id, str(request.options.get("assistant", "")))
        if persona is None:
            raise ModelFailure("no_assistant", "the tenant has no assistant", calls=0)
        said, before = _burst(request.turns)
        answer = compose(
            [_DESCRIPTION.sub("", text).strip() for text in said],
            before=before,
            has_file=any(_DESCRIPTION.search(text) for text in said),
            persona=persona,
            articles=selectors.articles(request.tenant_id),
        )
        return ModelAnswer(answer=answer, model=self.name, latency_ms=round((time.monotonic() - started) * 1000))


def _burst(turns: tuple[tuple[str, str], ...]) -> tuple[list[str], str]:
    """What the customer said since the last answer, and the last things they had said before it."""
    said: list[str] = []
    position = len(turns)
    while position and turns[position - 1][0] == "user":
        position -= 1
        said.insert(0, turns[position][1])
    earlier = [text for role, text in turns[:position] if role == "user"][-2:]
    return said, _DESCRIPTION.sub("", "\n".join(earlier))
