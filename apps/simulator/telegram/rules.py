"""What the vendor refuses to send (protocols/telegram.md §3, §5). Each function raises BotApiError."""

from typing import Any

from apps.simulator.telegram.errors import BotApiError, bad
from apps.simulator.telegram.markup import visible

Json = dict[str, Any]

TEXT_UNITS = 4096
CAPTION_UNITS = 1024
MOST_ENTITIES = 100
DATA_BYTES = 64
BUTTONS_IN_ALL = 100
BUTTONS_PER_ROW = 8
UPLOAD_BYTES = 50 * 1024 * 1024
PHOTO_BYTES = 10 * 1024 * 1024
DOWNLOAD_BYTES = 20 * 1024 * 1024
PARSE_MODES = ("HTML", "MarkdownV2", "Markdown", "")
ACTIONS = frozenset("typing upload_photo record_voice upload_voice upload_document find_location".split())


def units(text: str) -> int:
    """Lengths count UTF-16 units (§2)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def check_text(params: Json, name: str, longest: int, *, is_required: bool) -> str:
    """The visible text: at most so long after its markup is parsed, with at most 100 entities (§3)."""
    written = params.get(name, "")
    if not isinstance(written, str):
        raise bad(f"{name} must be a string", rule="§3")
    mode = params.get("parse_mode", "")
    if mode not in PARSE_MODES:
        raise bad("unsupported parse_mode", rule="§3")
    shown, entities = visible(written) if mode == "HTML" else (written, 0)
    if is_required and not shown.strip():
        raise bad("message text is empty", rule="§4")
    if units(shown) > longest:
        raise bad("message is too long" if name == "text" else "message caption is too long", rule="§3")
    if entities > MOST_ENTITIES:
        raise bad("too many entities", rule="§3")
    return shown


def check_keyboard(params: Json) -> None:
    """Inline buttons: at most 100 in all and 8 per row, each with 1–64 bytes of data (§3)."""
    markup = params.get("reply_markup")
    if markup is None:
        return
    rows = markup.get("inline_keyboard") if isinstance(markup, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad("object expected as reply markup", rule="§3")
    buttons = [button for row in rows for button in row]
    if len(buttons) > BUTTONS_IN_ALL or any(len(row) > BUTTONS_PER_ROW for row in rows):
        raise bad("reply markup is too long", rule="§3")
    for button in buttons:
        if not isinstance(button, dict) or not str(button.get("text", "")).strip():
            raise bad("text buttons are unallowed in the inline keyboard", rule="§3")
        if not 1 <= len(str(button.get("callback_data", "")).encode()) <= DATA_BYTES:
            raise bad("BUTTON_DATA_INVALID", rule="§3")


def check_upload(method: str, size_bytes: int) -> None:
    """50 MB by upload, 10 MB for a photo (§3)."""
    if size_bytes == 0:
        raise bad("file must be non-empty", rule="§3")
    if size_bytes > UPLOAD_BYTES:
        raise BotApiError(413, rule="§3")
    if method == "sendPhoto" and size_bytes > PHOTO_BYTES:
        raise bad("file is too big for a photo", rule="§3")


def check_download(size_bytes: int) -> None:
    """20 MB by download (§3)."""
    if size_bytes > DOWNLOAD_BYTES:
        raise bad("file is too big", rule="§3")


def check_place(params: Json) -> None:
    for name, most in (("latitude", 90), ("longitude", 180)):
        value = params.get(name)
        if not isinstance(value, int | float) or abs(value) > most:
            raise bad(f"{name} is invalid", rule="§3")


def check_filled(params: Json, *names: str) -> None:
    for name in names:
        if not str(params.get(name, "")).strip():
            raise bad(f"{name} is empty", rule="§3")


def check_action(params: Json) -> None:
    if params.get("action") not in ACTIONS:
        raise bad("wrong parameter action in request", rule="§3")


def whole(params: Json, name: str) -> int:
    value = params.get(name)
    try:
        return int(value) if isinstance(value, int | str) and not isinstance(value, bool) else int("")
    except ValueError:
        raise bad(f"{name} is not specified", rule="§3") from None
