"""Templates as machines list, preview and send them."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from apps.api.schemas.inputs import Id, Short
from apps.api.schemas.replying import PlaceGiven
from apps.contracts.base import Value
from apps.contracts.content import Content
from apps.contracts.templates import TemplateButton, TemplateValue

Name = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=512)]
Blank = Annotated[str, StringConstraints(strict=True, max_length=2000)]


class TemplateQuery(Value):
    """`account` is the channel account's slug, "" for all; `sendable` leaves out what may not be sent now."""

    account: Short = ""
    sendable: bool = False


class Given(Value):
    """`parameters` by the keys that the list gives ("body.1", "header.cliente", "button.0"); `file` from `files`."""

    template: Name
    language: Short = "pt_BR"
    parameters: Annotated[dict[Short, Blank], Field(max_length=100)] = Field(default_factory=dict)
    file: Short = ""
    place: PlaceGiven | None = None


class PreviewCommand(Given):
    account: Name


class TemplateCommand(Given):
    """`is_bulk`: nobody waits for it; it is said in the business's name and the conversation stays whose it is."""

    client_id: Short = ""
    is_bulk: Annotated[bool, Field(strict=True)] = False


class StartCommand(TemplateCommand):
    """To a customer by id, or to a phone number. `held_by` is who answers what the customer writes back."""

    account: Name
    customer: Id | None = None
    phone: Annotated[str, StringConstraints(strict=True, max_length=40)] = ""
    name: Short = ""
    held_by: Literal["assistant", "me"] = "assistant"

    @model_validator(mode="after")
    def _names_one(self) -> "StartCommand":
        if bool(self.customer) == bool(self.phone):
            raise ValueError("either customer or phone")
        return self


class Parameter(Value):
    key: str
    part: str
    name: str
    example: str


class Template(Value):
    """One template in one language. `unsupported` says why it cannot be sent from here, "" when it can."""

    account: str
    name: str
    language: str
    category: str
    status: str
    reason: str
    quality: str
    is_sendable: bool
    unsupported: str
    header: str
    header_text: str
    body: str
    footer: str
    buttons: tuple[TemplateButton, ...]
    parameters: tuple[Parameter, ...]

    @classmethod
    def of(cls, value: TemplateValue) -> "Template":
        plain = {name: getattr(value, name) for name in cls.model_fields if name not in ("header", "parameters")}
        blanks = tuple(
            Parameter(key=one.key, part=one.part, name=one.name, example=one.example) for one in value.parameters
        )
        return cls(**plain, header=value.header_kind.value if value.header_kind else "", parameters=blanks)


class Templates(Value):
    results: tuple[Template, ...]


class Preview(Value):
    """What the customer would read; `buttons` with their filled addresses and codes."""

    text: str
    header: str
    body: str
    footer: str
    buttons: tuple[dict[str, str], ...]

    @classmethod
    def of(cls, content: Content) -> "Preview":
        shown: dict[str, Any] = content.template["shown"]
        return cls(text=content.text, **{**shown, "buttons": tuple(shown["buttons"])})


class Started(Value):
    conversation_id: str
    message_id: str
