"""The kit of tests/channels/conformance.py for this channel."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Self

import httpx
from pydantic import SecretStr

from apps.contracts.content import Content
from apps.contracts.people import ChannelAccountValue
from apps.contracts.words import MessageKind
from apps.gateway.channels.telegram import bot_api
from apps.simulator.telegram.account import BotAccount, Customer
from apps.simulator.telegram.standin import TelegramStandIn
from tests.channels.conformance import CANARY, Handshake, Kinds, Refusal

TOKEN = f"800000001:AA{CANARY}-chave-da-conta-de-teste-01"
SECRET = f"segredo_{CANARY}-1"
JOANA = Customer(id=900000001, first_name="Joana", last_name="Lima", username="joana_teste")


class TelegramKit:
    kind = "telegram"
    signs_body = False
    handshake: Handshake | None = None
    unknown_outcomes: tuple[str, ...] = ("502_after", "reset_after", "silent_after")
    refusals: Mapping[str, Refusal] = {
        "too fast": Refusal("429", retries=True, after=timedelta(seconds=30), counts=False),
        "makes no sense": Refusal("400"),
        "blocked by the customer": Refusal("403"),
        "too large": Refusal("413"),
        "token revoked": Refusal("401", retries=True, counts=False, blocks_account=True),
        "token malformed": Refusal("404", retries=True, counts=False, blocks_account=True),
    }

    def __init__(self) -> None:
        self.stand_in = TelegramStandIn(account=BotAccount(token=TOKEN))

    def __enter__(self) -> Self:
        self.stand_in.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.stand_in.__exit__()

    @property
    def account(self) -> ChannelAccountValue:
        return ChannelAccountValue(
            tenant_id="default",
            slug="robo",
            kind=self.kind,
            name="Urbana no Telegram",
            access_token=SecretStr(TOKEN),
            verify_token=SecretStr(SECRET),
            settings={"api_url": self.stand_in.api_url},
        )

    def without_secrets(self) -> ChannelAccountValue:
        return self.account.model_copy(update={"verify_token": SecretStr("")})

    def unreachable(self) -> ChannelAccountValue:
        return self.account.model_copy(update={"settings": {"api_url": "http://127.0.0.1:1"}})

    def sign(self, body: bytes) -> dict[str, str]:
        return {"x-telegram-bot-api-secret-token": SECRET}

    def meet_customer(self) -> tuple[str, str]:
        update = self.stand_in.write(JOANA, "oi")
        return str(JOANA.id), f"{JOANA.id}:{update['message']['message_id']}"

    def content(self, kind: MessageKind, *, file: str, target: str) -> Content:
        return Kinds(file, target).content(kind)

    def refuse_next(self, fault: str) -> None:
        self.stand_in.fail_next(fault)

    @contextmanager
    def hurry(self, seconds: float) -> Iterator[None]:
        usual, bot_api.DEADLINE_SECONDS = bot_api.DEADLINE_SECONDS, seconds
        try:
            yield
        finally:
            bot_api.DEADLINE_SECONDS = usual

    def texts(self) -> list[str]:
        return [sent.result["text"] for sent in self.stand_in.accepted if sent.method == "sendMessage"]

    def call_count(self) -> int:
        return len(self.stand_in.calls)

    def customer_file(self, content: bytes) -> tuple[str, str]:
        update = self.stand_in.run(lambda: self.stand_in.handset.send_file(JOANA, "document", content))
        return update["message"]["document"]["file_id"], ""

    def redirect_downloads(self, url: str) -> None:
        self.stand_in.api.redirects_to = url

    def is_wrong_client_refused(self) -> bool:
        wrong = TOKEN[:-1] + "9"
        return httpx.get(f"{self.stand_in.api_url}/bot{wrong}/getMe").status_code == 401


KIT = TelegramKit
