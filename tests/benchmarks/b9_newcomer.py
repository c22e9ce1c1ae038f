"""B9: the newcomer's clock. From `make run` on a fresh clone to the first answered message, again, and the memory."""

import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.benchmarks.rows import Row, row
from tests.product import free_port
from tests.servers import BASE_DIR, FOREIGN

FIRST_START_SECONDS = 600
CUSTOMER = "carla"


def run(repeats: int) -> list[Row]:
    """The first start is measured once, because it downloads; starting again `repeats` times."""
    with tempfile.TemporaryDirectory(prefix="urbana-clone-") as directory:
        clone = Path(directory) / "clone"
        subprocess.run(["git", "clone", "-q", str(BASE_DIR), str(clone)], check=True)
        first, memory = _start(clone)
        again = [_start(clone) for _ in range(repeats)]
    return [
        row("B9", "make run to first answer, first time", [first], "s"),
        row("B9", "make run to first answer, again", [seconds for seconds, _ in again], "s"),
        row("B9", "memory of the whole product, idle", [memory, *(bytes_ for _, bytes_ in again)], "MB"),
    ]


def _start(clone: Path) -> tuple[float, float]:
    port = free_port()
    variables = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith((*FOREIGN, "URBANA_", "MONGODB_", "REDIS_", "DJANGO_"))
    }
    started = time.monotonic()
    with (clone / "run.log").open("wb") as log:
        process = subprocess.Popen(
            ["make", "run"],
            cwd=clone,
            env=variables | {"PORT": str(port)},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            _wait_for_answer(f"http://127.0.0.1:{port}", started)
            seconds = time.monotonic() - started
            time.sleep(10)
            return seconds, _memory_mb(process.pid)
        finally:
            for child in psutil.Process(process.pid).children(recursive=True)[:2]:
                child.send_signal(2)
            process.wait(timeout=60)


def _wait_for_answer(base: str, started: float) -> None:
    """Write as a customer as soon as the phone is there, then wait for one more bubble of the business."""
    before: int | None = None
    with httpx.Client(base_url=base, timeout=5, follow_redirects=True) as browser:
        while time.monotonic() - started < FIRST_START_SECONDS:
            time.sleep(0.2)
            try:
                if before is None:
                    before = _answers(browser)
                    _ask(browser)
                elif _answers(browser) > before:
                    return
            except httpx.HTTPError:
                continue
    raise TimeoutError("no answer came")


def _answers(browser: httpx.Client) -> int:
    page = browser.get("/simulator/", params={"customer": CUSTOMER})
    page.raise_for_status()
    return page.text.count('class="msg theirs')


def _ask(browser: httpx.Client) -> None:
    headers = {"X-CSRFToken": browser.cookies["csrftoken"], "Referer": str(browser.base_url)}
    browser.post(f"/simulator/{CUSTOMER}/text", data={"text": "Oi"}, headers=headers).raise_for_status()


def _memory_mb(pid: int) -> float:
    """Proportional set size of everything under a process: shared pages are counted once."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return sum(int(_pss(one)) for one in family) / 1e6


def _pss(process: psutil.Process) -> Any:
    try:
        return process.memory_full_info().pss
    except psutil.Error:
        return 0
