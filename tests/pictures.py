"""Takes the pictures of README.md from the running product: `make pictures` writes docs/pictures/*.png."""

import re
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.chromium import Person, person, running_chromium
from tests.browser.phone import Phone
from tests.product import Product
from tests.servers import BASE_DIR

DIRECTORY = BASE_DIR / "docs" / "pictures"
SIZES = ((1440, 900), (360, 780))
SETTLING_MS = 1_200
CONVERSATION = ("Oi, quanto custa o Decor Interiores?", "Quero falar com uma pessoa")


def take(watcher: Person, name: str) -> None:
    """Take the same page at each width."""
    for width, height in SIZES:
        watcher.page.set_viewport_size({"width": width, "height": height})
        watcher.page.wait_for_timeout(SETTLING_MS)
        watcher.page.evaluate("scrollTo(0, 0)")
        watcher.page.screenshot(path=DIRECTORY / f"{name}-{width}.png")
    watcher.page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})


def tell_a_story(phone: Phone) -> None:
    """Fill the phone with a conversation: a question answered, a wish for a person, and a place while waiting."""
    question, wish = CONVERSATION
    phone.write(question)
    phone.expect_answer(number=1)
    phone.write(wish)
    phone.expect_answer(number=2)
    phone.page.get_by_role("button", name="Local", exact=True).click()
    phone.page.wait_for_timeout(SETTLING_MS)
    phone.page.locator(".req-out summary").first.click()


def take_all(browser: Browser, base: str) -> None:
    with person(browser, base) as customer, person(browser, base) as ana, person(browser, base) as administrator:
        phone = Phone(customer)
        customer.visit("/simulator/?customer=mariana")
        ana.log_in("ana")
        tell_a_story(phone)
        take(customer, "simulator")
        ana.visit("/console/?tab=waiting")
        ana.page.locator("a[data-conversation-id]").filter(has_text="Mariana").first.click()
        ana.page.wait_for_url("**/conversations/**")
        take(ana, "console-waiting")
        thread = ana.page.get_by_role("region", name="Conversa", exact=True)
        thread.get_by_role("button", name=re.compile("^Assumir")).click()
        expect(thread.locator("textarea[name=text]").first).to_be_visible()
        take(ana, "console")
        administrator.log_in("admin")
        administrator.visit("/admin/")
        take(administrator, "admin")


def main() -> None:
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="urbana-pictures-") as directory:
        product = Product(Path(directory), DEBUG="true")
        try:
            product.start()
            with running_chromium() as browser:
                take_all(browser, product.url(""))
        finally:
            product.stop()
            product.kill()
    print(f"Pictures written to {DIRECTORY.relative_to(BASE_DIR)}")


if __name__ == "__main__":
    main()
