"""The product's own processes: a customer writes, the assistant answers; another tenant's account is served apart."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from apps.contracts.channels import ManagedChannel
from apps.contracts.people import ChannelAccountValue
from apps.gateway.channels.registry import adapter_for
from apps.simulator.standin import ModelStandIn
from apps.simulator.telegram.account import BotAccount
from apps.simulator.telegram.standin import TelegramStandIn
from tests.channels.telegram_kit import JOANA
from tests.faults.product import Product

pytestmark = [pytest.mark.real_processes, pytest.mark.xdist_group("real_processes"), pytest.mark.timeout(240)]

QUESTION = "Quanto custa o Decor Interiores?"
CREATE = """
from apps.tenants.models import ChannelAccount, Tenant
import json
for row in json.loads({rows!r}):
    tenant, _ = Tenant.objects.get_or_create(slug=row.pop("tenant"), defaults={{"name": "Vizinha"}})
    ChannelAccount.objects.create(tenant=tenant, kind="telegram", messages_per_second=0, pair_interval_seconds=0, **row)
"""


@dataclass
class Served:
    product: Product
    urbana: TelegramStandIn
    neighbour: TelegramStandIn

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        self.product.wait_for(condition, seconds=90, what=what)


def texts(vendor: TelegramStandIn) -> list[str]:
    return [sent.result["text"] for sent in vendor.accepted if sent.method == "sendMessage"]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with ExitStack() as stack:
        model = stack.enter_context(ModelStandIn())
        first = stack.enter_context(TelegramStandIn(account=BotAccount(token="800000001:AAchave-da-urbana-0000001")))
        second = stack.enter_context(TelegramStandIn(account=BotAccount(token="800000002:AAchave-da-vizinha-000001")))
        product = _started(tmp_path_factory.mktemp("product"), model, stack)
        accounts = {"robo": ("default", first), "robo-vizinho": ("vizinha", second)}
        rows = [
            {
                "tenant": tenant,
                "slug": slug,
                "name": slug,
                "access_token": vendor.account.token,
                "verify_token": f"segredo-{slug}",
                "settings": {"api_url": vendor.api_url},
            }
            for slug, (tenant, vendor) in accounts.items()
        ]
        product.manage("shell", "-c", CREATE.format(rows=json.dumps(rows)))
        for slug, (tenant, vendor) in accounts.items():
            _connect(product, slug, tenant, vendor)
        yield Served(product, first, second)


def _started(directory: Path, model: ModelStandIn, stack: ExitStack) -> Product:
    environment = {"OPENAI_API_KEY": "key-of-the-stand-in", "OPENAI_BASE_URL": model.base_url}
    product = Product(directory, environment=environment)
    stack.callback(product.stop)
    product.start(graph_url="http://127.0.0.1:1")
    return product


def _connect(product: Product, slug: str, tenant: str, vendor: TelegramStandIn) -> None:
    account = ChannelAccountValue(
        tenant_id=tenant,
        slug=slug,
        kind="telegram",
        name=slug,
        access_token=SecretStr(vendor.account.token),
        verify_token=SecretStr(f"segredo-{slug}"),
        settings={"api_url": vendor.api_url},
    )
    adapter = adapter_for("telegram")
    assert isinstance(adapter, ManagedChannel)
    adapter.subscribe(account, callback_url=f"{product.url}/webhooks/telegram/{slug}")


def answered_conversation(served: Served) -> dict[str, Any]:
    """Joana's conversation, in which the assistant has answered."""
    if not texts(served.urbana):
        served.urbana.write(JOANA, QUESTION)
        served.wait(lambda: bool(texts(served.urbana)), "the assistant's answer")
    with served.product.database() as database:
        found: dict[str, Any] = database.conversations.find_one({"account": "robo"})
    return found


def test_the_assistant_answers_and_a_person_after_it(served: Served) -> None:
    conversation = answered_conversation(served)
    status, _ = served.product.post(f"/api/v1/conversations/{conversation['_id']}/reply", {"text": "Oi! Aqui é a Ana."})
    served.wait(lambda: "Oi! Aqui é a Ana." in texts(served.urbana), "Ana's text")

    assert status == 201
    assert texts(served.urbana)[-1] == "Oi! Aqui é a Ana."
    assert served.neighbour.accepted == []
    assert "sendChatAction" in [call.method for call in served.urbana.calls], "typing was shown meanwhile"


def test_a_tap_is_acknowledged_and_brings_its_choice(served: Served) -> None:
    conversation = answered_conversation(served)
    choices = [{"id": "visita", "title": "Marcar visita"}, {"id": "depois", "title": "Agora não"}]
    content = {"kind": "buttons", "text": "Quer uma visita?", "choices": choices}
    status, _ = served.product.post(f"/api/v1/conversations/{conversation['_id']}/reply", content)
    served.wait(lambda: "Quer uma visita?" in texts(served.urbana), "the buttons")
    number = served.urbana.accepted[-1].result["message_id"]

    served.urbana.run(lambda: served.urbana.handset.tap(JOANA, number, "visita"))
    served.wait(lambda: bool(served.urbana.platform.answered_queries), "the tap to be acknowledged")

    def is_stored() -> bool:
        with served.product.database() as database:
            return database.messages.find_one({"content.choice.id": "visita"}) is not None

    served.wait(is_stored, "the choice")
    assert status == 201


def test_the_neighbours_customer_is_the_neighbours_alone(served: Served) -> None:
    before = texts(served.urbana)

    served.neighbour.write(JOANA, "Oi, vizinha! Quero falar com um atendente")

    def is_stored() -> bool:
        with served.product.database() as database:
            return bool(database.messages.count_documents({"tenant_id": "vizinha", "direction": "inbound"}))

    served.wait(is_stored, "the neighbour's message")
    with served.product.database() as database:
        here = database.messages.count_documents({"tenant_id": "default", "content.text": {"$regex": "vizinha"}})
        customers = {row["tenant_id"] for row in database.customers.find({"identities": f"telegram:{JOANA.id}"})}
    assert here == 0
    assert customers >= {"vizinha"}
    assert texts(served.urbana) == before


def test_no_log_line_of_any_process_holds_a_token(served: Served) -> None:
    logs = list((served.product.directory / "log").glob("*.log"))

    assert logs
    assert [path.name for path in logs if b"AAchave-da-" in path.read_bytes()] == []
