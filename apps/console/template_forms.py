"""A template as somebody fills it in: which ones there are, one field for each blank, and what the customer will see."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from apps.contracts.conversations import ConversationValue
from apps.contracts.people import AttendantValue
from apps.contracts.templates import TemplateButton, TemplateParameter, TemplateValue
from apps.contracts.words import MessageKind
from apps.gateway import domain
from apps.gateway import selectors as gateway
from apps.gateway.services.filling import MEDIA_HEADERS, MEDIA_KEY, PLACE_KEY
from apps.tenants import selectors as tenants
from apps.tenants.domain import normalise

CUSTOMER_WORDS = frozenset({"nome", "primeiro_nome", "cliente", "nome_cliente", "nome_do_cliente", "name", "customer"})
ATTENDANT_WORDS = frozenset({"atendente", "nome_atendente", "consultor", "consultora", "vendedor", "attendant"})
#: What stands before a numbered blank when it calls the customer by name, or names who writes.
GREETING = re.compile(r"\b(oi|ola|bom dia|boa tarde|boa noite|hi|hello|dear|prezad[oa]|car[oa])$")
INTRODUCTION = re.compile(r"\b(aqui (e|fala)|sou|me chamo|meu nome e|this is|my name is|i am)( [ao])?$")


@dataclass(frozen=True)
class Pick:
    """One template to choose. `search` is what typing is compared with."""

    key: str
    title: str
    category: str
    language: str
    excerpt: str
    search: str


@dataclass(frozen=True)
class Blank:
    """One field of the form, for one blank of the template."""

    key: str
    label: str
    value: str = ""
    placeholder: str = ""
    problem: str = ""
    longest: int = 1024


@dataclass(frozen=True)
class PreviewButton:
    """A button as the customer sees it; `key` names the blank that its address or code holds."""

    kind: str
    text: str
    detail: str = ""
    key: str = ""


@dataclass(frozen=True)
class Filling:
    """A template being filled in for one conversation."""

    template: TemplateValue
    title: str
    blanks: list[Blank]
    header: list[domain.Piece]
    body: list[domain.Piece]
    buttons: list[PreviewButton]
    problem: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)
    place: Mapping[str, str] = field(default_factory=dict)

    @property
    def media_kind(self) -> str:
        kind = self.template.header_kind
        return kind.value if kind in MEDIA_HEADERS else ""

    @property
    def accepts(self) -> str:
        """What the file chooser offers."""
        return {"image": "image/jpeg,image/png", "video": "video/mp4,video/3gpp"}.get(self.media_kind, "")

    @property
    def wants_place(self) -> bool:
        return self.template.header_kind is MessageKind.LOCATION

    @property
    def media_problem(self) -> str:
        return self.problems.get(MEDIA_KEY, "")

    @property
    def place_problem(self) -> str:
        return self.problems.get(PLACE_KEY, "")


def title_of(name: str) -> str:
    """A template's name as a person would write it: "retomar_conversa" is "Retomar conversa"."""
    return name.replace("_", " ").strip().capitalize()


def picks(conversation: ConversationValue, q: str = "") -> list[Pick]:
    """The templates that may be sent in this conversation, those with all words of `q` in name or text."""
    wanted = normalise(q).split()
    found = gateway.templates(conversation.tenant_id, conversation.account)
    drawn = [_pick(one) for one in found if one.is_sendable]
    return [one for one in drawn if all(word in one.search for word in wanted)]


def filling(
    template: TemplateValue,
    conversation: ConversationValue,
    viewer: AttendantValue,
    *,
    values: Mapping[str, str] | None = None,
    problem: str = "",
    problems: Mapping[str, str] | None = None,
    place: Mapping[str, str] | None = None,
) -> Filling:
    """Lay out the form. Without `values` it begins with what is known of the customer and of who writes."""
    known = values if values is not None else _known(template, conversation, viewer)
    drawn = _laid_out(template, known, problems or {})
    return replace(drawn, problem=problem, place=place or {})


def with_examples(template: TemplateValue) -> Filling:
    """The template filled in with what the vendor saw when approving it."""
    return _laid_out(template, {one.key: one.example for one in template.parameters}, {})


