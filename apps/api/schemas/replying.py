"""What the API takes to say something to a customer: one shape for every kind of message."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from apps.api.schemas.inputs import Id, Short
from apps.contracts.base import Value
from apps.contracts.content import Choice, Content, Person, Place
from apps.contracts.files import KeptFile
from apps.contracts.words import MEDIA_KINDS, MessageKind

Words = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, max_length=4096)]
Line = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=1, max_length=1000)]
Degrees = Annotated[float, Field(strict=True, allow_inf_nan=False)]

REPLY_KINDS = MEDIA_KINDS | {
    MessageKind.TEXT,
    MessageKind.LOCATION,
    MessageKind.CONTACTS,
    MessageKind.BUTTONS,
    MessageKind.LIST,
}


class PlaceGiven(Value):
    latitude: Annotated[Degrees, Field(ge=-90, le=90)]
    longitude: Annotated[Degrees, Field(ge=-180, le=180)]
    name: Short = ""
    address: Short = ""


class PersonGiven(Value):
    """A card: a name and at least one phone number."""

    name: Line
    phones: Annotated[tuple[Line, ...], Field(min_length=1, max_length=10)]


class ChoiceGiven(Value):
    """A button or a row of a list. The customer's answer names `id`, which without one is the title."""

    title: Line
    id: Short = ""
    description: Short = ""


class ReplyCommand(Value):
    """`kind` decides what else is needed: `text` (text, buttons, list; a caption of image, video and document), `file`

    (image, audio, video, document, sticker: the id that `files` gave), `place`, `people`, `choices` (buttons, list).
    `client_id` makes a repeated request one message; `replies_to` quotes a message by its id, or the channel's.
    """

    kind: MessageKind = MessageKind.TEXT
    text: Words = ""
    file: Id | None = None
    filename: Short = ""
    voice: Annotated[bool, Field(strict=True)] = False
    place: PlaceGiven | None = None
    people: Annotated[tuple[PersonGiven, ...], Field(max_length=50)] = ()
    choices: Annotated[tuple[ChoiceGiven, ...], Field(max_length=20)] = ()
    list_button: Short = ""
    replies_to: Short = ""
    client_id: Short = ""

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        if self.kind not in REPLY_KINDS:
            raise PydanticCustomError("value_error", "kind")
        needed = {
            MessageKind.TEXT: self.text,
            MessageKind.LOCATION: self.place,
            MessageKind.CONTACTS: self.people,
            MessageKind.BUTTONS: self.text and self.choices,
            MessageKind.LIST: self.text and self.choices,
        }
        if not needed.get(self.kind, self.file):
            raise PydanticCustomError("incomplete", "incomplete")
        return self

    def content(self, file: KeptFile | None = None) -> Content:
        """What is to be sent; `file` is the one that `self.file` names."""
        choices = tuple(Choice(**one.model_dump() | {"id": one.id or one.title}) for one in self.choices)
        return Content(
            kind=self.kind,
            text=self.text,
            media=file.as_media(voice=self.voice, filename=self.filename) if file else None,
            place=Place(**self.place.model_dump()) if self.place else None,
            people=tuple(Person(name=one.name, phones=one.phones) for one in self.people),
            choices=choices,
            list_button=self.list_button,
        )


class ReactionCommand(Value):
    """One emoji; "" takes the reaction back."""

    emoji: Annotated[str, StringConstraints(strict=True, max_length=16)]
    client_id: Short = ""


class FileGiven(Value):
    """A multipart form with one `file`."""

    file: Annotated[str, Field(json_schema_extra={"format": "binary"})]
