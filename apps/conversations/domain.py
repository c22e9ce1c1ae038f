"""The rules of a conversation: who answers, when, in which order. Pure: clock, stores and settings are passed in."""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apps.contracts.messages import Analysis, InboundMessage
from apps.contracts.words import (
    MEDIA_KINDS,
    ConversationStatus,
    DeliveryRank,
    DeliveryStatus,
    HandoffReason,
    MessageKind,
    SilenceReason,
)

#: What demonstration conversations are given; a real message says itself how long it opens the window.
SERVICE_WINDOW = timedelta(hours=24)
#: The end of a window that never ends, on channels that let a customer be answered at any time.
FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)
#: The window is treated as closed a little early, because the clock that counts is Meta's.
WINDOW_MARGIN = timedelta(minutes=1)
#: An older message is stored and shown, but an answer to it would surprise.
TOO_OLD = timedelta(hours=24)
#: From here on a message is shown as late: there was an outage, and more of its kind may follow.
LATE = timedelta(minutes=15)

QUIET_COMPLETE_SECONDS = 0.8
QUIET_FRAGMENT_SECONDS = 2.5
QUIET_MEDIA_SECONDS = 3.0
#: A burst is answered at the latest this long after its first message, however long the customer keeps writing.
LONGEST_QUIET_SECONDS = 12.0
#: After an outage a customer's messages come in several webhooks, which Meta repeats at its own pace: one answer to all.
QUIET_LATE_SECONDS = 30.0
LONGEST_QUIET_LATE_SECONDS = 120.0

#: Symbols, skin tones, joiners, and the tags of some flags.
_EMOJI_PARTS = frozenset({"So", "Sm", "Sk", "Mn", "Me", "Cf"})
_KEYCAPS = "0123456789#*"
LONGEST_EMOJI = 16

#: Kinds that say nothing to answer by themselves.
SPEECHLESS = {
    MessageKind.REACTION: SilenceReason.REACTION,
    MessageKind.EDIT: SilenceReason.NOTHING_TO_ANSWER,
    MessageKind.REVOKE: SilenceReason.NOTHING_TO_ANSWER,
    MessageKind.SYSTEM: SilenceReason.NOTHING_TO_ANSWER,
    MessageKind.WELCOME: SilenceReason.NOTHING_TO_ANSWER,
}

RANKS = {
    DeliveryStatus.SENT: DeliveryRank.SENT,
    DeliveryStatus.DELIVERED: DeliveryRank.DELIVERED,
    DeliveryStatus.READ: DeliveryRank.READ,
}


@dataclass(frozen=True)
class Reply:
    """The assistant answers."""


@dataclass(frozen=True)
class RuleReply:
    """A routing rule answers with a fixed text."""

    text: str


@dataclass(frozen=True)
class Handoff:
    reason: HandoffReason
    detail: str = ""
    queue: str = ""


@dataclass(frozen=True)
class Silent:
    reason: SilenceReason


Decision = Reply | RuleReply | Handoff | Silent


@dataclass(frozen=True)
class Turn:
    """The customer's latest message and what surrounds it.

    is_consent: it changes what they accept, which has its own confirmation. is_behind: a newer one of a
    backlog was heard before it, and nothing waits for an answer.
    """

    status: ConversationStatus
    kind: MessageKind
    analysis: Analysis
    age: timedelta
    failed_replies: int = 0
    is_opted_out: bool = False
    is_consent: bool = False
    is_behind: bool = False
    is_assistant_on: bool = True

    @property
    def asks_for_person(self) -> bool:
        return self.analysis.wants_person or bool(self.analysis.handoff_rule)


def decide(turn: Turn, *, max_failed_replies: int) -> Decision:
    """Choose who answers the customer's latest message. An attendant who holds it always wins."""
    silence = _why_silent(turn)
    if silence is not None:
        return Silent(silence)
    analysis = turn.analysis
    if analysis.wants_person:
        return Handoff(HandoffReason.ASKED_FOR_PERSON, queue=analysis.queue)
    if analysis.handoff_rule:
        return Handoff(HandoffReason.RULE, detail=analysis.handoff_rule, queue=analysis.queue)
    if analysis.reply and turn.age < LATE:
        # A rule answers every message at once; what comes late in a heap gets one answer, the assistant's.
        return RuleReply(analysis.reply)
    if max_failed_replies and turn.failed_replies >= max_failed_replies:
        return Handoff(HandoffReason.ASSISTANT_FAILED)
    if not turn.is_assistant_on:
        return Handoff(HandoffReason.MODEL_UNAVAILABLE)
    return Reply()


