"""What a customer does with the phone of the simulator, by its accessible names."""

import secrets

from playwright.sync_api import Locator, expect

from tests.browser.chromium import Person

#: The longest a customer of the demonstration waits for an answer, in milliseconds.
ANSWER_MS = 30_000


class Phone:
    def __init__(self, hands: Person) -> None:
        self.hands = hands
        self.page = hands.page
        self.name = ""

    def invent(self, name: str) -> None:
        """Make up a customer with a name and number of their own, and open their phone."""
        self.name = f"{name} {secrets.randbelow(10**6)}"
        self.hands.visit("/simulator/")
        self.page.get_by_text("Inventar alguém").click()
        self.page.get_by_label("Nome").fill(self.name)
        self.page.get_by_role("button", name="Criar e abrir o celular").click()
        expect(self.page.locator(".people [aria-current]")).to_contain_text(self.name)

    def write(self, text: str) -> Locator:
        """Send a text; give its bubble."""
        field = self.page.get_by_label("Mensagem do cliente")
        field.fill(text)
        field.press("Enter")
        bubble = self.page.locator(".msg.mine").filter(has_text=text).last
        expect(bubble).to_be_visible()
        return bubble

    def answers(self) -> Locator:
        """The bubbles of the business."""
        return self.page.locator(".msg.theirs")

    def expect_answer(self, *, number: int) -> Locator:
        """Wait for the business's bubble of this number, from 1; give it."""
        bubble = self.answers().nth(number - 1)
        expect(bubble).to_be_visible(timeout=ANSWER_MS)
        return bubble
