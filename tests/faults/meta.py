"""A stand-in for Meta's Graph API over real HTTP, with faults, statuses, and a ledger of what it accepted.

It shares no code with the product nor with its simulator: a double that shares the parser cannot find its faults.
"""

import json
import random
import threading
import time
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.faults.webhooks import Webhooks

#: Refusals by Graph code: HTTP status of the answer.
REFUSALS = {"130429": 429, "131056": 429, "80007": 429, "4": 429, "131047": 400, "131026": 400, "190": 401}
#: Server faults: answered 500 without accepting, 500 after accepting, no answer at all (accepted or not).
SERVER_FAULTS = ("500", "500 after accepting", "time-out", "time-out after accepting")
#: Requests that are read and not answered until `release`; then Meta has accepted them, or never does.
HELD, HELD_AND_DROPPED = "held", "held and dropped"


@dataclass
class Faults:
    """How Meta behaves from now on. `odds` gives each fault's probability per send; times are in seconds."""

    odds: dict[str, float]
    answer_after: tuple[float, float] = (0.01, 0.05)
    hang: float = 15.0
    status_after: tuple[float, float] = (0.02, 0.5)
    statuses_lost: float = 0.0
    statuses_doubled: float = 0.0

    @classmethod
    def none(cls) -> "Faults":
        return cls(odds={})


@dataclass(frozen=True)
class Send:
    """One accepted message."""

    wamid: str
    to: str
    text: str
    message_id: str
    attempt: int
    accepted_at: float
    body: dict[str, Any]


