"""Posts signed webhooks as Meta does: again, with growing gaps, until the answer is 200."""

import hashlib
import hmac
import http.client
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

FIRST_GAP_SECONDS, LONGEST_GAP_SECONDS = 0.5, 3.0


@dataclass
class Posted:
    """One body and what became of it. `answers` are HTTP statuses; 0 means that nothing answered."""

    body: bytes
    answers: list[int] = field(default_factory=list)
    latencies_seconds: list[float] = field(default_factory=list)
    acknowledged_at: float | None = None


class Webhooks:
    """One endpoint of the product, as Meta sees it."""

    def __init__(self, url: str, *, app_secret: str, threads: int = 16) -> None:
        self.url, self.app_secret = urlsplit(url), app_secret
        self.posted: list[Posted] = []
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="webhooks")
        self._timers: set[threading.Timer] = set()
        self._lock = threading.Lock()
        self._open = 0
        self._is_closed = False

    def send(self, value: dict[str, Any], *, after_seconds: float = 0.0, copies: int = 1) -> list[Posted]:
        """Post a `value` of the field `messages`, as often as wanted; every copy is repeated until it gets its 200."""
        change = {"field": "messages", "value": {"messaging_product": "whatsapp", **value}}
        envelope = {"object": "whatsapp_business_account", "entry": [{"id": "210000000000001", "changes": [change]}]}
        found = [Posted(json.dumps(envelope).encode()) for _ in range(copies)]
        with self._lock:
            self.posted += found
            self._open += copies
        for posted in found:
            self._later(posted, after_seconds, FIRST_GAP_SECONDS)
        return found

    def post_once(self, body: bytes, *, timeout_seconds: float = 10.0) -> int:
        """Post one body with its signature; give the status, 0 when there was no answer."""
        signature = hmac.new(self.app_secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signature}"}
        connection = http.client.HTTPConnection(self.url.hostname or "", self.url.port or 80, timeout=timeout_seconds)
        try:
            connection.request("POST", self.url.path, body=body, headers=headers)
            response = connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException):
            return 0
        else:
            return response.status
        finally:
            connection.close()

    @property
    def open(self) -> int:
        """How many bodies still wait for their 200."""
        return self._open

    def close(self) -> None:
        self._is_closed = True
        for timer in list(self._timers):
            timer.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _later(self, posted: Posted, seconds: float, gap: float) -> None:
        if self._is_closed:
            return
        if seconds <= 0:
            self._pool.submit(self._post, posted, gap)
            return

        def submit() -> None:
            self._timers.discard(timer)
            if not self._is_closed:
                self._pool.submit(self._post, posted, gap)

        timer = threading.Timer(seconds, submit)
        timer.daemon = True
        self._timers.add(timer)
        timer.start()

    def _post(self, posted: Posted, gap: float) -> None:
        started = time.monotonic()
        status = self.post_once(posted.body)
        posted.answers.append(status)
        posted.latencies_seconds.append(time.monotonic() - started)
        if status == 200:
            posted.acknowledged_at = time.time()
            with self._lock:
                self._open -= 1
        else:
            self._later(posted, gap, min(gap * 2, LONGEST_GAP_SECONDS))
