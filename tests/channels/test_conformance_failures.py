"""What the contract promises of any channel when its vendor refuses, hangs, breaks off or lies."""

import io
import logging
import random
from contextlib import suppress

import pytest

from apps.common.logs import JsonFormatter
from apps.contracts.channels import (
    AccountCheck,
    AcknowledgingChannel,
    ChannelAdapter,
    ExplainingChannel,
    ManagedChannel,
    StreamingChannel,
    TemplatedChannel,
    UploadingChannel,
)
from apps.contracts.content import Content
from apps.contracts.errors import SendError, SendUnknown, UrbanaError
from apps.contracts.people import ChannelAccountValue
from apps.contracts.words import CheckState, MessageKind
from apps.simulator.server import asgi
from apps.simulator.standin import ServerThread
from apps.simulator.wire import WireRequest, WireResponse
from tests.channels.conformance import CANARY, Kit, outbound

TEXT = Content(text="Olá, Carla!")


@pytest.fixture
def address(kit: Kit) -> str:
    return kit.meet_customer()[0]


# -- sending -------------------------------------------------------------------------------------------------------
def test_what_the_vendor_refuses_says_whether_and_when_to_try_again(
    kit: Kit, adapter: ChannelAdapter, address: str, subtests: pytest.Subtests
) -> None:
    for what, wanted in kit.refusals.items():
        with subtests.test(what):
            before = len(kit.texts())
            kit.refuse_next(wanted.fault)

            with pytest.raises(SendError) as refusal:
                adapter.send(kit.account, outbound(kit, TEXT, address=address))

            found = refusal.value
            assert len(kit.texts()) == before, "a refused message must not have arrived"
            assert (found.retry_after is not None) == wanted.retries
            assert wanted.after is None or found.retry_after == wanted.after
            assert (found.counts, found.blocks_account) == (wanted.counts, wanted.blocks_account)
            assert found.code
            assert str(found).endswith((".", "!"))


def test_an_outcome_that_nobody_knows_is_said_to_be_unknown(
    kit: Kit, adapter: ChannelAdapter, address: str, subtests: pytest.Subtests
) -> None:
    for fault in kit.unknown_outcomes:
        with subtests.test(fault):
            kit.refuse_next(fault)

            with pytest.raises(SendUnknown):
                adapter.send(kit.account, outbound(kit, TEXT, address=address))


def test_an_answer_that_does_not_come_is_an_unknown_outcome(kit: Kit, adapter: ChannelAdapter, address: str) -> None:
    before = len(kit.texts())
    kit.refuse_next("timeout_after")

    with kit.hurry(0.5), pytest.raises(SendUnknown):
        adapter.send(kit.account, outbound(kit, TEXT, address=address))

    assert len(kit.texts()) == before + 1, "the customer has it: sending it again would double it"


def test_what_reached_nobody_may_be_sent_again(kit: Kit, adapter: ChannelAdapter) -> None:
    with pytest.raises(SendError) as refusal:
        adapter.send(kit.unreachable(), outbound(kit, TEXT, address="900000001"))

    assert refusal.value.code == "unreachable"
    assert refusal.value.retry_after
    assert not refusal.value.counts


def test_a_claim_that_grew_old_is_never_posted(kit: Kit, adapter: ChannelAdapter, address: str) -> None:
    before = kit.call_count()

    with pytest.raises(SendError) as refusal:
        adapter.send(kit.account, outbound(kit, TEXT, address=address, age_seconds=3))

    assert kit.call_count() == before
    assert refusal.value.retry_after is not None
    assert not refusal.value.counts


def test_the_stand_in_refuses_a_wrong_client(kit: Kit) -> None:
    assert kit.is_wrong_client_refused()


