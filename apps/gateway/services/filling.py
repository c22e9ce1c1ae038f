"""Filling in a template: what is wrong with each blank, and what the customer will read."""

import math
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from apps.contracts.content import Content, Media, Place
from apps.contracts.errors import TemplateRefused
from apps.contracts.templates import TemplateParameter, TemplateValue
from apps.contracts.words import MessageKind, TemplateStatus
from apps.gateway import domain

MEDIA_KEY = "header.media"
PLACE_KEY = "header.place"
MEDIA_HEADERS = frozenset({MessageKind.IMAGE, MessageKind.VIDEO, MessageKind.DOCUMENT})

BODY_CHARACTERS = 1024
HEADER_CHARACTERS = 60
URL_CHARACTERS = 2000
CODE_CHARACTERS = 15
#: A line break, a tab or more than four spaces in a row in a blank is refused with 132018 (protocols §7.1).
UNEVEN = re.compile(r"[\n\r\t\v\f\u2028\u2029]| {5,}")
IMAGE_TYPES = frozenset({"image/jpeg", "image/png"})
VIDEO_TYPES = frozenset({"video/mp4", "video/3gpp"})
#: Megabytes of the largest file in each header (§8).
MEDIA_MEGABYTES = {MessageKind.IMAGE: 5, MessageKind.VIDEO: 16, MessageKind.DOCUMENT: 100}


def require_sendable(template: TemplateValue) -> None:
    """Raise TemplateRefused, with the next step, for a template that the channel would not take now."""
    sentence = template.unsupported and _("%(why)s Escolha outro modelo.") % {"why": template.unsupported}
    match template.status:
        case TemplateStatus.PENDING:
            sentence = _("Este modelo ainda está em análise na Meta. Espere a aprovação ou escolha outro.")
        case TemplateStatus.REJECTED:
            sentence = _("A Meta recusou este modelo. Corrija-o no Gerenciador do WhatsApp ou escolha outro.")
        case TemplateStatus.PAUSED:
            sentence = _("A Meta pausou este modelo por baixa qualidade. Escolha outro até ele voltar.")
        case TemplateStatus.DISABLED:
            sentence = _("A Meta desativou este modelo. Escolha outro, ou crie um novo no Gerenciador do WhatsApp.")
        case TemplateStatus.DELETED:
            sentence = _("Este modelo foi apagado no Gerenciador do WhatsApp. Escolha outro.")
    if sentence:
        raise TemplateRefused(sentence)


def check_parameters(
    template: TemplateValue,
    parameters: Mapping[str, str],
    *,
    media: Media | None = None,
    place: Place | None = None,
) -> dict[str, str]:
    """Say what is wrong with each blank, by its key (`TemplateParameter.key`); nothing when all is well."""
    problems: dict[str, str] = {}
    known = {parameter.key: parameter for parameter in template.parameters}
    for key in parameters:
        if key not in known:
            problems[key] = _("Este modelo não tem esta variável.")
    for key, parameter in known.items():
        if problem := _problem_of(template, parameter, parameters.get(key, "").strip()):
            problems[key] = problem
    if problem := _media_problem(template, media):
        problems[MEDIA_KEY] = problem
    if template.header_kind is MessageKind.LOCATION and (place is None or not (place.name and place.address)):
        problems[PLACE_KEY] = _("Informe o lugar do cabeçalho: latitude, longitude, nome e endereço.")
    return problems or _too_long(template, parameters)


def fill_template(
    template: TemplateValue,
    parameters: Mapping[str, str],
    *,
    media: Media | None = None,
    place: Place | None = None,
) -> Content:
    """Fill in a template that may be sent. Raises TemplateRefused, which says what is wrong with which blank."""
    require_sendable(template)
    if problems := check_parameters(template, parameters, media=media, place=place):
        raise TemplateRefused(fields=problems)
    values = {key: value.strip() for key, value in parameters.items()}
    header = domain.filled(template.header_text, "header", values)
    body = domain.filled(template.body, "body", values)
    return Content(
        kind=MessageKind.TEMPLATE,
        text="\n\n".join(part for part in (header, body, template.footer) if part),
        media=media if template.header_kind in MEDIA_HEADERS else None,
        place=place if template.header_kind is MessageKind.LOCATION else None,
        template={
            "name": template.name,
            "language": template.language,
            "category": template.category,
            "header_kind": template.header_kind.value if template.header_kind else "",
            "filled": [_filled(template, parameter, values) for parameter in template.parameters],
            "shown": {"header": header, "body": body, "footer": template.footer, "buttons": _buttons(template, values)},
        },
    )


