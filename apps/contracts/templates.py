"""Approved templates: the only thing that reaches a customer whose window is closed."""

from apps.contracts.base import Value
from apps.contracts.words import MessageKind, TemplateStatus


class TemplateParameter(Value):
    """One blank to fill. `part` is "header", "body" or "button"; `name` the vendor's name or number of it ("1", "cliente").

    `button` is the position of the button, from 0. `example` is what the vendor saw when approving.
    """

    part: str
    name: str
    example: str = ""
    button: int = 0

    @property
    def key(self) -> str:
        """Names the blank among those of its template: "body.1", "header.cliente", "button.0"."""
        return f"{self.part}.{self.button if self.part == 'button' else self.name}"


class TemplateButton(Value):
    """`kind` is the vendor's word in lower case: "quick_reply", "url", "phone_number", "copy_code", …"""

    kind: str
    text: str
    url: str = ""
    phone: str = ""


class TemplateValue(Value):
    """One template in one language. `header_kind` None: no header; TEXT, IMAGE, VIDEO, DOCUMENT or LOCATION otherwise.

    `body` keeps its blanks as written, "{{1}}" or "{{cliente}}". `unsupported` says in a sentence what of it we cannot
    send, "" when nothing.
    """

    tenant_id: str
    account: str
    external_id: str = ""
    name: str
    language: str
    category: str = ""
    status: TemplateStatus
    reason: str = ""
    quality: str = ""
    header_kind: MessageKind | None = None
    header_text: str = ""
    body: str = ""
    footer: str = ""
    buttons: tuple[TemplateButton, ...] = ()
    parameters: tuple[TemplateParameter, ...] = ()
    unsupported: str = ""

    @property
    def key(self) -> str:
        """Names the template among those of its account."""
        return f"{self.name}:{self.language}"

    @property
    def is_sendable(self) -> bool:
        return self.status is TemplateStatus.APPROVED and not self.unsupported
