"""24 hours pass: what Ana writes does not arrive, a template does, and its button opens the window again."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import Person
from tests.browser.phone import ANSWER_MS, Phone
from tests.browser.test_handoff import open_conversation, reply

pytestmark = [pytest.mark.real_processes, pytest.mark.xdist_group("browser"), pytest.mark.timeout(300)]


def test_a_template_reaches_a_customer_after_24_hours(phone: Phone, open_window: Callable[..., Person]) -> None:
    ana = open_window()
    ana.log_in("ana")
    phone.write("Quero falar com uma pessoa")
    phone.expect_answer(number=1)
    ana.visit("/console/?tab=waiting")
    open_conversation(ana, phone.name)
    thread = ana.page.get_by_role("region", name="Conversa", exact=True)
    thread.get_by_role("button", name=re.compile("^Assumir")).click()
    expect(thread.get_by_role("button", name=re.compile("^Assumir"))).to_have_count(0)

    # Meta refuses what comes after the window; the composer becomes the picker.
    phone.page.get_by_role("button", name="Passar 24 h").click()
    late = reply(ana, "Ainda está aí?")
    expect(late).to_have_attribute("data-status", "failed", timeout=ANSWER_MS)
    search = thread.get_by_role("searchbox", name="Buscar modelo")
    expect(search).to_be_visible(timeout=ANSWER_MS)

    # Found by its text, begun with her name, seen while it is written, sent by the keyboard alone.
    search.fill("visita tecnica")
    search.press("Enter")
    expect(thread.get_by_label("Variável 1")).to_have_value("Carla")
    thread.get_by_label("Variável 2").fill("12/12, às 14h")
    expect(thread.locator(".wa-text")).to_contain_text("nossa visita técnica em 12/12, às 14h.")
    thread.get_by_label("Variável 2").press("Enter")
    sent = ana.page.locator("[data-message-id]").filter(has_text="12/12, às 14h").last
    expect(sent).to_have_attribute("data-status", re.compile("sent|delivered|read"), timeout=ANSWER_MS)
    expect(phone.expect_answer(number=2)).to_contain_text("nossa visita técnica em 12/12, às 14h.")

    # Her answer opens the window again, and the editor is back.
    phone.write("Confirmado!")
    expect(thread.locator("textarea[name=text]").first).to_be_visible(timeout=ANSWER_MS)
    expect(search).to_have_count(0)
