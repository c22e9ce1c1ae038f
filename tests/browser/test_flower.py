"""Operators watch the queues in Flower: its tasks are the lines of the pipeline, and it asks who they are."""

import base64
import json
import re
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.browser.phone import Phone
from tests.product import Product, wait_until

pytestmark = [pytest.mark.real_processes, pytest.mark.xdist_group("browser"), pytest.mark.timeout(300)]

HOPS = {
    "gateway.ingest",
    "processor.process_message",
    "conversations.advance_conversation",
    "ai.answer_customer",
    "gateway.deliver",
    "conversations.record_delivery",
}


def _flower(product: Product) -> str:
    found = re.search(r"flower +(http://\S+)", product.output)
    assert found is not None
    return found.group(1)


def _tasks(address: str) -> set[str]:
    login = base64.b64encode(b"admin:admin").decode()
    with urlopen(
        Request(f"{address}api/tasks?limit=1000", headers={"Authorization": f"Basic {login}"}), timeout=10
    ) as page:
        return {task["name"] for task in json.load(page).values()}


def test_flower_lists_the_hops_of_a_message_by_the_pipelines_names(product: Product, phone: Phone) -> None:
    phone.write("Oi, quanto custa o Decor Interiores?")
    phone.expect_answer(number=1)

    address = _flower(product)
    wait_until(lambda: _tasks(address) >= HOPS, seconds=20, why=f"Flower misses {HOPS - _tasks(address)}")


def test_flower_without_the_password_shows_nothing(product: Product) -> None:
    with pytest.raises(HTTPError) as refusal:
        urlopen(f"{_flower(product)}api/tasks", timeout=10)

    assert refusal.value.code == 401
