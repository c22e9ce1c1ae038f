"""How a language model fails, with what the chain needs to decide what to do next."""

from datetime import timedelta

from apps.contracts.errors import ModelError


class ModelFailure(ModelError):
    """A model did not give a usable answer.

    `calls` were made (and perhaps paid: `prompt_tokens`, `completion_tokens`). `closes_seconds` keeps everybody from
    asking this model for that long; `is_outage` says that it counts for the breaker.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        retry_after: timedelta | None = None,
        is_outage: bool = False,
        closes_seconds: float = 0.0,
        calls: int = 1,
        prompt_tokens: int = 0,
        completion_tokens: int = 0,
    ) -> None:
        super().__init__(code, message, retry_after=retry_after)
        self.is_outage = is_outage
        self.closes_seconds = closes_seconds
        self.calls = calls
        self.prompt_tokens = prompt_tokens
        self.completion_tokens = completion_tokens
