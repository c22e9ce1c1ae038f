"""The administrator walks through the connecting pages in a real browser, with Meta's stand-in at the other end."""

import pytest
from playwright.sync_api import expect

from tests.browser.phone import Phone

pytestmark = [pytest.mark.real_processes, pytest.mark.xdist_group("browser"), pytest.mark.timeout(300)]

CUSTOMER, NUMBER = "carla", "83 98812-4471"


def test_a_number_is_connected_step_by_step_and_everything_turns_out_well(open_window):
    customer = Phone(open_window())
    customer.hands.visit(f"/simulator/?customer={CUSTOMER}")
    customer.write("Oi, é um teste")
    renata = open_window()
    renata.log_in("admin")
    renata.visit("/admin/accounts/simulator/credentials/")
    page = renata.page

    page.get_by_role("button", name="Conferir e continuar").click()
    page.wait_for_url("**/webhook/")
    expect(page.locator("#callback")).to_have_value(f"{renata.base}/webhooks/whatsapp/simulator")
    page.get_by_role("button", name="Copiar").first.click()
    expect(page.get_by_role("button", name="Copiado")).to_be_visible()

    page.get_by_role("button", name="Inscrever o aplicativo").click()
    expect(page.get_by_text("O endereço foi confirmado pelo canal")).to_be_visible()
    expect(page.get_by_text("O aplicativo está inscrito nesta conta.")).to_be_visible()

    page.get_by_role("link", name="Continuar para o teste").click()
    expect(page.locator("[name=text]")).to_be_hidden()
    page.get_by_label("Telefone com DDD").fill(NUMBER)
    page.get_by_text("Um texto, se este telefone").click()
    page.locator("[name=text]").fill("Chegou?")
    page.get_by_role("button", name="Enviar teste").click()
    expect(page.locator("#sent").get_by_text("Entregue")).to_be_visible()

    page.get_by_role("link", name="Ver o resultado").click()
    expect(page.get_by_role("heading", name="Tudo funcionando")).to_be_visible()


def test_what_was_pasted_stays_while_a_wrong_value_is_corrected(open_window):
    renata = open_window()
    renata.log_in("admin")
    renata.visit("/admin/accounts/simulator/secrets/")
    page = renata.page

    page.locator("[name=access_token]").fill("um token errado")
    page.get_by_role("button", name="Conferir e trocar").click()

    expect(page.get_by_text("A Meta não aceita este token")).to_be_visible()
    expect(page.locator("[name=access_token]")).to_have_value("um token errado")
    assert "um token errado" not in page.content()
