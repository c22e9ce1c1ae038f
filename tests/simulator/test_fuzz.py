"""Whatever a wrong client sends, it hears one of Meta's errors: the stand-in itself never breaks."""

import asyncio
import copy
import json
import random
from typing import Any

import pytest

from apps.simulator.meta.account import MetaAccount
from apps.simulator.meta.courier import Courier
from apps.simulator.meta.graph import Graph
from apps.simulator.meta.platform import MetaPlatform, Pace
from apps.simulator.wire import WireRequest
from tests.simulator import test_rules, test_templates

ROUNDS = 2_000
#: What is put in the place of a part of a right body.
NONSENSE: list[Any] = [None, "", "x", 0, -1, 2.5, True, [], {}, [None], ["x"], [{}], {"x": "y"}, "x" * 5_000, "é\n\t"]
ACCOUNT = MetaAccount(
    phone_number_id=test_rules.NUMBER,
    business_account_id="210000000000001",
    display_number="558330000001",
    access_token="token",
    app_secret="s",
    graph_url="http://127.0.0.1:1",
    webhook_url="http://127.0.0.1:1",
)
PATHS = (
    ("POST", f"v26.0/{test_rules.NUMBER}/messages"),
    ("POST", f"v26.0/{test_rules.NUMBER}/block_users"),
    ("POST", f"v26.0/{test_rules.NUMBER}/whatsapp_business_profile"),
    ("POST", "v26.0/210000000000001/subscribed_apps"),
)


class Silent(Courier):
    """Carries nothing: what is asked here is only whether the stand-in answers."""

    def send(self, parcel: Any, *, after_seconds: float = 0) -> None:
        pass


def spots(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every part of a body."""
    keys: Any = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [path, *(spot for key in keys for spot in spots(value[key], (*path, key)))]


def spoil(body: Any, dice: random.Random) -> Any:
    """Put nonsense in one or two places, or leave a part out."""
    spoilt = copy.deepcopy(body)
    for _ in range(dice.randint(1, 2)):
        *way, last = dice.choice([spot for spot in spots(spoilt) if spot] or [("x",)])
        holder = spoilt
        for key in way:
            holder = holder[key]
        if isinstance(holder, dict) and dice.random() < 0.3:
            holder.pop(last, None)
        else:
            holder[last] = copy.deepcopy(dice.choice(NONSENSE))
    return spoilt


async def test_a_spoilt_body_is_answered_with_a_graph_error_or_taken() -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    dice = random.Random(seed)
    pace = Pace(answer_seconds=0, sent_seconds=0, delivered_seconds=0, read_seconds=0)
    graph = Graph(MetaPlatform(courier=Silent(), pace=pace), shows_calls=False)
    bodies = [*test_rules.RIGHT, *test_templates.RIGHT.values()]
    seen: dict[int, int] = {}

    for _ in range(ROUNDS):
        body = spoil(dice.choice(bodies), dice)
        answer = await send(graph, "POST", PATHS[0][1], json.dumps(body).encode())
        said = json.loads(answer.body)
        code = said.get("error", {}).get("code", 0)
        seen[code] = seen.get(code, 0) + 1
        assert code or said["messages"] or said["success"], (seed, body)

    assert seen[0] and seen[100] and seen[131008]


@pytest.mark.parametrize("raw", [b"", b"null", b"[]", b"{", b'"x"', b"\xff\xfe", b"{}", b'{"block_users": 1}'])
@pytest.mark.parametrize(("method", "path"), PATHS)
async def test_a_body_that_is_none_is_answered(method: str, path: str, raw: bytes) -> None:
    graph = Graph(MetaPlatform(courier=Silent()), shows_calls=False)

    answer = await send(graph, method, path, raw)

    assert answer.status in (200, 400)


async def send(graph: Graph, method: str, path: str, body: bytes) -> Any:
    headers = {"authorization": "Bearer token", "content-type": "application/json"}
    request = WireRequest(method=method, path=path, headers=headers, body=body)
    return await asyncio.wait_for(graph.answer(ACCOUNT, request), 5)