# -- courtesies ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("typing", [True, False])
def test_a_read_mark_is_shown_or_refused_in_our_words(kit: Kit, adapter: ChannelAdapter, *, typing: bool) -> None:
    _, external_id = kit.meet_customer()

    adapter.mark_read(kit.account, external_id=external_id, typing=typing)
    for nonsense in ("", "x", "1:2:3:4", "é"):
        try:
            adapter.mark_read(kit.account, external_id=nonsense, typing=typing)
        except UrbanaError as refused:
            assert str(refused)  # noqa: PT017 - either is fine, another exception is not


def test_an_acknowledgement_fails_in_our_words_only(kit: Kit, adapter: ChannelAdapter) -> None:
    if not isinstance(adapter, AcknowledgingChannel):
        pytest.skip("nobody waits for one")
    _, external_id = kit.meet_customer()

    adapter.acknowledge(kit.account, external_id=external_id)
    with pytest.raises(UrbanaError):
        adapter.acknowledge(kit.account, external_id="1:tap:2")


# -- files ---------------------------------------------------------------------------------------------------------
def test_a_customers_file_is_fetched(kit: Kit, adapter: ChannelAdapter) -> None:
    _needs_files(adapter)
    content = random.Random(1).randbytes(3000)
    media_id, url = kit.customer_file(content)

    found, _type = adapter.download_media(kit.account, media_id=media_id, url=url, limit_bytes=3000)

    assert found == content


def test_a_file_beyond_the_limit_is_not_held(kit: Kit, adapter: ChannelAdapter) -> None:
    _needs_files(adapter)
    media_id, url = kit.customer_file(b"x" * 3000)

    with pytest.raises(SendError) as refusal:
        adapter.download_media(kit.account, media_id=media_id, url=url, limit_bytes=2999)

    assert refusal.value.code == "media_too_large"
    assert refusal.value.retry_after is None


def test_a_file_can_be_fetched_without_holding_it(kit: Kit, adapter: ChannelAdapter) -> None:
    if not isinstance(adapter, StreamingChannel):
        pytest.skip("its files are small")
    content = random.Random(2).randbytes(700_000)
    media_id, url = kit.customer_file(content)
    whole, part = io.BytesIO(), io.BytesIO()

    adapter.download_into(kit.account, media_id=media_id, url=url, limit_bytes=len(content), into=whole)
    with pytest.raises(SendError) as refusal:
        adapter.download_into(kit.account, media_id=media_id, url=url, limit_bytes=len(content) - 1, into=part)

    assert whole.getvalue() == content
    assert refusal.value.code == "media_too_large"
    assert len(part.getvalue()) < len(content)


def test_a_file_is_uploaded_once_however_often_it_is_asked(kit: Kit, adapter: ChannelAdapter, file: str) -> None:
    if not isinstance(adapter, UploadingChannel):
        pytest.skip("a file travels with its message")
    content = kit.content(MessageKind.DOCUMENT, file=file, target="")

    adapter.upload(kit.account, content=content, attempt=1)
    uploaded = kit.call_count()
    adapter.upload(kit.account, content=content, attempt=1)

    assert kit.call_count() == uploaded


def test_a_file_that_is_gone_is_explained(kit: Kit, adapter: ChannelAdapter) -> None:
    with pytest.raises(SendError) as refusal:
        adapter.download_media(kit.account, media_id="779999999999999", url="", limit_bytes=100)

    assert str(refusal.value).endswith(".")


def test_the_token_never_goes_to_a_foreign_host(kit: Kit, adapter: ChannelAdapter) -> None:
    _needs_files(adapter)
    asked: list[WireRequest] = []

    async def foreign(request: WireRequest) -> WireResponse:
        asked.append(request)
        return WireResponse(200, b"evil")

    server = ServerThread(asgi(foreign))
    server.start()
    try:
        media_id, _ = kit.customer_file(b"x" * 30)
        adapter.download_media(kit.account, media_id=media_id, url=f"{server.url}/file", limit_bytes=100)
        kit.redirect_downloads(f"{server.url}/elsewhere")
        with pytest.raises(SendError):
            adapter.download_media(kit.account, media_id=media_id, url="", limit_bytes=100)
    finally:
        kit.redirect_downloads("")
        server.stop()

    assert asked == []


