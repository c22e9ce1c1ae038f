"""What somebody wants to say, as forms post it: checked against the channel before anything is kept."""

import re
from dataclasses import dataclass
from typing import IO, Any

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from apps.contracts.content import Choice, Content, Media, Person, Place, text_content
from apps.contracts.conversations import ConversationValue
from apps.contracts.errors import SendError
from apps.contracts.people import AttendantValue
from apps.contracts.words import MessageKind
from apps.conversations import selectors as conversations
from apps.gateway import file_types
from apps.gateway.services import files, outgoing
from apps.tenants import selectors as tenants

MOST_FILES = 10
LONGEST_CAPTION = 1024
CAPTIONED = frozenset({MessageKind.IMAGE, MessageKind.VIDEO, MessageKind.DOCUMENT})
#: Which field of the form sends a file as what; None: as what it is.
FIELDS: dict[str, MessageKind | None] = {
    "files": None,
    "documents": MessageKind.DOCUMENT,
    "sticker": MessageKind.STICKER,
    "recording": MessageKind.AUDIO,
}
#: "-7.2306, -35.8811", or the same inside the address of a map.
_POSITION = re.compile(r"(-?\d{1,2}\.\d+)\s*(?:,|%2C|/|&mlon=)\s*(-?\d{1,3}\.\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """One message to be. `upload` is what is kept for it once everything was found in order."""

    content: Content
    upload: IO[bytes] | None = None


def parts_of(
    conversation: ConversationValue,
    text: str,
    uploads: "MultiValueDict[str, UploadedFile[Any]]",
    *,
    ready: Media | None = None,
) -> list[Part]:
    """The messages that one form makes: its files in order, the text as the first one's caption where that is possible.

    `ready` is the file of a quick reply. Raises SendError "not_sendable"; nothing was kept then.
    """
    drafted = [Part(Content(kind=file_types.kind_of(ready.mime_type), media=ready))] if ready else []
    drafted += [_drafted(field, upload) for field in FIELDS for upload in uploads.getlist(field)]
    if len(drafted) > MOST_FILES:
        raise SendError("not_sendable", _("São no máximo %(most)d arquivos por vez.") % {"most": MOST_FILES})
    if text and drafted and drafted[0].content.kind in CAPTIONED and len(text) <= LONGEST_CAPTION:
        drafted[0] = Part(drafted[0].content.model_copy(update={"text": text}), drafted[0].upload)
    elif text:
        drafted.insert(0, Part(text_content(text)))
    return [Part(outgoing.prepare(conversation, part.content), part.upload) for part in drafted]


def kept(part: Part, owner: AttendantValue) -> Content:
    """Store what a part carries, and give its content with the file in its place."""
    if part.upload is None or part.content.media is None:
        return part.content
    file = files.keep_file(owner=owner, file=part.upload, media=part.content.media, is_sent=True)
    return part.content.model_copy(update={"media": part.content.media.model_copy(update={"file": file.path})})


def drop_if_repeated(conversation: ConversationValue, message_id: str, content: Content) -> None:
    """Give up a stored file when its message exists since an earlier post of the same form, with a file of its own."""
    message = conversations.message(conversation.tenant_id, message_id)
    carried = message.content.media if message else None
    if carried is not None and content.media is not None and carried.file != content.media.file:
        files.drop(tenant_id=conversation.tenant_id, path=content.media.file)


def file_of_quick_reply(viewer: AttendantValue, reply_id: str) -> Media | None:
    """The file of a ready answer that this person may use."""
    found = next((one for one in tenants.quick_replies(viewer.tenant_id, viewer.id) if one.id == reply_id), None)
    if found is None or not found.file:
        return None
    try:
        with default_storage.open(found.file, "rb") as file:
            name = found.file.rpartition("/")[2]
            media = files.look_at(file, filename=name, declared=found.mime_type, size_bytes=file.size)
    except OSError as error:
        raise SendError("not_sendable", _("O arquivo desta resposta rápida não existe mais.")) from error
    return media.model_copy(update={"file": found.file})


def place_of(form: QueryDict) -> Content:
    """A place, by its coordinates or by the address of a map that holds them."""
    found = _POSITION.search(_line(form, "position", 2000))
    if found is None:
        raise SendError("not_sendable", _("Cole as coordenadas, ou o endereço de um mapa que as mostre."))
    place = Place(
        latitude=float(found[1]), longitude=float(found[2]), name=_line(form, "name"), address=_line(form, "address")
    )
    return Content(kind=MessageKind.LOCATION, place=place)


def card_of(form: QueryDict) -> Content:
    phones = tuple(filter(None, (re.sub(r"[^\d+() -]", "", one).strip()[:40] for one in form.getlist("phone"))))
    return Content(kind=MessageKind.CONTACTS, people=(Person(name=_line(form, "name"), phones=phones),))


def choices_of(kind: MessageKind, form: QueryDict) -> Content:
    """Reply buttons or a list; lines that were left empty do not count."""
    titles = [one.strip()[:200] for one in form.getlist("title")]
    descriptions = [one.strip()[:200] for one in form.getlist("description")] + [""] * len(titles)
    offered = [(title, about) for title, about in zip(titles, descriptions, strict=False) if title]
    return Content(
        kind=kind,
        text=form.get("text", "").replace("\r\n", "\n").strip()[:4096],
        choices=tuple(Choice(id=title, title=title, description=about) for title, about in offered),
        list_button=_line(form, "list_button"),
    )


def _drafted(field: str, upload: "UploadedFile[Any]") -> Part:
    declared = upload.content_type or ""
    media = files.look_at(upload, filename=upload.name or "", declared=declared, size_bytes=upload.size or 0)
    is_recording = field == "recording"
    kind = FIELDS[field] or file_types.kind_of(media.mime_type)
    return Part(Content(kind=kind, media=media.model_copy(update={"voice": is_recording})), upload)


def _line(form: QueryDict, name: str, longest: int = 200) -> str:
    return " ".join(form.get(name, "").replace("\x00", "").split())[:longest]
