"""Debian's Chromium under Playwright: where it is, and how each person of the story sees the product."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE_MS = 15_000
expect.set_options(timeout=PATIENCE_MS)


def find_chromium() -> str:
    """Give the browser's path; without one, skip with a clear line, or fail where CI requires it."""
    found = next((path for path in map(shutil.which, NAMES) if path), "")
    if not found:
        said = "No Chromium is installed (apt install chromium), so nobody clicks through the product."
        if os.environ.get("CI"):
            pytest.fail(said)
        pytest.skip(said)
    return found


@contextmanager
def running_chromium() -> Iterator[Browser]:
    path = find_chromium()
    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=[*sandbox, "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@dataclass
class Person:
    """One browser window with its own cookies. `complaints` are what its console and network said went wrong."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("console", lambda said: said.type == "error" and self.complaints.append(f"console: {said.text}"))
        self.page.on(
            "response", lambda answer: answer.status >= 500 and self.complaints.append(f"{answer.status} {answer.url}")
        )

    def visit(self, path: str) -> None:
        self.page.goto(self.base + path)

    def log_in(self, login: str) -> None:
        """Log in to the console with a demo login."""
        self.visit("/console/login/")
        self.page.get_by_label("Usuário ou e-mail").fill(login)
        self.page.locator("[name=password]").fill(login)
        self.page.locator("[name=password]").press("Enter")
        self.page.wait_for_url("**/console/**")


@contextmanager
def person(
    browser: Browser, base: str, *, width: int = 1440, height: int = 900, dark: bool = False
) -> Iterator[Person]:
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", locale="pt-BR"
    )
    try:
        yield Person(context.new_page(), base)
    finally:
        context.close()
