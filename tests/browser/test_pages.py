"""Every page a newcomer meets: nothing wider than a small phone, nothing without a name."""

from collections.abc import Callable

import pytest

from tests.browser.chromium import Person

pytestmark = [pytest.mark.real_processes, pytest.mark.xdist_group("browser"), pytest.mark.timeout(300)]

WIDTH_360 = "document.documentElement.scrollWidth"
#: Controls and pictures that a screen reader could not name.
NAMELESS = """
[...document.querySelectorAll('button, a[href], input:not([type=hidden]), select, textarea, img, summary')]
  .filter(el => el.checkVisibility())
  .filter(el => !((el.getAttribute('aria-label') || '').trim() || el.getAttribute('aria-labelledby') || el.innerText?.trim()
    || el.alt !== undefined && el.hasAttribute('alt') || el.labels?.length || el.title || el.placeholder
    || el.querySelector('[aria-label], img[alt], title')))
  .map(el => el.outerHTML.slice(0, 160))
"""
PAGES = [
    ("", "/simulator/"),
    ("", "/console/login/"),
    ("ana", "/console/"),
    ("ana", "/console/?tab=waiting"),
    ("sofia", "/console/board/"),
    ("admin", "/admin/"),
]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("login", "path"), PAGES)
def test_nothing_overflows_at_360_and_everything_has_a_name(
    open_window: Callable[..., Person], login: str, path: str, dark: bool
) -> None:
    reader = open_window(width=360, height=780, dark=dark)
    if login:
        reader.log_in(login)

    reader.visit(path)
    reader.page.wait_for_load_state("networkidle" if not login else "load")

    assert reader.page.evaluate(WIDTH_360) <= 360
    assert reader.page.evaluate(NAMELESS) == []


def test_an_open_conversation_fits_a_small_phone(open_window: Callable[..., Person]) -> None:
    ana = open_window(width=360, height=780)
    ana.log_in("ana")
    ana.visit("/console/?tab=waiting")

    ana.page.locator("a[data-conversation-id]").first.click()
    ana.page.wait_for_url("**/conversations/**")

    assert ana.page.evaluate(WIDTH_360) <= 360
    assert ana.page.evaluate(NAMELESS) == []