def _laid_out(template: TemplateValue, known: Mapping[str, str], problems: Mapping[str, str]) -> Filling:
    return Filling(
        template=template,
        title=title_of(template.name),
        blanks=[
            _blank(template, one, known.get(one.key, ""), problems.get(one.key, "")) for one in template.parameters
        ],
        header=domain.pieces(template.header_text, "header", known),
        body=domain.pieces(template.body, "body", known),
        buttons=[_button(template, position, one, known) for position, one in enumerate(template.buttons)],
        problems=problems,
    )


def _pick(template: TemplateValue) -> Pick:
    title = title_of(template.name)
    words = f"{template.name} {title} {template.header_text} {template.body} {template.footer}"
    return Pick(
        key=template.key,
        title=title,
        category=template.category,
        language=template.language,
        excerpt=domain.BLANK.sub("…", " ".join(template.body.split())),
        search=normalise(words),
    )


def _blank(template: TemplateValue, parameter: TemplateParameter, value: str, problem: str) -> Blank:
    example = parameter.example and _("ex.: %(example)s") % {"example": parameter.example}
    is_code = parameter.part == "button" and template.buttons[parameter.button].kind == "copy_code"
    return Blank(
        key=parameter.key,
        label=_label(template, parameter),
        value=value,
        placeholder=example,
        problem=problem,
        longest=15 if is_code else 60 if parameter.part == "header" else 1024,
    )


def _label(template: TemplateValue, parameter: TemplateParameter) -> str:
    if parameter.part == "button":
        button = template.buttons[parameter.button]
        words = _("Código do botão “%(button)s”") if button.kind == "copy_code" else _("Final do link “%(button)s”")
        return words % {"button": button.text}
    if not parameter.name.isdecimal():
        return title_of(parameter.name)
    words = _("Variável %(number)s do título") if parameter.part == "header" else _("Variável %(number)s")
    return words % {"number": parameter.name}


def _button(template: TemplateValue, position: int, button: TemplateButton, values: Mapping[str, str]) -> PreviewButton:
    blank = next((one for one in template.parameters if one.part == "button" and one.button == position), None)
    value = values.get(blank.key, "") if blank else ""
    detail = button.phone or button.url
    if blank is not None:
        detail = domain.filled_url(template, blank, value) if button.kind == "url" else value
    return PreviewButton(kind=button.kind, text=button.text, detail=detail, key=blank.key if blank else "")


def _known(template: TemplateValue, conversation: ConversationValue, viewer: AttendantValue) -> dict[str, str]:
    """What a person would write into the blanks without thinking: the customer's first name, their own, the company's."""
    first_name = conversation.customer_name.partition(" ")[0]
    first_name = first_name if any(sign.isalpha() for sign in first_name) else ""
    own_name = viewer.name.partition(" ")[0]
    tenant = tenants.tenant(conversation.tenant_id)
    named = dict.fromkeys(CUSTOMER_WORDS, first_name) | dict.fromkeys(ATTENDANT_WORDS, own_name)
    named |= {"nome_completo": conversation.customer_name, "protocolo": conversation.protocol}
    named |= {"empresa": tenant.name if tenant else ""}
    found = {}
    for parameter in template.parameters:
        if parameter.part == "button":
            continue
        text = template.header_text if parameter.part == "header" else template.body
        guess = _guess(text, parameter.name, first_name, own_name)
        found[parameter.key] = named.get(parameter.name.lower(), "") or guess
    return {key: value for key, value in found.items() if value}


def _guess(text: str, name: str, first_name: str, own_name: str) -> str:
    """A numbered blank says by its place what belongs into it: "Oi, {{1}}!" is the customer, "aqui é {{2}}" who writes."""
    blank = re.search(r"\{\{\s*" + re.escape(name) + r"\s*\}\}", text) if name.isdecimal() else None
    if blank is None:
        return ""
    raw, after = text[: blank.start()].rstrip(" "), text[blank.end() : blank.end() + 1]
    before = normalise(raw[-40:])
    if INTRODUCTION.search(before):
        return own_name
    is_called = not raw or raw.endswith("\n") or GREETING.search(before) is not None
    return first_name if (is_called and after in tuple(",!?.:")) or (raw.endswith(",") and after in tuple("!?")) else ""
