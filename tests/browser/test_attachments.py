"""A photo and a quote, from the attendant's hands to the customer's phone."""

import io
import re
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.chromium import Person
from tests.browser.phone import ANSWER_MS, Phone

pytestmark = [pytest.mark.real_processes, pytest.mark.xdist_group("browser"), pytest.mark.timeout(300)]


def photo() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (320, 200), "#2e6f73").save(file, "WEBP")
    return file.getvalue()


def test_a_photo_with_a_quote_reaches_the_phone(phone: Phone, open_window: Callable[..., Person]) -> None:
    ana = open_window()
    page = ana.page
    ana.log_in("ana")
    phone.write("Quero falar com uma pessoa")
    page.locator(".card").filter(has_text=phone.name).get_by_role("button", name=re.compile("^Assumir")).click()
    box = page.get_by_role("textbox", name="Mensagem")
    expect(box).to_be_visible()

    asked = page.locator(".msg.from-customer").filter(has_text="Quero falar com uma pessoa")
    asked.hover()
    asked.get_by_role("button", name="Responder citando").click()
    page.locator("input[name=files]").set_input_files(
        {"name": "sala.webp", "mimeType": "image/webp", "buffer": photo()}
    )
    expect(page.get_by_role("list", name="Anexos").get_by_text("sala.webp")).to_be_visible()
    box.fill("Olhe como ficou")
    box.press("Enter")

    said = page.locator(".msg.mine[data-message-id]").filter(has_text="Olhe como ficou")
    expect(said.locator(".quote")).to_contain_text("Quero falar com uma pessoa")
    expect(said.get_by_role("img", name="Olhe como ficou")).to_be_visible()
    expect(page.get_by_role("list", name="Anexos")).to_be_hidden()
    arrived = phone.answers().filter(has_text="Olhe como ficou")
    expect(arrived.locator("img")).to_be_visible(timeout=ANSWER_MS)
    expect(arrived).to_contain_text("Quero falar com uma pessoa")
