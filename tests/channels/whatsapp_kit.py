"""The kit of tests/channels/conformance.py for WhatsApp."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Self

import httpx
from pydantic import SecretStr

from apps.contracts.content import Content
from apps.contracts.people import ChannelAccountValue
from apps.contracts.words import MessageKind
from apps.gateway.channels.whatsapp import graph
from apps.simulator.meta.media import StoredFile, new_media_id
from apps.simulator.meta.platform import Pace
from apps.simulator.phone.changes import PhoneCustomer
from apps.simulator.standin import MetaStandIn
from apps.simulator.wire import WireRequest, WireResponse
from tests.channels.conformance import CANARY, Handshake, Kinds, Refusal

TOKEN = f"EAA{CANARY}DaContaDeTeste"
APP_SECRET = f"segredo-{CANARY}-do-aplicativo"
VERIFY_TOKEN = f"verificacao-{CANARY}"
CARLA = PhoneCustomer(key="carla", name="Carla Souza", phone="5583988888888", bsuid="BR.CARLA1")
NOWHERE = "http://127.0.0.1:1"


class BreakableMeta(MetaStandIn):
    """Meta with a network that breaks on order."""

    cuts_next = False
    redirects_to = ""
    calls_answered = 0

    async def _answer(self, request: WireRequest) -> WireResponse:
        self.calls_answered += 1
        response = await super()._answer(request)
        if self.redirects_to and "/download/" in f"/{request.path}":
            return WireResponse(302, b"", headers=(("Location", self.redirects_to),))
        if self.cuts_next:
            self.cuts_next = False
            return replace(response, cut_after=10)
        return response


class WhatsAppKit:
    kind = "whatsapp"
    signs_body = True
    handshake: Handshake | None = Handshake(
        {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": VERIFY_TOKEN},
        "1158201444",
        "hub.verify_token",
    )
    unknown_outcomes: tuple[str, ...] = ("500", "reset_after")
    refusals: Mapping[str, Refusal] = {
        "too fast for the account": Refusal("130429", retries=True, counts=False),
        "too fast for the customer": Refusal("131056", retries=True, counts=False),
        "window closed": Refusal("131047"),
        "token revoked": Refusal("190", retries=True, counts=False, blocks_account=True),
    }

    def __init__(self) -> None:
        pace = Pace(answer_seconds=0, sent_seconds=60, delivered_seconds=60, read_seconds=60)
        self.stand_in = BreakableMeta(webhook_url=NOWHERE, app_secret=APP_SECRET, access_token=TOKEN, pace=pace)

    def __enter__(self) -> Self:
        self.stand_in.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.stand_in.__exit__()

    @property
    def account(self) -> ChannelAccountValue:
        return ChannelAccountValue(
            tenant_id="default",
            slug="numero",
            kind=self.kind,
            name="Urbana do Brasil",
            phone_number_id=self.stand_in.account.phone_number_id,
            business_account_id=self.stand_in.account.business_account_id,
            graph_url=self.stand_in.graph_url,
            graph_version="v26.0",
            access_token=SecretStr(TOKEN),
            app_secrets=(SecretStr(APP_SECRET),),
            verify_token=SecretStr(VERIFY_TOKEN),
        )

    def without_secrets(self) -> ChannelAccountValue:
        return self.account.model_copy(update={"app_secrets": (), "verify_token": SecretStr("")})

    def unreachable(self) -> ChannelAccountValue:
        return self.account.model_copy(update={"graph_url": NOWHERE})

    def sign(self, body: bytes) -> dict[str, str]:
        return {"x-hub-signature-256": "sha256=" + hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()}

    def meet_customer(self) -> tuple[str, str]:
        return CARLA.phone, self.stand_in.write(CARLA, "oi")

    def content(self, kind: MessageKind, *, file: str, target: str) -> Content:
        template: dict[str, Any] = {
            "name": "lembrete_visita",
            "language": "pt_BR",
            "parameters": ["Carla", "quinta-feira"],
        }
        return Kinds(file, target, template).content(kind)

    def refuse_next(self, fault: str) -> None:
        if fault == "reset_after":
            self.stand_in.cuts_next = True
        else:
            self.stand_in.fail_next(fault)

    @contextmanager
    def hurry(self, seconds: float) -> Iterator[None]:
        usual, graph.DEADLINE_SECONDS = graph.DEADLINE_SECONDS, seconds
        try:
            yield
        finally:
            graph.DEADLINE_SECONDS = usual

    def texts(self) -> list[str]:
        return [body["text"]["body"] for _, body in self.stand_in.accepted if body.get("type") == "text"]

    def call_count(self) -> int:
        return self.stand_in.calls_answered

    def customer_file(self, content: bytes) -> tuple[str, str]:
        file = StoredFile(new_media_id(), "application/pdf", content, filename="planta.pdf")
        stand_in = self.stand_in
        stand_in.run(lambda: stand_in.handset.send_file(stand_in.account, CARLA, file))
        return file.id, ""

    def redirect_downloads(self, url: str) -> None:
        self.stand_in.redirects_to = url

    def is_wrong_client_refused(self) -> bool:
        headers = {"Authorization": f"Bearer {TOKEN}x"}
        number = self.stand_in.account.phone_number_id
        return httpx.get(f"{self.stand_in.graph_url}/v26.0/{number}", headers=headers).status_code == 401


KIT = WhatsAppKit
