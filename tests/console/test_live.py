"""The socket: pushes reach who may see them, nobody else, and after a gap the page equals the server."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import Client

from apps.console.live import Hub, hub
from apps.contracts.content import text_content
from apps.contracts.people import AttendantValue, attendant_holder
from apps.contracts.words import Author
from apps.conversations import services
from apps.handoff import services as handoff
from apps.tenants import models
from tests.console.conftest import receive
from tests.console.sockets import SOON, WebSocket
from tests.handoff.cast import ask_for_person, handle
from urbana.asgi import routes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]

HERE = (b"host", b"localhost")


def cookie_of(attendant: AttendantValue) -> bytes:
    client = Client()
    client.force_login(models.User.objects.get(pk=attendant.user_id), "django.contrib.auth.backends.ModelBackend")
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}".encode()


class Browser:
    """One open socket, and everything it was pushed."""

    def __init__(self, socket: WebSocket) -> None:
        self.socket = socket
        self.pushed: list[str] = []

    async def until(self, is_there: Callable[[str], object], *, seconds: float = SOON) -> str:
        """Read pushes until one satisfies; gives it."""
        async with asyncio.timeout(seconds):
            while True:
                frame = await self.socket.hear(seconds=seconds)
                self.pushed.append(frame)
                if is_there(frame):
                    return frame

    async def caught_up(self) -> None:
        await self.until(lambda frame: 'data-push="cursor"' in frame)

    async def silence(self, *, seconds: float = 0.6) -> list[str]:
        """Everything pushed within a moment."""
        frames: list[str] = []
        try:
            async with asyncio.timeout(seconds):
                while True:
                    frames.append(await self.socket.hear(seconds=seconds * 2))
        except TimeoutError:
            return frames


@asynccontextmanager
async def browser(who: AttendantValue, query: str = "") -> AsyncIterator[Browser]:
    cookie = await sync_to_async(cookie_of)(who)
    socket = WebSocket(routes, f"/ws/console/?{query}", headers=[HERE, (b"cookie", cookie)])
    assert await socket.connect()
    yield Browser(socket)
    await socket.leave()


@pytest.fixture
async def live() -> AsyncIterator[Hub]:
    """The hub of this process, listening."""
    await hub.start()
    await asyncio.sleep(0.2)
    yield hub
    await hub.stop()
    await asyncio.sleep(0.05)


async def run(function: Callable[..., object], *args: object, **kwargs: object) -> object:
    return await sync_to_async(function)(*args, **kwargs)


async def test_without_a_word_the_socket_brings_every_card(live, ana, waiting, with_assistant):
    async with browser(ana) as page:
        await page.caught_up()

    everything = "".join(page.pushed)
    assert f'data-conversation-id="{waiting}"' in everything
    assert "Carla Menezes" in everything and "Quero falar com uma pessoa" in everything
    assert "Diego Prado" in everything


async def test_a_waiting_customer_appears_without_a_reload(live, ana, queue):
    async with browser(ana) as page:
        await page.caught_up()

        conversation_id = await run(ask_for_person, "Dona Socorro", phone="5583966665555")

        frame = await page.until(lambda frame: 'data-tab="waiting"' in frame and conversation_id in frame)
        assert "Dona Socorro" in frame
        assert f"/console/conversations/{conversation_id}/take/" in frame


async def test_who_may_not_see_it_receives_nothing(live, ana, bruno, vera, held_by_ana):
    async with browser(ana) as hers, browser(bruno) as his, browser(vera) as next_door:
        for page in (hers, his, next_door):
            await page.caught_up()
            # What happened before they came (Carla's wait, which Bruno could see) may still be on its way.
            while await page.silence(seconds=0.6):
                page.pushed.clear()

        await run(receive, "O segredo da Carla")

        assert "O segredo da Carla" in await hers.until(lambda frame: "O segredo" in frame)
        for page in (his, next_door):
            assert await page.silence(seconds=1.2) == []
            assert "Carla" not in "".join(page.pushed)
            assert held_by_ana not in "".join(page.pushed)


async def test_a_colleagues_list_loses_what_was_taken(live, ana, bruno, waiting):
    async with browser(bruno) as his:
        await his.caught_up()

        await run(handoff.accept_conversation, attendant=ana, conversation_id=waiting)

        frame = await his.until(lambda frame: 'data-push="gone"' in frame)
        assert waiting in frame
        assert "Carla" not in frame


async def test_the_old_holders_page_forgets_it(live, ana, bruno, held_by_ana):
    async with browser(ana) as hers, browser(bruno) as his:
        await hers.caught_up()
        await his.caught_up()

        await run(
            handoff.transfer,
            attendant=ana,
            conversation_id=held_by_ana,
            to=attendant_holder(bruno.id),
            reason="Fim do turno",
        )

        await hers.until(lambda frame: 'data-push="gone"' in frame and held_by_ana in frame)
        arrival = await his.until(lambda frame: 'data-push="arrival"' in frame)
        assert "Carla Menezes" in arrival


async def test_the_open_thread_receives_messages_and_ticks(live, ana, held_by_ana):
    async with browser(ana, f"conversation={held_by_ana}") as page:
        await page.caught_up()

        message_id = await run(
            services.add_reply,
            tenant_id="default",
            conversation_id=held_by_ana,
            author=Author.ATTENDANT,
            content=text_content("Já vejo"),
            attendant_id=ana.id,
            attendant_name="Ana",
        )

        frame = await page.until(lambda frame: 'data-push="message"' in frame and "Já vejo" in frame)
        assert f'data-message-id="{message_id}"' in frame
        assert 'data-status="queued"' in frame


async def test_after_a_gap_the_cursor_brings_what_was_missed(live, ana, waiting, with_assistant):
    async with browser(ana) as page:
        await page.caught_up()
    cursor = re.search(r'data-cursor="([^"]+)"', page.pushed[-1])
    assert cursor
    await run(receive, "Escrita durante a queda", who="5583988886666", name="Diego Prado")

    async with browser(ana, f"cursor={cursor.group(1)}&conversation={with_assistant}") as page:
        await page.caught_up()

    resync = "".join(page.pushed)
    html = await run(open_page, ana, with_assistant)
    for text in re.findall(r'data-message-id="([^"]+)"', str(html)):
        assert f'data-message-id="{text}"' in resync
    assert "Escrita durante a queda" in resync


def open_page(attendant: AttendantValue, conversation_id: str) -> str:
    client = Client()
    client.force_login(models.User.objects.get(pk=attendant.user_id), "django.contrib.auth.backends.ModelBackend")
    return client.get(f"/console/conversations/{conversation_id}/").content.decode()


async def test_the_poll_brings_the_same_as_the_socket(live, ana, waiting):
    def polled() -> str:
        client = Client()
        client.force_login(models.User.objects.get(pk=ana.user_id), "django.contrib.auth.backends.ModelBackend")
        return client.get("/console/updates/").content.decode()

    assert f'data-conversation-id="{waiting}"' in str(await run(polled))


async def test_a_socket_without_a_session_or_from_a_foreign_page_is_refused(live, ana, queue):
    cookie = await sync_to_async(cookie_of)(ana)
    for headers in (
        [HERE],
        [HERE, (b"cookie", cookie), (b"origin", b"https://evil.example")],
        [(b"host", b"evil.example"), (b"cookie", cookie)],
        [HERE, (b"cookie", b"sessionid=made-up")],
    ):
        socket = WebSocket(routes, "/ws/console/", headers=headers)
        assert not await socket.connect()


async def test_logging_out_closes_the_socket(live, ana, queue):
    client = Client()
    await run(
        client.force_login,
        await run(models.User.objects.get, pk=ana.user_id),
        "django.contrib.auth.backends.ModelBackend",
    )
    cookie = f"sessionid={client.cookies['sessionid'].value}".encode()
    socket = WebSocket(routes, "/ws/console/", headers=[HERE, (b"cookie", cookie)])
    assert await socket.connect()

    await run(client.post, "/console/logout/")

    assert await socket.until_closed() == 4401


async def test_a_flood_is_cut_off(live, ana, queue):
    async with browser(ana) as page:
        await page.caught_up()
        for _ in range(60):
            await page.socket.say('{"do": "beat"}')

        assert await page.socket.until_closed() == 1008


async def test_nobody_opens_what_is_not_theirs_to_see(live, ana, bruno, held_by_ana):
    async with browser(bruno, f"conversation={held_by_ana}") as page:
        await page.caught_up()
        await page.socket.say(f'{{"do": "open", "conversation": "{held_by_ana}"}}')

        await run(receive, "Só para a Ana")

        assert "Só para a Ana" not in "".join(page.pushed + await page.silence())


async def test_colleagues_in_the_same_conversation_see_each_other(live, ana, bruno, waiting):
    async with browser(ana, f"conversation={waiting}") as hers, browser(bruno) as his:
        await hers.caught_up()
        await his.caught_up()

        await his.socket.say(f'{{"do": "open", "conversation": "{waiting}"}}')

        frame = await hers.until(lambda frame: 'data-push="presence"' in frame)
        assert 'data-what="viewing"' in frame and 'data-name="Bruno"' in frame


async def test_the_counters_follow(live, ana, queue):
    async with browser(ana) as page:
        await page.caught_up()

        await run(ask_for_person, "Elias", phone="5583955554444")
        await run(handle, "handoff.open_ticket")

        await page.until(lambda frame: 'data-push="counts"' in frame and 'data-waiting="1"' in frame)
