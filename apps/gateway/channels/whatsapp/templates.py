"""Message templates as Meta lists them → ours: every page, every form of blank, and what of them we cannot send."""

import re
from typing import Any

from django.utils.translation import gettext as _

from apps.contracts.errors import SendError
from apps.contracts.people import ChannelAccountValue
from apps.contracts.templates import TemplateButton, TemplateParameter, TemplateValue
from apps.contracts.words import MessageKind, TemplateStatus
from apps.gateway.channels.reading import items, mapping, text
from apps.gateway.channels.whatsapp import graph
from apps.gateway.channels.whatsapp.template_words import (
    FOREIGN_BUTTONS,
    FOREIGN_PARTS,
    OUR_BUTTONS,
    reason_in_words,
    status_of,
)

FIELDS = "id,name,language,status,category,components,parameter_format,quality_score,rejected_reason"
#: The management limit is 200 calls an hour (§10): an account of 6,000 templates, Meta's most, costs 60 of them.
PAGE_SIZE = 100
MOST_PAGES = 100
BLANK = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")
HEADERS = {
    "TEXT": MessageKind.TEXT,
    "IMAGE": MessageKind.IMAGE,
    "VIDEO": MessageKind.VIDEO,
    "DOCUMENT": MessageKind.DOCUMENT,
    "LOCATION": MessageKind.LOCATION,
}


def list_templates(account: ChannelAccountValue) -> tuple[TemplateValue, ...]:
    """Read every page. Raises SendError or SendUnknown: half a list would look like deleted templates."""
    if not account.business_account_id:
        raise SendError("no_business_account", _("Falta o id da conta comercial do WhatsApp (WABA) nesta conta."))
    found: list[TemplateValue] = []
    cursor = ""
    for _page in range(MOST_PAGES):
        params = {"limit": str(PAGE_SIZE), "fields": FIELDS} | ({"after": cursor} if cursor else {})
        page = graph.get_list(account, account.business_account_id, "message_templates", params=params)
        found.extend(read_template(account, one) for one in items(page, "data") if text(one, "name"))
        paging = mapping(page, "paging")
        # The last page too names a cursor after itself; only `next` says that more follows. Its address is not called:
        # it carries the token, and we know where the list is.
        following = text(mapping(paging, "cursors"), "after") if text(paging, "next") else ""
        if not following:
            return tuple(found)
        if following == cursor:
            break
        cursor = following
    raise SendError("endless_list", _("A lista de modelos da Meta não termina; avise quem cuida do sistema."))


def read_template(account: ChannelAccountValue, listed: dict[str, Any]) -> TemplateValue:
    """Normalise one template. What we cannot send is said in `unsupported`; the rest is read all the same."""
    parts = {text(one, "type").upper(): one for one in items(listed, "components")}
    header, body = parts.get("HEADER", {}), parts.get("BODY", {})
    header_format = text(header, "format").upper()
    buttons = items(parts.get("BUTTONS", {}), "buttons")
    return TemplateValue(
        tenant_id=account.tenant_id,
        account=account.slug,
        external_id=text(listed, "id")[:60],
        name=text(listed, "name")[:512],
        language=text(listed, "language")[:15],
        category=text(listed, "category").lower()[:30],
        status=status_of(text(listed, "status")) or TemplateStatus.PENDING,
        reason=reason_in_words(text(listed, "rejected_reason")),
        quality=_quality(listed),
        header_kind=HEADERS.get(header_format) if header else None,
        header_text=text(header, "text") if header_format == "TEXT" else "",
        body=text(body, "text"),
        footer=text(parts.get("FOOTER", {}), "text"),
        buttons=tuple(_button(one) for one in buttons),
        parameters=(*_blanks("header", header), *_blanks("body", body), *_button_blanks(buttons)),
        unsupported=_unsupported(listed, parts, buttons),
    )


def _quality(listed: dict[str, Any]) -> str:
    score = text(mapping(listed, "quality_score"), "score").lower()
    return "" if score == "unknown" else score[:12]


def _button(button: dict[str, Any]) -> TemplateButton:
    return TemplateButton(
        kind=text(button, "type").lower(),
        text=text(button, "text"),
        url=text(button, "url"),
        phone=text(button, "phone_number"),
    )


def _blanks(part: str, component: dict[str, Any]) -> list[TemplateParameter]:
    """The blanks of a text, each once: numbered ones by number, named ones as they come."""
    written = text(component, "text")
    names = list(dict.fromkeys(BLANK.findall(written)))
    if all(name.isdecimal() for name in names):
        names.sort(key=int)
    examples = _examples(part, component, names)
    return [TemplateParameter(part=part, name=name, example=examples.get(name, "")) for name in names]


def _examples(part: str, component: dict[str, Any], names: list[str]) -> dict[str, str]:
    """What Meta saw when it approved: by name, or in the order of the numbers (`body_text` wraps them once more)."""
    example = mapping(component, "example")
    named = items(example, f"{part}_text_named_params")
    if named:
        return {text(one, "param_name"): text(one, "example") for one in named}
    found = example.get(f"{part}_text")
    while isinstance(found, list) and found and isinstance(found[0], list):
        found = found[0]
    values = [str(one) for one in found] if isinstance(found, list) else []
    return dict(zip(names, values, strict=False))


def _button_blanks(buttons: list[dict[str, Any]]) -> list[TemplateParameter]:
    found = []
    for position, button in enumerate(buttons):
        kind, example = text(button, "type").upper(), button.get("example")
        first = next(iter(example), "") if isinstance(example, list) else example
        shown = first if isinstance(first, str) else ""
        if kind == "URL" and (blank := BLANK.search(text(button, "url"))):
            # Meta's example is the whole address; what is filled in is only its end.
            shown = shown.removeprefix(text(button, "url")[: blank.start()])
            found.append(TemplateParameter(part="button", name=blank[1], example=shown, button=position))
        elif kind == "COPY_CODE":
            found.append(TemplateParameter(part="button", name="code", example=shown, button=position))
    return found


def _unsupported(listed: dict[str, Any], parts: dict[str, Any], buttons: list[dict[str, Any]]) -> str:
    """Say what of a template we cannot fill in, "" when nothing: it is listed, with this sentence, and never offered."""
    if text(listed, "category").upper() == "AUTHENTICATION":
        return _("Modelos de autenticação levam um código de uso único, que este sistema não gera.")
    for part in parts:
        if part in FOREIGN_PARTS:
            return _("Este modelo tem %(part)s, que ainda não enviamos daqui.") % {"part": _(FOREIGN_PARTS[part])}
        if part not in ("HEADER", "BODY", "FOOTER", "BUTTONS"):
            return _("Este modelo tem uma parte que ainda não enviamos daqui (%(part)s).") % {"part": part.lower()}
    header_format = text(parts.get("HEADER", {}), "format").upper()
    if "HEADER" in parts and header_format not in HEADERS:
        return _("Este modelo tem um cabeçalho que ainda não enviamos daqui (%(part)s).") % {
            "part": header_format.lower()
        }
    for kind in (text(one, "type").upper() for one in buttons):
        if kind not in OUR_BUTTONS:
            known = FOREIGN_BUTTONS.get(kind)
            named = _(known) if known else kind.lower()
            return _("Este modelo tem um botão que ainda não enviamos daqui (%(button)s).") % {"button": named}
    return "" if text(parts.get("BODY", {}), "text") else _("Este modelo não tem texto.")
