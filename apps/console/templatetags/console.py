"""Tags and filters of the console's templates: icons, names, times. No query, no rule."""

from datetime import date, datetime, timedelta
from functools import cache

from django import template
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, gettext_noop, ngettext

from apps.common import clock
from apps.contracts.conversations import ConversationValue

register = template.Library()

#: Pixels between the two end marks of the window gauge.
GAUGE_WIDTH = 48
WINDOW = timedelta(hours=24)

#: How `conversations` begins the stored line about a message that is not plain text.
KINDS_OF_LINES = (
    gettext_noop("Imagem"),
    gettext_noop("Áudio"),
    gettext_noop("Vídeo"),
    gettext_noop("Documento"),
    gettext_noop("Figurinha"),
    gettext_noop("Localização"),
    gettext_noop("Contato"),
    gettext_noop("Pedido"),
    gettext_noop("Formulário"),
    gettext_noop("Editou"),
    gettext_noop("Mensagem apagada"),
    gettext_noop("Trocou de número"),
    gettext_noop("Trocou de identificação"),
    gettext_noop("Trocou de aparelho"),
    gettext_noop("Não quer mais promoções"),
    gettext_noop("Aceita promoções de novo"),
    gettext_noop("Aviso do canal"),
    gettext_noop("Abriu a conversa"),
    gettext_noop("Mensagem de um tipo não suportado"),
    gettext_noop("Reagiu com"),
    gettext_noop("Retirou a reação"),
)
SPOKEN_KINDS = ("text", "button_reply", "list_reply")


@cache
def _sprite() -> str:
    """The address of the symbols: asked for dozens of times a page, and the same as long as the process lives."""
    return static("console/icons.svg")


@register.simple_tag
def icon(name: str, small: bool = False, label: str = "", style: str = "") -> SafeString:
    """Draw a symbol of `icons.svg`; with a `label` it is an image with that name, without one it is decoration."""
    classes = " ".join(filter(None, ("i", "i-16" if small else "", style)))
    meaning = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html('<svg class="{}" {}><use href="{}#{}"/></svg>', classes, meaning, _sprite(), name)


@register.filter
def words(line: str) -> list[str]:
    """The words of a line, to write a short list in a template."""
    return line.split()


@register.filter
def initials(name: str) -> str:
    """First letters of the first and last name, "?" for a customer without one."""
    words = [word for word in name.split() if word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else words[0][1:2])).upper()


@register.filter
def last_line(conversation: ConversationValue) -> str:
    """The line about the latest message; the name of its kind, which is stored with it, in the reader's language."""
    line = conversation.last_text
    if conversation.last_kind in SPOKEN_KINDS:
        return line
    kind = next((kind for kind in KINDS_OF_LINES if line == kind or line.startswith((f"{kind}: ", f"{kind} "))), "")
    return f"{gettext(kind)}{line.removeprefix(kind)}" if kind else line


@register.filter
def first_name(name: str) -> str:
    return name.split()[0] if name.split() else ""


@register.filter
def duration(span: timedelta | float | None) -> str:
    """One format for every span of time: `0min48`, `6min11`, `23h59`, `3 d`."""
    if span is None:
        return ""
    seconds = max(0, int(span.total_seconds() if isinstance(span, timedelta) else span))
    if seconds < 3600:
        return f"{seconds // 60}min{seconds % 60:02}"
    if seconds < 48 * 3600:
        return f"{seconds // 3600}h{seconds % 3600 // 60:02}"
    return gettext("%(days)d d") % {"days": seconds // 86400}


@register.filter
def since(moment: datetime | None) -> str:
    return duration(clock.now() - moment) if moment else ""


@register.filter
def until(moment: datetime | None) -> str:
    return duration(moment - clock.now()) if moment else ""


@register.filter
def hour(moment: datetime | None) -> str:
    return formats.date_format(timezone.localtime(moment), "H:i") if moment else ""


@register.filter
def short_time(moment: datetime | None) -> str:
    """The hour today, then "ontem", then the date."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    days = (timezone.localdate() - local.date()).days
    if days <= 0:
        return formats.date_format(local, "H:i")
    return gettext("ontem") if days == 1 else formats.date_format(local, "d/m" if days < 300 else "d/m/Y")


@register.filter
def exact(moment: datetime | None) -> str:
    """To the millisecond, as the timeline needs it."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return f"{local:%H:%M:%S},{local.microsecond // 1000:03}"


@register.filter
def day_name(day: date) -> str:
    days = (timezone.localdate() - day).days
    if days == 0:
        return gettext("Hoje")
    if days == 1:
        return gettext("Ontem")
    is_this_year = day.year == timezone.localdate().year
    return formats.date_format(day, gettext("l, j \\d\\e F") if is_this_year else gettext("j \\d\\e F \\d\\e Y"))


@register.filter
def weekday(day: date) -> str:
    """The day as part of a line: "domingo, 22 de novembro"."""
    return _small(formats.date_format(day, gettext("l, j \\d\\e F")))


@register.filter
def month(moment: datetime | None) -> str:
    """The month as part of a sentence: "novembro de 2026"."""
    return _small(formats.date_format(timezone.localtime(moment), gettext("F \\d\\e Y"))) if moment else ""


def _small(date_in_words: str) -> str:
    # English writes its days and months with a capital everywhere, Portuguese only at the head of a line.
    return date_in_words if (get_language() or "").startswith("en") else date_in_words.lower()


@register.filter
def phone(number: str) -> str:
    """+55 83 98812-4471 for Brazilian numbers, the digits with a plus for all others."""
    digits = "".join(character for character in number if character.isdigit())
    if digits.startswith("55") and len(digits) in (12, 13):
        return f"+55 {digits[2:4]} {digits[4:-4]}-{digits[-4:]}"
    return f"+{digits}" if digits else number


@register.filter
def gauge(moment: datetime | None) -> int:
    """Pixels of the window gauge that are left."""
    if moment is None:
        return 0
    share = (moment - clock.now()) / WINDOW
    return round(max(0.0, min(1.0, share)) * GAUGE_WIDTH)


@register.filter
def is_past(moment: datetime | None) -> bool:
    return moment is not None and moment <= clock.now()


@register.filter
def size(size_bytes: int | None) -> str:
    if size_bytes is None:
        return ""
    if size_bytes < 1024 * 1024:
        return f"{max(1, size_bytes // 1024)} kB"
    return f"{formats.number_format(size_bytes / 1024 / 1024, 1)} MB"


@register.filter
def people(number: int) -> str:
    return ngettext("%(number)d pessoa", "%(number)d pessoas", number) % {"number": number}


@register.filter
def per_cent(share: float | None) -> str:
    return "" if share is None else f"{round(share * 100)}%"


@register.filter
def item(mapping: dict[str, object], name: str) -> object:
    return mapping.get(name, "")


@register.filter
def milliseconds(span: int) -> str:
    """How long after the step before: `8 ms`, `1,9 s`."""
    if span >= 60_000:
        return duration(span / 1000)
    return f"{span} ms" if span < 1000 else f"{formats.number_format(span / 1000, 1)} s"
