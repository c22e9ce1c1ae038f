"""Fetching a file from Meta's hosts: large, expired, redirected, endless."""

import io
import tempfile
import tracemalloc
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from apps.contracts.errors import SendError
from apps.contracts.people import ChannelAccountValue
from apps.gateway.channels.whatsapp import media
from tests.gateway.file_server import FileServer

MEGABYTE = 2**20


@pytest.fixture
def server() -> Iterator[FileServer]:
    with FileServer() as running:
        yield running


@pytest.fixture
def foreign() -> Iterator[FileServer]:
    """Somebody else's server."""
    with FileServer() as running:
        yield running


@pytest.fixture
def account(server: FileServer) -> ChannelAccountValue:
    return ChannelAccountValue(
        tenant_id="default",
        slug="default",
        kind="whatsapp",
        name="x",
        graph_url=server.url,
        graph_version="v26.0",
        access_token=SecretStr("the token"),
    )


def fetch(account: ChannelAccountValue, *, url: str = "", limit_bytes: int = 200 * MEGABYTE) -> bytes:
    into = io.BytesIO()
    media.download_into(account, media_id="77", url=url, limit_bytes=limit_bytes, into=into)
    return into.getvalue()


def test_a_document_of_a_hundred_megabytes_is_not_held_in_memory(
    server: FileServer, account: ChannelAccountValue
) -> None:
    server.size_bytes = 100 * MEGABYTE

    with tempfile.TemporaryFile() as into:
        tracemalloc.start()
        declared = media.download_into(account, media_id="77", url="", limit_bytes=100 * MEGABYTE, into=into)
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert declared == "application/pdf"
        assert into.seek(0, 2) == 100 * MEGABYTE
    assert most < 10 * MEGABYTE


def test_an_address_that_expired_is_resolved_once_more(server: FileServer, account: ChannelAccountValue) -> None:
    server.expired = 1

    assert fetch(account) == b"x" * 10

    assert [path for path, _ in server.asked] == ["/v26.0/77", "/file", "/v26.0/77", "/file"]


def test_a_file_that_is_really_gone_is_not_asked_for_for_ever(server: FileServer, account: ChannelAccountValue) -> None:
    server.expired = 99

    with pytest.raises(SendError) as refusal:
        fetch(account)

    assert (refusal.value.code, refusal.value.retry_after) == ("media_http_404", None)
    assert len(server.asked) == 4


def test_the_webhooks_own_address_is_used_while_it_lasts(server: FileServer, account: ChannelAccountValue) -> None:
    assert fetch(account, url=f"{server.url}/file") == b"x" * 10

    assert [path for path, _ in server.asked] == ["/file"]


def test_the_token_does_not_follow_a_redirect_to_another_host(
    server: FileServer, foreign: FileServer, account: ChannelAccountValue
) -> None:
    server.redirects_to = f"{foreign.url}/file"

    with pytest.raises(SendError) as refusal:
        fetch(account)

    assert refusal.value.code == "media_untrusted_address"
    assert server.asked[-1] == ("/file", "Bearer the token")
    assert foreign.asked == []


@pytest.mark.parametrize("announces_size", [True, False])
def test_a_file_that_is_too_large_is_left_in_the_middle(
    server: FileServer, account: ChannelAccountValue, *, announces_size: bool
) -> None:
    server.size_bytes, server.announces_size = 50 * MEGABYTE, announces_size

    with pytest.raises(SendError) as refusal:
        fetch(account, limit_bytes=1 * MEGABYTE)

    assert (refusal.value.code, refusal.value.retry_after) == ("media_too_large", None)
