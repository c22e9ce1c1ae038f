"""Point 2 of what a newcomer sees: a price question, answered from the catalogue of this very moment."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import Person
from tests.browser.phone import ANSWER_MS, Phone

pytestmark = [pytest.mark.real_processes, pytest.mark.xdist_group("browser"), pytest.mark.timeout(300)]

ARTICLE = "Decor Interiores"
QUESTION = f"Oi, quanto custa o {ARTICLE}?"


def log_in_to_admin(administrator: Person) -> None:
    administrator.visit("/admin/")
    administrator.page.locator("[name=username]").fill("admin")
    administrator.page.locator("[name=password]").fill("admin")
    administrator.page.locator("[name=password]").press("Enter")
    administrator.page.wait_for_url("**/admin/")


def set_price(administrator: Person, sentence: str) -> str:
    """Change the price of the article in the administration; give the sentence that stood there."""
    page = administrator.page
    administrator.visit(f"/admin/ai/knowledgearticle/?q={ARTICLE}")
    row = page.locator("tr").filter(has=page.get_by_role("link", name=ARTICLE, exact=True))
    field = row.locator("[name$=-price]")
    before = field.input_value()
    field.fill(sentence)
    page.locator("[name=_save]").first.click()
    expect(row.locator("[name$=-price]")).to_have_value(sentence)
    return before


def test_a_price_question_is_answered_with_the_price_of_the_moment(
    phone: Phone, open_window: Callable[..., Person]
) -> None:
    administrator = open_window()
    log_in_to_admin(administrator)

    question = phone.write(QUESTION)

    expect(phone.page.get_by_text("digitando…")).to_be_visible(timeout=ANSWER_MS)
    first = phone.expect_answer(number=1)
    expect(question).to_have_attribute("data-status", "read")
    before = set_price(administrator, "O investimento é de R$ 987 por ambiente.")
    try:
        phone.page.wait_for_timeout(2_000)  # a change works in every process within two seconds
        phone.write(QUESTION)
        second = phone.expect_answer(number=2)
    finally:
        set_price(administrator, before)

    price = re.search(r"R\$ ?\d+", before)
    assert price is not None
    expect(first).to_contain_text(price[0])
    expect(second).to_contain_text("R$ 987")
    expect(second).not_to_contain_text(price[0])


def test_each_kind_of_message_reaches_the_business_and_comes_back_once(phone: Phone) -> None:
    for name in ("Imagem", "Áudio", "Local", "Documento"):
        phone.page.get_by_role("button", name=name, exact=True).click()
    kinds = phone.page.locator(".msg.mine")

    expect(kinds).to_have_count(4)
    expect(kinds.last).to_have_attribute("data-status", re.compile("delivered|read"))
    assert [kinds.nth(n).get_attribute("data-kind") for n in range(4)] == ["image", "audio", "location", "document"]
    expect(phone.page.locator(".msg.mine img")).to_have_js_property("complete", True)


def test_a_burst_gets_one_answer_and_a_repeated_webhook_none(phone: Phone) -> None:
    phone.page.get_by_label("Mensagem do cliente").fill(QUESTION)
    phone.page.get_by_role("button", name="Rajada").click()
    phone.expect_answer(number=1)

    phone.page.get_by_role("button", name="Repetir").click()

    repeated = phone.page.locator(".req-in").filter(has_text="Repetida")
    expect(repeated.first).to_be_visible()
    expect(phone.page.locator(".msg.mine")).to_have_count(6)
    phone.page.wait_for_timeout(6_000)  # longer than the quiet window and an answer take
    expect(phone.answers()).to_have_count(1)
