"""The suite can fail: each of these adapters breaks one promise, and the test of that promise notices."""

import inspect
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from apps.contracts.channels import ParsedWebhook, SendReceipt
from apps.contracts.content import Content
from apps.contracts.errors import SendError, SendUnknown
from apps.contracts.messages import OutboundMessage
from apps.contracts.people import ChannelAccountValue
from apps.gateway.channels.telegram.adapter import TelegramAdapter
from tests.channels import test_conformance as promises
from tests.channels import test_conformance_content as contents
from tests.channels import test_conformance_failures as failures
from tests.channels.conformance import Kit
from tests.channels.telegram_kit import TelegramKit

#: An assertion, an expected error that did not come, or the adapter's own error.
FOUND = (AssertionError, pytest.fail.Exception, ValueError, SendError)


class Trusting(TelegramAdapter):
    def verify(self, account: ChannelAccountValue, *, body: bytes, headers: dict[str, str]) -> bool:
        return True


class OpenWithoutSecret(TelegramAdapter):
    def verify(self, account: ChannelAccountValue, *, body: bytes, headers: dict[str, str]) -> bool:
        return headers.get("x-telegram-bot-api-secret-token", "") == account.verify_token.get_secret_value()


class Careless(TelegramAdapter):
    def verify(self, account: ChannelAccountValue, *, body: bytes, headers: dict[str, str]) -> bool:
        return headers.get("x-telegram-bot-api-secret-token", "").startswith("segredo_canario")


class Fragile(TelegramAdapter):
    def parse_webhook(self, account: ChannelAccountValue, *, body: bytes, received_ns: int) -> ParsedWebhook:
        found = super().parse_webhook(account, body=body, received_ns=received_ns)
        if found.problems:
            raise ValueError("unreadable")
        return found


class Inventive(TelegramAdapter):
    def parse_webhook(self, account: ChannelAccountValue, *, body: bytes, received_ns: int) -> ParsedWebhook:
        found = super().parse_webhook(account, body=body, received_ns=received_ns)
        fresh = [one.model_copy(update={"external_id": secrets.token_hex(8)}) for one in found.messages]
        return found.model_copy(update={"messages": tuple(fresh)})


class Anonymous(TelegramAdapter):
    def parse_webhook(self, account: ChannelAccountValue, *, body: bytes, received_ns: int) -> ParsedWebhook:
        found = super().parse_webhook(account, body=body, received_ns=received_ns)
        bare = [
            one.model_copy(update={"sender": one.sender.model_copy(update={"identities": ("7",)})})
            for one in found.messages
        ]
        return found.model_copy(update={"messages": tuple(bare)})


class Generous(TelegramAdapter):
    def check_content(self, account: ChannelAccountValue, content: Content) -> None:
        """Whatever you like."""


class Hasty(TelegramAdapter):
    """Says of what nobody knows that it may be sent again: the customer then reads it twice."""

    def send(self, account: ChannelAccountValue, message: OutboundMessage) -> SendReceipt:
        try:
            return super().send(account, message)
        except SendUnknown as unknown:
            raise SendError(unknown.code, str(unknown)) from None


class Late(TelegramAdapter):
    """Posts a claim that the clock may have given to another."""

    def send(self, account: ChannelAccountValue, message: OutboundMessage) -> SendReceipt:
        fresh = message.claimed_at.replace(year=message.claimed_at.year + 1)
        return super().send(account, message.model_copy(update={"claimed_at": fresh}))


class Cutting(TelegramAdapter):
    def send(self, account: ChannelAccountValue, message: OutboundMessage) -> SendReceipt:
        short = message.content.model_copy(update={"text": message.content.text[:4096]})
        return super().send(account, message.model_copy(update={"content": short}))


class Talkative(TelegramAdapter):
    def send(self, account: ChannelAccountValue, message: OutboundMessage) -> SendReceipt:
        try:
            return super().send(account, message)
        except SendError as refused:
            raise SendError("refused", f"{account.access_token.get_secret_value()}: {refused}") from None


class Greedy(TelegramAdapter):
    def download_media(
        self, account: ChannelAccountValue, *, media_id: str, url: str, limit_bytes: int
    ) -> tuple[bytes, str]:
        return super().download_media(account, media_id=media_id, url=url, limit_bytes=limit_bytes * 10)


BROKEN: list[tuple[type[TelegramAdapter], Callable[..., None]]] = [
    (Trusting, promises.test_every_changed_character_of_the_proof_is_refused),
    (Trusting, promises.test_an_account_without_a_secret_accepts_nobody),
    (OpenWithoutSecret, promises.test_an_account_without_a_secret_accepts_nobody),
    (Careless, promises.test_every_changed_character_of_the_proof_is_refused),
    (Fragile, promises.test_any_json_is_read_without_an_exception),
    (Fragile, promises.test_any_bytes_are_read_without_an_exception),
    (Inventive, promises.test_the_same_body_read_twice_is_the_same_messages),
    (Inventive, promises.test_a_body_delivered_again_later_is_the_same_messages),
    (Anonymous, promises.test_every_message_has_what_the_rest_of_the_product_relies_on),
    (Generous, contents.test_every_other_kind_is_refused_with_a_sentence),
    (Generous, contents.test_empty_and_senseless_contents_are_refused_with_a_sentence),
    (Cutting, contents.test_a_longer_text_is_refused_or_arrives_whole),
    (Hasty, failures.test_an_answer_that_does_not_come_is_an_unknown_outcome),
    (Late, failures.test_a_claim_that_grew_old_is_never_posted),
    (Talkative, failures.test_no_token_stands_in_an_error_or_a_log_line),
    (Greedy, failures.test_a_file_beyond_the_limit_is_not_held),
]


@pytest.fixture(scope="module")
def one_kit() -> Iterator[Kit]:
    with TelegramKit() as running:
        yield running


def offered(test: Callable[..., None], kit: Kit, adapter: TelegramAdapter, caplog: pytest.LogCaptureFixture) -> Any:
    everything = {
        "kit": kit,
        "adapter": adapter,
        "caplog": caplog,
        "address": kit.meet_customer()[0],
        "word": "palavra",
    }
    return {name: everything[name] for name in inspect.signature(test).parameters}


@pytest.mark.parametrize(
    ("broken", "test"), [pytest.param(*one, id=f"{one[0].__name__}-{one[1].__name__[5:]}") for one in BROKEN]
)
def test_a_broken_promise_is_noticed(
    broken: type[TelegramAdapter],
    test: Callable[..., None],
    one_kit: Kit,
    redis: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    # The premise: the adapter that breaks nothing passes.
    test(**offered(test, one_kit, TelegramAdapter(), caplog))

    with pytest.raises(FOUND):
        test(**offered(test, one_kit, broken(), caplog))
