"""What the API takes. Unknown fields and wrong types are refused, objects of any operator included."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from apps.contracts.base import Value
from apps.contracts.words import ConversationStatus

Text = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=1, max_length=4096)]
Short = Annotated[str, StringConstraints(strict=True, max_length=200)]
Id = Annotated[str, StringConstraints(strict=True, pattern=r"^[0-9a-f]{24}$")]
Limit = Annotated[int, Field(ge=1, le=100)]


class ConversationQuery(Value):
    status: ConversationStatus | None = None
    queue: Short = ""
    tag: Short = ""
    q: Short = ""
    cursor: Short = ""
    limit: Limit = 40


class MessageQuery(Value):
    cursor: Short = ""
    limit: Limit = 50


class MessagesQuery(MessageQuery):
    conversation: Id


class CustomerQuery(Value):
    q: Short = ""
    cursor: Short = ""
    limit: Limit = 40


class NoQuery(Value):
    """Nothing may be asked."""


class NoteCommand(Value):
    text: Text
    client_id: Short = ""


class HandoffCommand(Value):
    queue: Short = ""
    detail: Short = ""


class TransferCommand(Value):
    """To one attendant or one queue. `note` is for the receiver, `sentence` goes to the customer as written."""

    to: Literal["attendant", "queue"]
    id: Short
    reason: Text
    note: Annotated[str, StringConstraints(strict=True, max_length=2000)] = ""
    sentence: Annotated[str, StringConstraints(strict=True, max_length=1000)] = ""


class CloseCommand(Value):
    ask_rating: Annotated[bool, Field(strict=True)] = True


class TagsCommand(Value):
    tags: Annotated[tuple[Short, ...], Field(max_length=50)]


class NoCommand(Value):
    """Nothing to say."""


class PresenceCommand(Value):
    status: Literal["online", "busy", "break", "offline"]
    break_name: Short = ""
