"""Renata connects a robot in the same wizard as a number: it is drawn from what the channel says of itself."""

import pytest
from django.conf import LazySettings
from django.test import Client

from apps.simulator.telegram.account import Customer
from apps.simulator.telegram.standin import TelegramStandIn
from apps.tenants.models import ChannelAccount
from tests.admin.conftest import enter
from tests.tenants.factories import make_user

pytestmark = pytest.mark.usefixtures("stores")
CONNECT = "/admin/accounts/connect/telegram/"
PUBLIC = {"secure": True, "HTTP_HOST": "urbana.example"}


@pytest.fixture
def renata(settings: LazySettings) -> Client:
    settings.ALLOWED_HOSTS = ["*"]
    return enter(make_user("renata", is_staff=True, is_superuser=True))


@pytest.fixture
def connected(renata: Client, vendor: TelegramStandIn) -> ChannelAccount:
    given = {"name": "Robô", "access_token": vendor.account.token, "api_url": vendor.api_url}
    response = renata.post(CONNECT, given, **PUBLIC)  # type: ignore[arg-type]
    assert response.status_code == 302, response.content.decode()[-3000:]
    return ChannelAccount.objects.get(kind="telegram")


def test_both_channels_are_offered_by_their_titles(renata: Client) -> None:
    page = renata.get("/admin/accounts/connect/").content.decode()

    assert "WhatsApp" in page
    assert "Telegram" in page


def test_the_form_asks_for_what_the_channel_needs(renata: Client) -> None:
    page = renata.get(CONNECT).content.decode()

    assert "Chave do robô" in page
    assert "BotFather" in page
    assert "phone_number_id" not in page


def test_a_wrong_token_is_told_beside_its_field_and_nothing_is_kept(renata: Client, vendor: TelegramStandIn) -> None:
    given = {"name": "Robô", "access_token": "800000001:errada", "api_url": vendor.api_url}

    page = renata.post(CONNECT, given).content.decode()

    assert "A chave do robô não vale mais." in page
    assert not ChannelAccount.objects.filter(kind="telegram").exists()


def test_what_the_vendor_tells_of_the_account_is_kept(connected: ChannelAccount, vendor: TelegramStandIn) -> None:
    assert connected.display_number == f"@{vendor.account.username}"
    assert connected.messages_per_second == 30
    assert len(connected.verify_token) >= 32, "a secret was made up"
    assert connected.settings == {"api_url": vendor.api_url}


def test_the_secret_is_shown_to_nobody(renata: Client, connected: ChannelAccount) -> None:
    page = renata.get(f"/admin/accounts/{connected.slug}/webhook/").content.decode()

    assert connected.verify_token not in page
    assert connected.access_token not in page
    assert "Esperando o canal confirmar" not in page


def test_activating_makes_the_vendor_call_this_account(
    renata: Client, connected: ChannelAccount, vendor: TelegramStandIn
) -> None:
    response = renata.post(f"/admin/accounts/{connected.slug}/webhook/", **PUBLIC)  # type: ignore[arg-type]

    registered = vendor.platform.courier.registration
    assert response.status_code == 302
    assert registered.url == f"https://urbana.example/webhooks/telegram/{connected.slug}"
    assert registered.secret == connected.verify_token


def test_from_an_address_that_nobody_can_call_it_is_explained(
    renata: Client, connected: ChannelAccount, vendor: TelegramStandIn
) -> None:
    page = renata.post(f"/admin/accounts/{connected.slug}/webhook/").content.decode()

    assert "ainda não tem um endereço público" in page
    assert vendor.platform.courier.registration.url == ""


def test_a_test_message_reaches_who_wrote(
    renata: Client, connected: ChannelAccount, vendor: TelegramStandIn, joana: Customer
) -> None:
    renata.post(f"/admin/accounts/{connected.slug}/test/", {"to": str(joana.id), "text": "Teste"})

    assert [sent.result["text"] for sent in vendor.accepted] == ["Teste"]


def test_nobody_is_asked_for_a_secret_that_this_channel_does_not_have(
    renata: Client, connected: ChannelAccount
) -> None:
    home = renata.get("/admin/").content.decode()
    listed = renata.get("/admin/tenants/channelaccount/").content.decode()

    assert connected.name in home
    assert "está sem" not in home
    assert "completos" in listed