def test_no_token_stands_in_an_error_or_a_log_line(
    kit: Kit, adapter: ChannelAdapter, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    errors: list[str] = []
    faults = [*(one.fault for one in kit.refusals.values()), *kit.unknown_outcomes]
    with caplog.at_level(logging.DEBUG):
        for fault in faults:
            kit.refuse_next(fault)
            errors += _texts_of(adapter, kit.account, outbound(kit, TEXT, address=address))
        errors += _texts_of(adapter, kit.unreachable(), outbound(kit, TEXT, address=address))
        if adapter.abilities.media_bytes:
            media_id, _ = kit.customer_file(b"x")
            adapter.download_media(kit.account, media_id=media_id, url="", limit_bytes=10)
    ours = [record for record in caplog.records if record.levelno >= logging.WARNING or not _is_wire(record.name)]
    lines = [record.getMessage() for record in ours] + [JsonFormatter().format(record) for record in caplog.records]

    assert len(errors) == len(faults) + 1
    assert [text for text in [*errors, *lines] if CANARY in text] == []


def _needs_files(adapter: ChannelAdapter) -> None:
    if not adapter.abilities.media_bytes:
        pytest.skip("nobody sends files here")


def _texts_of(adapter: ChannelAdapter, account: ChannelAccountValue, message: object) -> list[str]:
    """What an error says, and every error behind it."""
    found = []
    try:
        adapter.send(account, message)  # type: ignore[arg-type]
    except (SendError, SendUnknown) as error:
        seen: BaseException | None = error
        while seen is not None:
            found.append(f"{seen!r} {seen} {vars(seen)}")
            seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
        return ["\n".join(found)]
    return found


def _is_wire(logger: str) -> bool:
    """The client's own lines name addresses; the product hears from it from WARNING on."""
    return logger.startswith(("httpx", "httpcore", "uvicorn", "asyncio"))


# -- accounts and templates ----------------------------------------------------------------------------------------
def test_a_managed_account_is_looked_at_without_alarm(kit: Kit, adapter: ChannelAdapter) -> None:
    if not isinstance(adapter, ManagedChannel):
        pytest.skip("the vendor lets nobody look after an account")

    checks = adapter.check_account(kit.account)
    silent: tuple[AccountCheck, ...] = ()
    with suppress(SendError, SendUnknown):
        silent = adapter.check_account(kit.unreachable())

    assert checks
    assert all(one.name and one.sentence for one in checks)
    assert len({one.name for one in checks}) == len(checks)
    assert {one.state for one in silent} <= {CheckState.UNKNOWN}, "alarms only on evidence"
    assert not [one for one in (*checks, *silent) if CANARY in one.model_dump_json()]


def test_subscribing_fails_in_our_words_only(kit: Kit, adapter: ChannelAdapter) -> None:
    if not isinstance(adapter, ManagedChannel):
        pytest.skip("the vendor lets nobody look after an account")

    with pytest.raises((SendError, SendUnknown)) as refusal:
        adapter.subscribe(kit.unreachable(), callback_url="https://exemplo.invalid/webhooks/x/y")

    assert CANARY not in str(refusal.value)


def test_error_codes_are_explained_in_sentences(kit: Kit, adapter: ChannelAdapter) -> None:
    if not isinstance(adapter, ExplainingChannel):
        pytest.skip("its errors say all there is to say")

    assert all(
        adapter.explain(one.fault).endswith((".", "!")) for one in kit.refusals.values() if one.fault.isdecimal()
    )
    assert all(isinstance(adapter.explain(nonsense), str) for nonsense in ("", "x", "²", "9" * 400, "-1", "0"))


def test_a_channel_with_templates_can_list_them(kit: Kit, adapter: ChannelAdapter) -> None:
    assert adapter.abilities.has_templates == isinstance(adapter, TemplatedChannel)
    if isinstance(adapter, TemplatedChannel):
        assert all(one.name and one.language for one in adapter.list_templates(kit.account))
