"""What strangers send to the webhook's port: refused early, in bounded memory, and nobody else notices (S1–S3, S5)."""

import contextlib
import os
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from apps.gateway.documents import WebhookDelivery
from tests.faults.product import free_port
from tests.gateway.asgi import PATH, sign, text_webhook

pytestmark = [pytest.mark.usefixtures("mongodb", "redis"), pytest.mark.timeout(120)]

BASE_DIR = Path(__file__).resolve().parents[2]
MIB = 1024 * 1024
#: What a process may grow by while it is attacked, however much is sent: a few bodies and the allocator's slack.
FLAT_BYTES = 48 * MIB
SECRET_TEXT = "o segredo do cliente"


@dataclass
class Server:
    """One web process and the port it listens on."""

    port: int
    process: psutil.Process
    log: Path

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def ask(self, request: bytes) -> bytes:
        """Send bytes as they are and give everything that comes back until the server closes or falls silent."""
        with self.connect() as connection:
            connection.sendall(request)
            return answer(connection)

    def post(self, body: bytes, *headers: str, path: str = PATH) -> int:
        signature = f"X-Hub-Signature-256: {sign(body)}"
        return status(self.ask(request(body, *(headers or (signature,)), path=path)))

    def resident_bytes(self) -> int:
        return int(self.process.memory_info().rss)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    port = free_port()
    web = next(line for line in (BASE_DIR / "Procfile").read_text().splitlines() if line.startswith("web: "))
    options = shlex.split(web.split("urbana.asgi:application")[1].replace("${PORT}", str(port)))
    log = tmp_path_factory.mktemp("attacked") / "web.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "tests.gateway.served:application", *options],
            cwd=BASE_DIR,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        found = Server(port, psutil.Process(process.pid), log)
        try:
            wait_until_up(found, process)
            yield found
        finally:
            process.terminate()
            process.wait(20)


def wait_until_up(server: Server, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError):
            server.connect().close()
            return
        time.sleep(0.05)
    raise AssertionError(server.log.read_text())


