"""What every full page of the console needs around its content."""

from typing import Any

from apps.console.attending import AttendantRequest
from apps.console.lists import counters
from apps.console.people_now import my_presence
from apps.events import selectors as events


def page_context(request: AttendantRequest, *, area: str) -> dict[str, Any]:
    """The rail, the theme, the counters, and the cursor from which the socket goes on."""
    theme = request.COOKIES.get("theme", "")
    return {
        "area": area,
        "theme": theme if theme in ("light", "dark") else "",
        "counts": counters(request.attendant),
        "my_presence": my_presence(request.attendant),
        "live": {"cursor": events.changed_conversations(request.attendant.tenant_id, since="")[1]},
    }