def _problem_of(template: TemplateValue, parameter: TemplateParameter, value: str) -> str:
    if not value:
        return _("Preencha este campo.")
    if UNEVEN.search(value):
        return _("Escreva em uma linha só, sem tabulações nem mais de quatro espaços seguidos.")
    if parameter.part != "button":
        return ""
    if template.buttons[parameter.button].kind == "copy_code":
        too_long = _("O código pode ter até %(longest)d caracteres.") % {"longest": CODE_CHARACTERS}
        return too_long if len(value) > CODE_CHARACTERS else ""
    if " " in value:
        return _("O final do endereço não pode ter espaços.")
    if len(domain.filled_url(template, parameter, value)) > URL_CHARACTERS:
        return _("O endereço do botão passa de %(longest)d caracteres.") % {"longest": URL_CHARACTERS}
    return ""


def _too_long(template: TemplateValue, parameters: Mapping[str, str]) -> dict[str, str]:
    """A filled text that became too long is the fault of its longest blank: there shortening helps most."""
    limits = (("header", template.header_text, HEADER_CHARACTERS), ("body", template.body, BODY_CHARACTERS))
    for part, text, longest in limits:
        keys = [parameter.key for parameter in template.parameters if parameter.part == part]
        over = len(domain.filled(text, part, {key: parameters[key].strip() for key in keys})) - longest
        if keys and over > 0:
            culprit = max(keys, key=lambda key: len(parameters[key]))
            times = sum(piece.key == culprit for piece in domain.pieces(text, part, {}))
            problem = _("O texto preenchido passa do limite: encurte %(over)d caracteres.")
            return {culprit: problem % {"over": math.ceil(over / times)}}
    return {}


def _media_problem(template: TemplateValue, media: Media | None) -> str:
    mime_type = media.mime_type.partition(";")[0].strip().lower() if media else ""
    megabytes = MEDIA_MEGABYTES.get(template.header_kind or MessageKind.TEXT, 0)
    if media and megabytes and (media.size_bytes or 0) > megabytes * 1024 * 1024:
        return _("O arquivo passa de %(megabytes)s MB, o limite do canal.") % {"megabytes": megabytes}
    match template.header_kind:
        case MessageKind.IMAGE if mime_type not in IMAGE_TYPES:
            return _("Anexe a imagem do cabeçalho, em JPEG ou PNG.")
        case MessageKind.VIDEO if mime_type not in VIDEO_TYPES:
            return _("Anexe o vídeo do cabeçalho, em MP4.")
        case MessageKind.DOCUMENT if not mime_type:
            return _("Anexe o documento do cabeçalho.")
        case MessageKind.IMAGE | MessageKind.VIDEO | MessageKind.DOCUMENT:
            return ""
    return _("Este modelo não leva arquivo.") if media else ""


def _filled(template: TemplateValue, parameter: TemplateParameter, values: Mapping[str, str]) -> dict[str, Any]:
    kind = template.buttons[parameter.button].kind if parameter.part == "button" else ""
    return {
        "part": parameter.part,
        "name": parameter.name,
        "button": parameter.button,
        "kind": kind,
        "value": values[parameter.key],
    }


def _buttons(template: TemplateValue, values: Mapping[str, str]) -> list[dict[str, str]]:
    blanks = {parameter.button: parameter for parameter in template.parameters if parameter.part == "button"}
    found = []
    for position, button in enumerate(template.buttons):
        shown = {"kind": button.kind, "text": button.text, "url": button.url, "phone": button.phone}
        blank = blanks.get(position)
        if blank is not None and button.kind == "url":
            shown["url"] = domain.filled_url(template, blank, values[blank.key])
        elif blank is not None:
            shown["code"] = values[blank.key]
        found.append({name: value for name, value in shown.items() if value})
    return found
