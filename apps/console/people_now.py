"""Who is there now: presence and load, for the rail, the transfer dialog and the board."""

from apps.console.spare import unless_away
from apps.contracts.handoff import PresenceStatus, PresenceValue
from apps.contracts.people import AttendantValue
from apps.handoff import selectors as handoff


def presences(tenant_id: str) -> list[PresenceValue]:
    """Everybody's presence; nobody's while Redis is away."""
    return unless_away(lambda: list(handoff.presence(tenant_id)), [])


def my_presence(attendant: AttendantValue) -> str:
    mine = next((one for one in presences(attendant.tenant_id) if one.attendant_id == attendant.id), None)
    return mine.status.value if mine else PresenceStatus.ONLINE.value
