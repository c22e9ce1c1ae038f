"""From the demonstration's file to conversations that can be imported."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from apps.contracts.content import Content, Place, text_content
from apps.contracts.history import PastConversation, PastMessage
from apps.contracts.messages import Sender
from apps.contracts.people import ASSISTANT, NOBODY, AttendantValue, attendant_holder, queue_holder
from apps.contracts.words import Author, ConversationStatus, MessageKind

FILE = Path(__file__).with_name("conversations.yaml")
ACCOUNT = "simulator"
STATUSES = {
    "waiting": ConversationStatus.WAITING_HUMAN,
    "with": ConversationStatus.WITH_HUMAN,
    "assistant": ConversationStatus.ACTIVE,
    "closed": ConversationStatus.CLOSED,
}
AUTHORS = {"c": Author.CUSTOMER, "a": Author.ASSISTANT, "p": Author.ATTENDANT, "n": Author.ATTENDANT}


def demo_rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return rows


def demo_conversations(
    tenant_id: str, people: dict[str, AttendantValue], *, now: datetime
) -> Iterator[tuple[PastConversation, dict[str, Any]]]:
    """Every conversation of the file with its row; `people` are the attendants by login."""
    for number, row in enumerate(demo_rows(), start=1):
        yield _conversation(tenant_id, row, people, protocol=f"DEMO-{number:02d}", now=now), row


def many_conversations(tenant_id: str, count: int, *, now: datetime, offset: int = 0) -> Iterator[PastConversation]:
    """`count` closed or assistant-held conversations of the last thirty days, made of the file's own sentences.

    Deterministic: number n is always the same person with the same words.
    """
    rows = [row for row in demo_rows() if row["status"] in ("closed", "assistant")]
    for number in range(offset, offset + count):
        chance = random.Random(number)  # noqa: S311
        row = dict(chance.choice(rows))
        first, last = chance.choice(demo_rows())["name"].split()[0], chance.choice(demo_rows())["name"].split()[-1]
        row |= {
            "name": f"{first} {last} {number}",
            "phone": f"5583{900_000_000 + number:09d}",
            "ago": chance.uniform(1, 30 * 24 * 60),
        }
        row.pop("person", None)
        row["messages"] = [line for line in row["messages"] if line[0] not in ("p", "n", "e")]
        yield _conversation(tenant_id, row, {}, protocol=f"DEMO-N{number:07d}", now=now)


def _conversation(
    tenant_id: str, row: dict[str, Any], people: dict[str, AttendantValue], *, protocol: str, now: datetime
) -> PastConversation:
    person = people.get(row.get("person", ""))
    status, ended = STATUSES[row["status"]], now - timedelta(minutes=row["ago"])
    messages = tuple(_message(line, row, person, ended=ended) for line in row["messages"])
    waits = status is ConversationStatus.WAITING_HUMAN
    return PastConversation(
        tenant_id=tenant_id,
        account=ACCOUNT,
        channel="whatsapp",
        protocol=protocol,
        customer=_sender(row),
        status=status,
        holder=str(_holder(status, row, person)),
        messages=messages,
        queue=row.get("queue", ""),
        attendant_id=person.id if person else "",
        attendant_name=person.name if person else "",
        participants=(person.id,) if person else (),
        tags=tuple(row.get("tags", ())),
        summary=row.get("summary", ""),
        intent=row.get("intent", ""),
        sentiment=row.get("sentiment", ""),
        collected=row.get("collected", {}),
        rating=row.get("rating"),
        outcome=("attendant" if person else "assistant") if status is ConversationStatus.CLOSED else "",
        unread=row.get("unread", 1 if waits else 0),
        waiting_since=ended if waits else None,
    )


def _holder(status: ConversationStatus, row: dict[str, Any], person: AttendantValue | None) -> object:
    match status:
        case ConversationStatus.WAITING_HUMAN:
            return queue_holder(row["queue"])
        case ConversationStatus.WITH_HUMAN if person is not None:
            return attendant_holder(person.id)
        case ConversationStatus.CLOSED:
            return NOBODY
    return ASSISTANT


def _sender(row: dict[str, Any]) -> Sender:
    phone, bsuid = row.get("phone", ""), row.get("bsuid", "")
    # The canonical form carries the ninth digit, whatever the channel calls the number.
    canonical = phone if len(phone) != 12 else f"{phone[:4]}9{phone[4:]}"
    identities = [name for name in (f"bsuid:{bsuid}" if bsuid else "", f"wa:{canonical}" if phone else "") if name]
    return Sender(
        identities=tuple(identities),
        address=phone or bsuid,
        name=row["name"],
        phone=canonical,
        username=row.get("username", ""),
    )


def _message(line: list[Any], row: dict[str, Any], person: AttendantValue | None, *, ended: datetime) -> PastMessage:
    who, before, what = line
    at = ended - timedelta(minutes=before)
    if who == "e":
        return PastMessage(author=Author.SYSTEM, content=_event(what, row, person), at=at, is_note=True)
    is_person = who in ("p", "n") and person is not None
    return PastMessage(
        author=AUTHORS[who],
        content=text_content(what) if isinstance(what, str) else _place(what["place"]),
        at=at,
        author_id=person.id if is_person and person else "",
        author_name=person.name if is_person and person else "",
        is_note=who == "n",
    )


def _event(name: str, row: dict[str, Any], person: AttendantValue | None) -> Content:
    fields = {"event": name}
    if name == "handed_off":
        fields |= {"reason": row.get("reason", "asked_for_person"), "queue": row.get("queue", "")}
    elif name in ("taken", "closed") and person is not None:
        fields["by"] = person.name
    elif name == "rated":
        fields["rating"] = str(row["rating"])
    return Content(kind=MessageKind.EVENT, fields=fields)


def _place(place: dict[str, Any]) -> Content:
    return Content(kind=MessageKind.LOCATION, place=Place(**place))
