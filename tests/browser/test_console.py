"""The attendant's hands: keyboard, quick replies, notes, drafts, and colleagues at the same conversation."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import Person
from tests.browser.phone import Phone

pytestmark = [pytest.mark.real_processes, pytest.mark.xdist_group("browser"), pytest.mark.timeout(300)]


@pytest.fixture
def ana_at_work(phone: Phone, open_window: Callable[..., Person]) -> Person:
    """Ana holds the conversation of whoever holds the phone."""
    ana = open_window()
    ana.log_in("ana")
    phone.write("Quero falar com uma pessoa")
    ana.page.locator(".card").filter(has_text=phone.name).get_by_role("button", name=re.compile("^Assumir")).click()
    expect(ana.page.get_by_role("textbox", name="Mensagem")).to_be_visible()
    return ana


def box(page: Page):
    return page.get_by_role("textbox", name="Mensagem")


def test_a_click_is_not_lost_when_the_card_changes_under_it(phone: Phone, open_window: Callable[..., Person]) -> None:
    page = (ana := open_window()).page
    ana.log_in("ana")
    phone.write("Quero falar com uma pessoa")
    card = page.locator(".card").filter(has_text=phone.name)
    card.get_by_role("button", name=re.compile("^Assumir")).hover()

    page.mouse.down()
    phone.write("É urgente")
    page.wait_for_timeout(1_000)
    page.mouse.up()

    expect(box(page)).to_be_visible()
    expect(page.locator(".msg .text").filter(has_text="É urgente")).to_be_visible()


def test_enter_sends_once_and_shift_enter_begins_a_line(ana_at_work: Person, phone: Phone) -> None:
    page = ana_at_work.page

    box(page).fill("Primeira linha")
    box(page).press("Shift+Enter")
    box(page).type("segunda linha")
    box(page).press("Enter")

    expect(box(page)).to_have_value("")
    expect(page.locator("[data-message-id] .text").filter(has_text="segunda linha")).to_have_count(1)
    expect(phone.answers().filter(has_text="Primeira linha")).to_have_count(1)
    expect(page.locator(".msg .text").filter(has_text="segunda linha")).to_have_count(1)


def test_a_slash_opens_the_quick_replies_and_accents_do_not_matter(ana_at_work: Person) -> None:
    page = ana_at_work.page
    offered = page.locator(".slash-item:visible")

    box(page).type("/saudacao")

    expect(offered).to_have_count(1)
    box(page).press("Enter")
    expect(box(page)).to_have_value(re.compile("Ana"))
    expect(page.locator("#slash")).to_be_hidden()
    box(page).fill("/")
    expect(offered).not_to_have_count(0)
    box(page).press("Escape")
    expect(page.locator("#slash")).to_be_hidden()


def test_a_note_is_written_with_the_keyboard_and_never_reaches_the_customer(ana_at_work: Person, phone: Phone) -> None:
    page = ana_at_work.page
    before = phone.answers().count()

    page.keyboard.press("Alt+p")
    page.get_by_role("textbox", name="Texto da nota").fill("Cliente ansiosa")
    page.get_by_role("button", name=re.compile("^Anotar")).click()

    expect(page.locator(".msg.note").filter(has_text="Cliente ansiosa")).to_have_count(1)
    page.wait_for_timeout(1500)
    assert phone.answers().count() == before


def test_a_draft_survives_a_reload(ana_at_work: Person) -> None:
    page = ana_at_work.page

    box(page).type("Ainda escrevendo")
    expect(page.locator("#draft-state")).to_have_text("rascunho salvo")
    page.reload()

    expect(box(page)).to_have_value("Ainda escrevendo")


def test_a_supervisor_who_looks_is_seen(ana_at_work: Person, open_window: Callable[..., Person]) -> None:
    sofia = open_window()
    sofia.log_in("sofia")

    sofia.page.goto(ana_at_work.page.url)

    expect(ana_at_work.page.locator("#viewers")).to_contain_text("Sofia está vendo")
    expect(sofia.page.get_by_text("Ana está atendendo.")).to_be_visible()
