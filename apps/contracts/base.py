"""The base of every word that crosses an app or a process."""

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict


class Value(BaseModel):
    """A frozen value. Unknown fields are refused, so a misspelt one is an error and not a silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


#: Every time in a contract knows its zone; the stores keep UTC.
Moment = AwareDatetime

__all__ = ["Moment", "Value", "datetime"]
