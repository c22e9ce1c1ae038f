"""What a webhook says besides messages and statuses: what was written on the phone, and news of the account."""

import logging

from apps.common.mongo import AlreadyExists
from apps.contracts.channels import AccountNews, ParsedWebhook
from apps.contracts.messages import EchoedMessage
from apps.contracts.words import AccountNewsKind
from apps.conversations.services import record_echo
from apps.events.delivery import attempt, attempt_inline
from apps.gateway.services.health import note_account_news
from apps.gateway.services.templates import note_template_news

log = logging.getLogger(__name__)

ABOUT_TEMPLATES = frozenset(
    {AccountNewsKind.TEMPLATE_STATUS, AccountNewsKind.TEMPLATE_QUALITY, AccountNewsKind.TEMPLATE_CHANGED}
)


def record_besides(webhook: ParsedWebhook, *, queue: str) -> Exception | None:
    """Record echoes and news, each once; give what went wrong. Safe to repeat."""
    for echo in webhook.echoes:
        if error := attempt_inline(_Echo(echo), queue=queue):
            return error
    for news in webhook.news:
        if error := attempt(_News(news)):
            return error
    return None


def record_news(news: AccountNews) -> None:
    """Hand news of the account to who acts on them: templates or the account's health. Both are safe to repeat."""
    if news.kind in ABOUT_TEMPLATES:
        note_template_news(news=news)
    else:
        note_account_news(news)


class _Echo:
    """One echo's transaction. A duplicate is done."""

    def __init__(self, echo: EchoedMessage) -> None:
        self._echo = echo

    def __call__(self) -> None:
        try:
            record_echo(echo=self._echo)
        except AlreadyExists:
            log.info("duplicate_echo", extra={"account": self._echo.account})


class _News:
    def __init__(self, news: AccountNews) -> None:
        self._news = news

    def __call__(self) -> None:
        record_news(self._news)