class Meta:
    """The Graph API of one phone number. `calls` counts every POST of a message, accepted or not."""

    def __init__(self, webhooks: Webhooks, *, phone_number_id: str, access_token: str, seed: int = 0) -> None:
        self.webhooks = webhooks
        self.phone_number_id, self.access_token = phone_number_id, access_token
        self.faults = Faults.none()
        self.next_faults: deque[str] = deque()
        self.sends: list[Send] = []
        self.calls: list[tuple[float, str, str]] = []
        self.unauthorised = 0
        #: Phones and messages of customers about whom nothing is ever answered; numbers that are always throttled.
        self.hanging: set[str] = set()
        self.throttled: set[str] = set()
        self.hung = self.refused_as_too_fast = 0
        #: The messages whose requests are held at this moment.
        self.held: set[str] = set()
        self._release = threading.Event()
        self._was_held: set[str] = set()
        self._dice = random.Random(seed)
        self._lock = threading.Lock()
        self._is_closing = threading.Event()
        meta = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                meta.answer(self)

            def do_GET(self) -> None:
                reply(self, 404, error(100))

            def log_request(self, *_: Any) -> None:
                """Say nothing."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, name="meta", daemon=True)
        self.graph_url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        self._thread.start()

    def release(self) -> None:
        """Let go of the requests that are held; whoever waited for an answer is dead by now."""
        self._release.set()
        self.held, self._release = set(), threading.Event()

    def stop(self) -> None:
        self._is_closing.set()
        self.release()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        body = json.loads(request.rfile.read(int(request.headers.get("Content-Length", 0))) or b"{}")
        if request.headers.get("Authorization") != f"Bearer {self.access_token}":
            self.unauthorised += 1
            reply(request, 401, error(190))
        elif (number_id := request.path.split("/")[-2]) not in {self.phone_number_id, *self.throttled}:
            reply(request, 400, error(100))
        elif body.get("status") == "read":
            if str(body.get("message_id")) in self.hanging:
                self._hang(request)
            else:
                reply(request, 200, {"success": True})
        elif number_id in self.throttled:
            self.refused_as_too_fast += 1
            reply(request, 429, error(130429))
        elif str(body.get("to", "")).lstrip("+") in self.hanging:
            self.hung += 1
            self._hang(request)
        else:
            self._send(request, body)

    def _hang(self, request: BaseHTTPRequestHandler) -> None:
        self._is_closing.wait(self.faults.hang)
        request.close_connection = True

    def _send(self, request: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        callback = str(body.get("biz_opaque_callback_data", ""))
        with self._lock:
            fault = self._next_fault(callback.partition(":")[0])
            pause = self._dice.uniform(*self.faults.answer_after)
            self.calls.append((time.time(), callback, fault))
        time.sleep(pause)
        if fault in (HELD, HELD_AND_DROPPED):
            release = self._release
            self.held.add(callback)
            release.wait(120)
            if fault == HELD_AND_DROPPED:
                request.close_connection = True
                return
        if fault in REFUSALS:
            reply(request, REFUSALS[fault], error(int(fault)))
            return
        send = None if fault in ("500", "time-out") else self._accept(body, callback)
        if fault.startswith("time-out"):
            self._hang(request)
        elif fault.startswith("500"):
            reply(request, 500, error(131000))
        elif send is not None:
            contacts = [{"input": send.to, "wa_id": send.to.lstrip("+")}]
            reply(
                request,
                200,
                {"messaging_product": "whatsapp", "contacts": contacts, "messages": [{"id": send.wamid}]},
            )

    def _next_fault(self, message_id: str) -> str:
        if not self.next_faults:
            return self._throw()
        if self.next_faults[0] in (HELD, HELD_AND_DROPPED):
            if message_id in self._was_held:
                return ""
            self._was_held.add(message_id)
        return self.next_faults.popleft()

    def _throw(self) -> str:
        roll = self._dice.random()
        for fault, probability in self.faults.odds.items():
            roll -= probability
            if roll < 0:
                return fault
        return ""

    def _accept(self, body: dict[str, Any], callback: str) -> Send:
        message_id, _, attempt = callback.partition(":")
        with self._lock:
            send = Send(
                wamid=f"wamid.OUT{len(self.sends):06d}",
                to=str(body.get("to") or body.get("recipient") or ""),
                text=str(body.get("text", {}).get("body", "")),
                message_id=message_id,
                attempt=int(attempt) if attempt.isdigit() else 0,
                accepted_at=time.time(),
                body=body,
            )
            self.sends.append(send)
            faults, dice = self.faults, self._dice
            kept = [status for status in ("sent", "delivered", "read") if dice.random() >= faults.statuses_lost]
            plan = [
                (status, dice.uniform(*faults.status_after), 2 if dice.random() < faults.statuses_doubled else 1)
                for status in kept or ["delivered"]
            ]
        for status, seconds, copies in plan:
            self.report(send, status, after_seconds=seconds, copies=copies)
        return send

    def report(self, send: Send, status: str, *, after_seconds: float = 0.0, copies: int = 1) -> None:
        """Post a status webhook; any order, any number of times."""
        row = {
            "id": send.wamid,
            "status": status,
            "timestamp": str(int(time.time())),
            "recipient_id": send.to.lstrip("+"),
            "biz_opaque_callback_data": f"{send.message_id}:{send.attempt}",
        }
        value = {"metadata": metadata(self.phone_number_id), "statuses": [row]}
        self.webhooks.send(value, after_seconds=after_seconds, copies=copies)


class Server(ThreadingHTTPServer):
    """Many callers at once, some of which are killed while they talk."""

    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a caller that died is what these tests are about."""


def metadata(phone_number_id: str) -> dict[str, str]:
    return {"display_phone_number": "558330000001", "phone_number_id": phone_number_id}


def error(code: int) -> dict[str, Any]:
    return {"error": {"message": "(stand-in)", "type": "OAuthException", "code": code, "fbtrace_id": "stand-in"}}


def reply(request: BaseHTTPRequestHandler, status: int, content: dict[str, Any]) -> None:
    body = json.dumps(content).encode()
    try:
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
    except OSError:
        request.close_connection = True  # the sender died meanwhile