def request(body: bytes, *headers: str, path: str = PATH, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    head = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Length: {size}", *headers, "Connection: close"]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def answer(connection: socket.socket) -> bytes:
    received = b""
    with contextlib.suppress(OSError):
        while part := connection.recv(65536):
            received += part
    return received


def status(response: bytes) -> int:
    return int(response.split(b" ", 2)[1]) if response.startswith(b"HTTP/1.1 ") else 0


def is_well(server: Server) -> bool:
    """Whether a customer's webhook is still taken, at once."""
    started = time.monotonic()
    return server.post(text_webhook(1)) == 200 and time.monotonic() - started < 10


# -- S1 ----------------------------------------------------------------------------------------------------------------
def signatures(body: bytes) -> dict[str, str]:
    return {
        "none": "X-Other: 1",
        "empty": "X-Hub-Signature-256:",
        "malformed": "X-Hub-Signature-256: sha256=zz",
        "bare": f"X-Hub-Signature-256: {sign(body).removeprefix('sha256=')}",
        "of another secret": f"X-Hub-Signature-256: {sign(body, 'outro')}",
        "of an empty secret": f"X-Hub-Signature-256: {sign(body, '')}",
        "of another body": f"X-Hub-Signature-256: {sign(text_webhook(99))}",
        "sha1": f"X-Hub-Signature: {sign(body)}",
        "very long": f"X-Hub-Signature-256: sha256={'0' * 30_000}",
    }


@pytest.mark.parametrize("name", signatures(b""))
def test_without_the_right_signature_nothing_is_stored_or_told(server: Server, name: str) -> None:
    body = text_webhook(7, text=SECRET_TEXT)

    response = server.ask(request(body, signatures(body)[name]))

    assert status(response) == 403
    assert response.endswith(b"\r\n\r\n")
    assert WebhookDelivery.objects.count() == 0
    told = server.log.read_text() + response.decode("latin-1")
    assert sign(body).removeprefix("sha256=") not in told
    assert SECRET_TEXT not in told
    assert is_well(server)


def test_two_signatures_are_not_two_chances(server: Server) -> None:
    body = text_webhook(7)
    wrong, right = f"X-Hub-Signature-256: {sign(body, 'outro')}", f"X-Hub-Signature-256: {sign(body)}"

    assert server.post(body, right, wrong) == 403


# -- S2 ----------------------------------------------------------------------------------------------------------------
def test_the_handshake_gives_html_back_as_text_only(server: Server) -> None:
    query = "hub.mode=subscribe&hub.challenge=%3Cscript%3Ealert(1)%3C/script%3E&hub.verify_token="
    head = "HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

    right = server.ask(f"GET {PATH}?{query}segredo-de-verificacao {head}".encode()).lower()
    wrong = server.ask(f"GET {PATH}?{query}palpite {head}".encode())

    assert status(right.replace(b"http/1.1", b"HTTP/1.1")) == 200
    assert b"content-type: text/plain; charset=utf-8" in right
    assert b"x-content-type-options: nosniff" in right
    assert status(wrong) == 403
    assert b"script" not in wrong


# -- S3 ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("length", ["5000000", "99999999999999999999", "-1", "0x10", "1,2"])
def test_a_length_that_is_too_large_or_no_number_is_refused_before_the_body(server: Server, length: str) -> None:
    head = f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n"

    assert status(server.ask(head.encode())) in (400, 413)
    assert is_well(server)


def test_a_body_shorter_than_it_says_is_given_up(server: Server) -> None:
    body = text_webhook(1)

    assert status(server.ask(request(body, f"X-Hub-Signature-256: {sign(body)}", length=len(body) + 10))) == 408
    assert WebhookDelivery.objects.count() == 0


def test_what_follows_a_body_is_no_part_of_it(server: Server) -> None:
    body = text_webhook(1)
    smuggled = request(text_webhook(2), "X-Hub-Signature-256: sha256=zz")

    response = server.ask(
        request(body, f"X-Hub-Signature-256: {sign(body)}").replace(b"close", b"keep-alive") + smuggled
    )

    assert status(response) == 200
    assert b"HTTP/1.1 403" in response
    assert WebhookDelivery.objects.count() == 1


def test_a_length_beside_chunks_is_refused(server: Server) -> None:
    body = text_webhook(1)
    both = request(body, "Transfer-Encoding: chunked", f"X-Hub-Signature-256: {sign(body)}")

    assert status(server.ask(both)) == 400
    assert WebhookDelivery.objects.count() == 0


def test_endless_chunks_end_early_and_leave_no_memory_behind(server: Server) -> None:
    assert is_well(server)
    before = server.resident_bytes()
    head = f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"

    for _ in range(5):
        with server.connect() as connection:
            connection.sendall(head)
            sent = send_until_refused(connection, chunk, most=64 * MIB)
            assert sent < 32 * MIB

    assert server.resident_bytes() - before < FLAT_BYTES
    assert is_well(server)


def test_many_large_bodies_without_a_right_signature_leave_no_memory_behind(server: Server) -> None:
    assert is_well(server)
    before = server.resident_bytes()
    large = request(b"x" * (3 * MIB), "X-Hub-Signature-256: sha256=zz")

    assert [status(server.ask(large)) for _ in range(30)] == [403] * 30

    assert server.resident_bytes() - before < FLAT_BYTES
    assert WebhookDelivery.objects.count() == 1


@pytest.mark.parametrize(
    ("head", "endless"),
    [
        (f"POST {PATH} HTTP/1.1\r\nX-A: ", b"a" * 16_384),
        (f"POST {PATH} HTTP/1.1\r\n", b"".join(b"X-%d: b\r\n" % number for number in range(2_000))),
        ("GET /", b"a" * 16_384),
        (f"POST {PATH} HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X-Trailer: b\r\n" * 2_000),
    ],
    ids=["a value", "headers", "an address", "trailers"],
)
def test_a_head_without_end_is_cut_off(server: Server, head: str, endless: bytes) -> None:
    assert is_well(server)
    before = server.resident_bytes()

    with server.connect() as connection:
        connection.sendall(head.encode())
        sent = send_until_refused(connection, endless, most=64 * MIB)

    assert sent < 32 * MIB
    assert server.resident_bytes() - before < FLAT_BYTES
    assert is_well(server)


def test_those_who_drip_are_closed_and_nobody_waits_for_them(server: Server) -> None:
    heads = [b"", b"P", f"POST {PATH} HTTP/1.1\r\nHost: loc".encode()]
    bodies = [request(b"{", length=1_000), request(b"x" * 70_000, length=200_000)]
    dripping = [server.connect() for _ in range(60)]
    for number, connection in enumerate(dripping):
        connection.sendall([*heads, *bodies][number % 5])

    assert is_well(server)
    answers = [status(answer(connection)) for connection in dripping]

    assert set(answers) <= {0, 400, 408}
    assert answers.count(408) == 24
    for connection in dripping:
        connection.close()


# -- S5 ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "header",
    [
        "Host: evil.example",
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-For: 10.0.0.1, 127.0.0.1",
        "X-Forwarded-Proto: javascript",
        "X-Request-Id: a%0d%0aSet-Cookie: b=1",
    ],
)
def test_headers_of_a_stranger_change_nothing_and_are_not_repeated(server: Server, header: str) -> None:
    body = text_webhook(1)
    response = server.ask(request(body, f"X-Hub-Signature-256: {sign(body)}", header))

    assert status(response) == 200
    assert b"evil" not in response
    assert b"Set-Cookie" not in response


@pytest.mark.parametrize(
    "path", [PATH + "%0d%0aSet-Cookie:%20a=1", "/webhooks/whatsapp/%00", "/webhooks/%2e%2e/admin/"]
)
def test_an_address_with_control_characters_is_not_found(server: Server, path: str) -> None:
    response = server.ask(request(b"{}", "X-Hub-Signature-256: sha256=zz", path=path))

    assert status(response) == 404
    assert b"Set-Cookie" not in response


def send_until_refused(connection: socket.socket, part: bytes, *, most: int) -> int:
    """Send the same bytes again and again until the server answers or closes; give how many went out."""
    sent = 0
    connection.settimeout(5)
    with contextlib.suppress(OSError):
        while sent < most:
            connection.sendall(part)
            sent += len(part)
            connection.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                connection.recv(4096)
                return sent
            connection.settimeout(5)
    return sent
