"""One webhook body being read: what was found so far, and the times and order of its messages."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from apps.contracts.channels import AccountNews, ParsedWebhook
from apps.contracts.content import Content
from apps.contracts.messages import EchoedMessage, InboundMessage, Sender, StatusUpdate
from apps.contracts.people import ChannelAccountValue
from apps.contracts.words import AccountNewsKind
from apps.gateway.channels.reading import as_json

FIRST_MILLISECOND = 10**12
#: Before WhatsApp existed, or further ahead than a wrong clock explains: the time of arrival serves instead.
EARLIEST_SECOND = 1_230_768_000
FURTHEST_AHEAD_SECONDS = 2 * 86_400
LONGEST_KEPT_RAW = 20_000
LONGEST_NEWS = 500


@dataclass
class Reading:
    """`index` keeps the order of messages inside the body."""

    account: ChannelAccountValue
    received_ns: int
    index: int = 0
    messages: list[InboundMessage] = field(default_factory=list)
    echoes: list[EchoedMessage] = field(default_factory=list)
    news: list[AccountNews] = field(default_factory=list)
    statuses: list[StatusUpdate] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)
    notices: list[tuple[str, str]] = field(default_factory=list)
    business_account_id: str = ""

    @property
    def received_at(self) -> datetime:
        return datetime.fromtimestamp(self.received_ns / 1e9, tz=UTC)

    def moment(self, stamp: str) -> datetime:
        """Read a Unix time in seconds or, as has been observed, milliseconds."""
        try:
            seconds = int(stamp)
        except ValueError:
            return self.received_at
        if seconds >= FIRST_MILLISECOND:
            seconds //= 1000
        if not EARLIEST_SECOND <= seconds <= self.received_ns // 10**9 + FURTHEST_AHEAD_SECONDS:
            return self.received_at
        return datetime.fromtimestamp(seconds, tz=UTC)

    def problem(self, sentence: str, raw: Any) -> None:
        self.problems.append((sentence, as_json(raw)[:LONGEST_KEPT_RAW]))

    def notice(self, sentence: str, raw: Any) -> None:
        self.notices.append((sentence, as_json(raw)[:LONGEST_KEPT_RAW]))

    def add_message(
        self, sender: Sender, content: Content, *, external_id: str, stamp: str, replies_to: str = ""
    ) -> None:
        where = self._where(external_id, stamp)
        self.messages.append(InboundMessage(sender=sender, content=content, replies_to=replies_to, **where))

    def add_echo(self, customer: Sender, content: Content, *, external_id: str, stamp: str) -> None:
        self.echoes.append(EchoedMessage(customer=customer, content=content, **self._where(external_id, stamp)))

    def add_news(
        self, kind: AccountNewsKind, state: str, *, stamp: str, subject: str = "", language: str = "", reason: str = ""
    ) -> None:
        self.news.append(
            AccountNews(
                tenant_id=self.account.tenant_id,
                account=self.account.slug,
                kind=kind,
                state=state,
                subject=subject[:LONGEST_NEWS],
                language=language[:20],
                reason=reason[:LONGEST_NEWS],
                at=self.moment(stamp),
            )
        )

    def parsed(self) -> ParsedWebhook:
        return ParsedWebhook(
            messages=tuple(self.messages),
            echoes=tuple(self.echoes),
            news=tuple(self.news),
            statuses=tuple(self.statuses),
            problems=tuple(self.problems),
            notices=tuple(self.notices),
            business_account_id=self.business_account_id,
        )

    def _where(self, external_id: str, stamp: str) -> dict[str, Any]:
        """Whose a message is, which one, and when: the same for what a customer wrote and what the business did."""
        sent_at = self.moment(stamp)
        return {
            "tenant_id": self.account.tenant_id,
            "account": self.account.slug,
            "channel": self.account.kind,
            "external_id": external_id,
            "sent_at": sent_at,
            "received_at": self.received_at,
            "order": self._order(sent_at),
        }

    def _order(self, sent_at: datetime) -> str:
        index = self.index
        self.index += 1
        return f"{int(sent_at.timestamp()):012d}.{self.received_ns:020d}.{index:04d}"
