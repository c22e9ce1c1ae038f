"""The adapter: the channel contract over the Bot API."""

import hmac
from typing import IO

from apps.contracts.channels import AccountCheck, ChannelAdapter, ParsedWebhook, SendReceipt
from apps.contracts.content import Content
from apps.contracts.messages import OutboundMessage
from apps.contracts.people import ChannelAccountValue
from apps.gateway.channels.telegram import bot_api, ids, management, media, sending
from apps.gateway.channels.telegram.abilities import ABILITIES, KIND
from apps.gateway.channels.telegram.errors import explain
from apps.gateway.channels.telegram.outbound import calls_for, chat_id
from apps.gateway.channels.telegram.payloads import parse

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - the name of a header


class TelegramAdapter:
    """Stateless; every method says in `contracts.channels` what it promises."""

    kind = KIND
    abilities = ABILITIES

    def verify(self, account: ChannelAccountValue, *, body: bytes, headers: dict[str, str]) -> bool:
        """The vendor signs no body: a header that repeats the secret of the webhook is all there is."""
        ours = account.verify_token.get_secret_value().encode()
        theirs = headers.get(SECRET_HEADER, "").encode("utf-8", "surrogatepass")
        # Compared even without a secret, so that an account that has none answers no faster.
        return hmac.compare_digest(ours, theirs) and bool(ours)

    def answer_handshake(self, account: ChannelAccountValue, *, query: dict[str, str]) -> str | None:
        return None

    def parse_webhook(self, account: ChannelAccountValue, *, body: bytes, received_ns: int) -> ParsedWebhook:
        return parse(account, body=body, received_ns=received_ns)

    def check_content(self, account: ChannelAccountValue, content: Content) -> None:
        calls_for(content, chat="0")

    def send(self, account: ChannelAccountValue, message: OutboundMessage) -> SendReceipt:
        return sending.send(account, message)

    def mark_read(self, account: ChannelAccountValue, *, external_id: str, typing: bool) -> None:
        """There are no read marks. Typing shows for five seconds, or until the answer comes."""
        chat = ids.chat_of(external_id)
        if typing and chat:
            bot_api.call(
                account,
                "sendChatAction",
                {"chat_id": chat_id(chat), "action": "typing"},
                deadline_seconds=bot_api.COURTESY_DEADLINE_SECONDS,
            )

    def acknowledge(self, account: ChannelAccountValue, *, external_id: str) -> None:
        """Stop the clock that a tapped button shows. Anything else needs no such word."""
        query = ids.key_of(external_id, "tap")
        if query:
            bot_api.call(
                account,
                "answerCallbackQuery",
                {"callback_query_id": query},
                deadline_seconds=bot_api.COURTESY_DEADLINE_SECONDS,
            )

    def explain(self, code: str) -> str:
        return explain(code)

    def download_media(
        self, account: ChannelAccountValue, *, media_id: str, url: str, limit_bytes: int
    ) -> tuple[bytes, str]:
        return media.download(account, file_id=media_id, limit_bytes=limit_bytes)

    def download_into(
        self, account: ChannelAccountValue, *, media_id: str, url: str, limit_bytes: int, into: IO[bytes]
    ) -> str:
        return media.download_into(account, file_id=media_id, limit_bytes=limit_bytes, into=into)

    def check_account(self, account: ChannelAccountValue) -> tuple[AccountCheck, ...]:
        return management.check_account(account)

    def subscribe(self, account: ChannelAccountValue, *, callback_url: str) -> None:
        management.subscribe(account, callback_url=callback_url)


ADAPTER: ChannelAdapter = TelegramAdapter()
