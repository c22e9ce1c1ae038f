"""The life of one message in rows, and why it was or was not answered in one sentence."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext

from apps.contracts.conversations import ConversationValue, MessageValue
from apps.contracts.handoff import TicketValue
from apps.contracts.insights import MessageTimeline, TimelineRow
from apps.contracts.words import Author, ConversationStatus, DeliveryStatus, Direction
from apps.events.selectors import TimelineEntry
from apps.insights import phrases

#: The order in which a delivery happens, for times that are equal.
DELIVERY = ("queued", "sending", "unconfirmed", "sent", "delivered", "read", "failed", "unknown", "cancelled")

BROKEN = (DeliveryStatus.FAILED, DeliveryStatus.UNKNOWN)


def compose(
    message: MessageValue,
    *,
    conversation: ConversationValue,
    entries: Sequence[TimelineEntry],
    answer: MessageValue | None,
    ticket: TicketValue | None,
    queue_name: str,
    zone: ZoneInfo,
) -> MessageTimeline:
    """Put together what is known of a message. `entries` are the events of its trace, `answer` what was said to it."""
    is_inbound = message.direction is Direction.INBOUND
    mine = [entry for entry in entries if _is_about(entry, message)]
    rows = _inbound_rows(message, mine) if is_inbound else []
    if is_inbound:
        rows += _people_rows(message, answer, ticket, queue_name)
        rows += _answer_rows(answer) if answer else []
    else:
        rows += _answer_rows(message)
    rows += _trouble_rows(mine)
    rows.sort(key=lambda row: row.at or message.created_at)
    verdict = (
        _why(message, conversation, mine, answer, queue_name, zone) if is_inbound else phrases.outbound_verdict(message)
    )
    return MessageTimeline(
        message_id=message.id,
        conversation_id=message.conversation_id,
        verdict=verdict,
        is_answered=answer is not None and answer.status not in BROKEN,
        rows=tuple(_with_gaps(rows)),
        trace_id=message.trace_id,
    )


def _why(
    message: MessageValue,
    conversation: ConversationValue,
    entries: Sequence[TimelineEntry],
    answer: MessageValue | None,
    queue_name: str,
    zone: ZoneInfo,
) -> str:
    """One sentence, cause first."""
    dead = [verdict for entry in entries for verdict in entry.verdicts if verdict.get("outcome") == "dead"]
    if message.silence is not None and (answer is None or answer.author is not Author.ATTENDANT):
        return phrases.silence(message.silence, who=conversation.attendant_name, queue=queue_name)
    if answer is not None:
        return phrases.answered(answer, at=_clock(answer.created_at, zone))
    if dead:
        return gettext(
            "Não houve resposta por um erro nosso em %(step)s. A mensagem está guardada e pode ser reprocessada."
        ) % {"step": dead[-1].get("to", "")}
    if conversation.status is ConversationStatus.WAITING_HUMAN:
        return gettext("Ainda não houve resposta: a conversa espera por uma pessoa na fila %(queue)s.") % {
            "queue": queue_name
        }
    if conversation.status is ConversationStatus.WITH_HUMAN:
        return gettext("Ainda não houve resposta: a conversa está com %(who)s.") % {"who": conversation.attendant_name}
    if message.turn and message.turn <= conversation.answered:
        return gettext("A resposta desta mensagem foi dada junto com a das seguintes.")
    if conversation.status is ConversationStatus.CLOSED:
        return gettext("Não houve resposta: a conversa foi encerrada antes.")
    return gettext("A resposta está sendo preparada.")


def _inbound_rows(message: MessageValue, entries: Sequence[TimelineEntry]) -> list[TimelineRow]:
    rows = [
        TimelineRow(
            at=message.created_at,
            title=gettext("Chegou do canal"),
            detail=phrases.kind(message),
            code=message.external_id,
        )
    ]
    for entry in entries:
        if entry.type == "message.processed":
            rows.append(TimelineRow(at=entry.at, title=gettext("Entendida"), detail=phrases.analysis(message.analysis)))
        elif entry.type == "conversation.updated" and entry.data.get("change") == "message_added":
            rows.append(
                TimelineRow(at=entry.at, title=gettext("Guardada na conversa"), detail=_waiting(entry.data, entry.at))
            )
    if message.silence is not None:
        rows.append(
            TimelineRow(
                at=message.created_at + timedelta(milliseconds=1),
                title=gettext("Sem resposta da assistente"),
                detail=phrases.silence(message.silence, who="", queue=""),
                state="skipped",
                code=message.silence.value,
            )
        )
    return rows


def _waiting(data: dict[str, Any], at: datetime) -> str:
    """How long the assistant waited for the rest of the burst."""
    due = data.get("due")
    if not due:
        return ""
    seconds = max(0.0, (datetime.fromisoformat(due) - at).total_seconds())
    return gettext("Esperou %(seconds)s s pelo fim da rajada.") % {"seconds": formats.number_format(f"{seconds:.1f}")}


def _people_rows(
    message: MessageValue, answer: MessageValue | None, ticket: TicketValue | None, queue_name: str
) -> list[TimelineRow]:
    """What people did about it, unless the ticket is older, or it was answered before anybody was called."""
    if ticket is None or ticket.times.get("opened", ticket.queued_at) < message.created_at:
        return []
    if answer is not None and answer.created_at < ticket.queued_at:
        return []
    steps = {
        "opened": gettext("Entrou na fila %(queue)s") % {"queue": queue_name},
        "accepted": gettext("%(who)s assumiu a conversa") % {"who": ticket.attendant_name},
        "completed": gettext("O atendimento terminou"),
    }
    return [
        TimelineRow(
            at=ticket.times[step], title=title, detail=phrases.reason(ticket.reason) if step == "opened" else ""
        )
        for step, title in steps.items()
        if step in ticket.times
    ]


def _answer_rows(answer: MessageValue) -> list[TimelineRow]:
    rows = [
        TimelineRow(
            at=answer.created_at,
            title=phrases.written_by(answer),
            detail=phrases.provenance(answer.provenance),
            code=answer.id,
        )
    ]
    at = answer.created_at
    for status in DELIVERY[1:]:
        if status not in answer.times:
            continue
        # The channel tells whole seconds, so its times may lie a moment before ours.
        at = max(at, answer.times[status])
        is_bad = status in ("failed", "unknown", "unconfirmed")
        rows.append(
            TimelineRow(
                at=at,
                title=phrases.delivery(status),
                detail=answer.error_message if is_bad else "",
                state="failed" if status in ("failed", "unknown") else "done",
                code=answer.error_code if is_bad else "",
            )
        )
    return rows


def _trouble_rows(entries: Sequence[TimelineEntry]) -> list[TimelineRow]:
    rows = []
    for entry in entries:
        for verdict in entry.verdicts:
            if verdict.get("outcome") == "dead":
                at = verdict.get("at")
                detail = str(verdict.get("reason", ""))
                rows.append(
                    TimelineRow(
                        at=at,
                        title=gettext("Parou por um erro nosso"),
                        detail=detail,
                        state="failed",
                        code=str(verdict.get("to", "")),
                    )
                )
        rows += [
            TimelineRow(at=entry.at, title=gettext("Ainda por fazer"), state="waiting", code=to) for to in entry.pending
        ]
    return rows


def _is_about(entry: TimelineEntry, message: MessageValue) -> bool:
    """Several messages may have come in one webhook, under one trace."""
    inner = entry.data.get("message")
    if isinstance(inner, dict):
        return inner.get("external_id") == message.external_id
    return entry.conversation_id == message.conversation_id and entry.data.get("message_id", "") in ("", message.id)


def _with_gaps(rows: Sequence[TimelineRow]) -> list[TimelineRow]:
    result: list[TimelineRow] = []
    for row in rows:
        before = result[-1].at if result else None
        gap = round((row.at - before).total_seconds() * 1000) if row.at and before else None
        result.append(row.model_copy(update={"after_ms": gap}))
    return result


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%H:%M}"