def _why_silent(turn: Turn) -> SilenceReason | None:
    """Why nobody answers this message, None when somebody does. Spam, ratings and rules are judged before holding."""
    analysis = turn.analysis
    if turn.kind in SPEECHLESS:
        return SPEECHLESS[turn.kind]
    if analysis.rating is not None:
        return SilenceReason.RATING
    if analysis.is_spam:
        return SilenceReason.SPAM
    if turn.status is ConversationStatus.WITH_HUMAN:
        return SilenceReason.HELD_BY_PERSON
    if turn.status is ConversationStatus.WAITING_HUMAN:
        return SilenceReason.WAITING_FOR_PERSON
    if turn.is_consent and not turn.asks_for_person:
        return SilenceReason.OPTED_OUT if turn.is_opted_out else SilenceReason.NOTHING_TO_ANSWER
    return _why_unanswered(turn) or (SilenceReason(analysis.silence) if analysis.silence else None)


def _why_unanswered(turn: Turn) -> SilenceReason | None:
    """Why the assistant leaves a message alone that nobody else has in hand."""
    if turn.age > TOO_OLD:
        return SilenceReason.TOO_OLD
    if turn.is_opted_out and not turn.asks_for_person:
        return SilenceReason.OPTED_OUT
    if turn.is_behind and turn.age >= LATE:
        return SilenceReason.ANSWERED_WITH_BURST
    return None


def quiet_window(
    setting: float | None,
    *,
    kind: MessageKind,
    looks_complete: bool,
    burst_age_seconds: float,
    age: timedelta = timedelta(),
) -> timedelta:
    """How long to wait for the rest of a burst. `setting` None adapts; a number of seconds is fixed (0 answers at once).

    What comes late, by its `age`, always waits for the rest of what was held up.
    """
    if age >= LATE:
        return timedelta(seconds=max(0.0, min(QUIET_LATE_SECONDS, LONGEST_QUIET_LATE_SECONDS - burst_age_seconds)))
    if setting is not None:
        return timedelta(seconds=setting)
    if kind in MEDIA_KINDS:
        seconds = QUIET_MEDIA_SECONDS
    else:
        seconds = QUIET_COMPLETE_SECONDS if looks_complete else QUIET_FRAGMENT_SECONDS
    return timedelta(seconds=max(0.0, min(seconds, LONGEST_QUIET_SECONDS - burst_age_seconds)))


def window_after(message: InboundMessage) -> datetime:
    """Until when the customer may be answered freely: the channel's time of the message, never later than ours allows."""
    if message.window_seconds is None:
        return FOR_EVER
    return min(message.sent_at, message.received_at) + timedelta(seconds=message.window_seconds)


def is_window_open(expires_at: datetime | None, now: datetime) -> bool:
    return expires_at is not None and now < expires_at - WINDOW_MARGIN


def renews_window(message: InboundMessage) -> bool:
    """Whether a message opens the window again; reactions, to be safe, do not (protocols sheet §9)."""
    return message.window_seconds != 0 and message.content.kind not in SPEECHLESS


def is_emoji(text: str) -> bool:
    """Whether a text is one emoji, or nothing (which takes a reaction back). A flag or a family is several signs."""
    return len(text) <= LONGEST_EMOJI and all(
        unicodedata.category(sign) in _EMOJI_PARTS or (sign in _KEYCAPS and "\u20e3" in text) for sign in text
    )


def outbound_order(now: datetime) -> str:
    """Where an outbound message stands in its thread; the same form as InboundMessage.order."""
    nanoseconds = int(now.timestamp() * 1_000_000) * 1000
    return f"{nanoseconds // 1_000_000_000:012d}.{nanoseconds:020d}.0000"


def may_raise(current: DeliveryStatus, *, rank: int, to: DeliveryStatus) -> bool:
    """Whether a status report still changes a message. Ranks only grow.

    `failed` is final for an attempt that was not delivered, yet a late `delivered` after it has been observed and
    counts; a late `sent` after it does not.
    """
    if to is DeliveryStatus.FAILED:
        return rank < DeliveryRank.DELIVERED and current is not DeliveryStatus.FAILED
    if to is DeliveryStatus.SENT and current is DeliveryStatus.FAILED:
        return False
    return RANKS.get(to, DeliveryRank.NONE) > rank
