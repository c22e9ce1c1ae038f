"""Point 3 of what a newcomer sees: from the assistant to Ana, to Bruno, to a rating."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.chromium import Person
from tests.browser.phone import ANSWER_MS, Phone

pytestmark = [pytest.mark.real_processes, pytest.mark.xdist_group("browser"), pytest.mark.timeout(300)]


def card(attendant: Person, name: str) -> Locator:
    return attendant.page.locator("a[data-conversation-id]").filter(has_text=name).first


def open_conversation(attendant: Person, name: str) -> None:
    card(attendant, name).click()
    attendant.page.wait_for_url("**/conversations/**")
    expect(attendant.page.locator("#thread-head")).to_contain_text(name)


def reply(attendant: Person, text: str) -> Locator:
    """Answer the customer; give the message as the thread shows it."""
    attendant.page.locator("textarea[name=text]").first.fill(text)
    attendant.page.get_by_role("button", name=re.compile("^Enviar")).first.click()
    return attendant.page.locator("[data-message-id]").filter(has_text=text).last


def test_a_customer_is_handed_to_a_person_and_rates_the_service(
    phone: Phone, open_window: Callable[..., Person]
) -> None:
    ana, bruno = open_window(), open_window()
    ana.log_in("ana")
    bruno.log_in("bruno")
    ana.visit("/console/?tab=waiting")
    expect(ana.page.locator("a[data-conversation-id]").first).to_be_visible()
    expect(card(ana, phone.name)).to_have_count(0)

    phone.write("Quero falar com uma pessoa")

    # The customer is told at once, with the place in the queue; Ana's list shows it without a reload.
    expect(phone.expect_answer(number=1)).to_contain_text(re.compile(r"\d+º|pr[óo]xim"))
    expect(card(ana, phone.name)).to_be_visible()

    # Ana takes it, sees why it came, answers, and sees what became of her answer.
    open_conversation(ana, phone.name)
    thread = ana.page.get_by_role("region", name="Conversa", exact=True)
    expect(thread.locator("#dossier")).to_contain_text("pediu uma pessoa")
    thread.get_by_role("button", name=re.compile("^Assumir")).click()
    expect(thread.get_by_role("button", name=re.compile("^Assumir"))).to_have_count(0)
    said = reply(ana, "Oi! Aqui é a Ana.")
    expect(phone.expect_answer(number=2)).to_contain_text("Aqui é a Ana.")
    expect(said).to_have_attribute("data-status", "read", timeout=ANSWER_MS)

    # While a person holds it the assistant is silent.
    held = phone.write("Quanto custa o Decor Interiores?")
    expect(ana.page.locator("[data-message-id]").filter(has_text="Quanto custa")).to_be_visible()
    expect(held).to_have_attribute("data-status", re.compile("delivered|read"))
    phone.page.wait_for_timeout(6_000)
    expect(phone.answers()).to_have_count(2)

    # Ana transfers it to Bruno, who closes it.
    ana.page.get_by_role("link", name=re.compile("^Transferir")).or_(
        ana.page.get_by_role("button", name=re.compile("^Transferir"))
    ).first.click()
    ana.page.locator("label").filter(has_text="Bruno").first.click()
    ana.page.get_by_label("Motivo").fill("Fim do meu turno")
    ana.page.get_by_role("button", name=re.compile("^Confirmar")).click()
    bruno.visit("/console/?tab=mine")
    open_conversation(bruno, phone.name)
    reply(bruno, "Oi, aqui é o Bruno.")
    expect(phone.expect_answer(number=3)).to_contain_text("Bruno")
    bruno.page.get_by_role("link", name=re.compile("^Encerrar")).or_(
        bruno.page.get_by_role("button", name=re.compile("^Encerrar"))
    ).first.click()
    bruno.page.get_by_role("button", name=re.compile("^Confirmar")).click()

    # The phone is asked for a rating, and the rating shows in the console.
    asked = phone.expect_answer(number=4)
    expect(asked.locator(".option")).to_have_count(5)
    asked.locator(".option").first.click()
    expect(phone.expect_answer(number=5)).to_be_visible()
    bruno.page.reload()
    expect(bruno.page.locator("body")).to_contain_text(re.compile(r"nota [15] de 5"))
