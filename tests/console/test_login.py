"""The door: user name or e-mail, five tries, no open redirect."""

import pytest
from django.test import Client

from apps.contracts.people import AttendantValue
from apps.tenants import models


@pytest.fixture(autouse=True)
def _passwords(ana: AttendantValue, bruno: AttendantValue) -> None:
    """Ana's and Bruno's passwords are their user names, as in the demonstration."""
    for who in (ana, bruno):
        user = models.User.objects.get(pk=who.user_id)
        user.set_password(user.username)
        user.save()


def sign_in(username: str, password: str, client: Client | None = None, path: str = "/console/login/"):
    return (client or Client()).post(path, {"username": username, "password": password})


def test_the_login_is_labelled_and_has_the_agreed_fields(queue):
    html = Client().get("/console/login/").content.decode()

    assert "Usuário ou e-mail" in html
    assert 'name="username"' in html and 'name="password"' in html


def test_by_user_name(ana):
    assert sign_in("ana", "ana")["Location"] == "/console/"


def test_by_email_address_whatever_its_case(ana):
    models.User.objects.filter(pk=ana.user_id).update(email="ana@exemplo.com.br")

    assert sign_in("Ana@Exemplo.com.br", "ana")["Location"] == "/console/"
    assert sign_in("ana@exemplo.com.br", "errada").status_code == 200


def test_an_address_that_two_logins_share_signs_nobody_in(ana, bruno):
    models.User.objects.update(email="equipe@exemplo.com.br")

    assert sign_in("equipe@exemplo.com.br", "ana").status_code == 200


def test_a_wrong_password_and_an_unknown_name_read_the_same(ana):
    wrong = sign_in("ana", "errada").content.decode()
    unknown = sign_in("ninguem", "errada").content.decode()

    assert "Usuário ou senha não conferem" in wrong
    assert "Usuário ou senha não conferem" in unknown


def test_five_wrong_tries_lock_this_name_at_this_address_only(ana, bruno):
    for _ in range(5):
        locked = sign_in("ana", "errada")

    assert locked.status_code == 429
    assert "Espere um minuto" in locked.content.decode()
    assert sign_in("ana", "ana").status_code == 429
    assert sign_in("bruno", "bruno").status_code == 302


def test_no_redirect_leads_out_of_the_house(ana):
    response = Client().post("/console/login/", {"username": "ana", "password": "ana", "next": "https://evil.example/"})

    assert response["Location"] == "/console/"


def test_the_session_changes_at_login_and_ends_at_logout(ana):
    client = Client()
    client.get("/console/login/")

    sign_in("ana", "ana", client)
    assert client.get("/console/").status_code == 200
    assert client.get("/console/logout/").status_code == 405
    client.post("/console/logout/")

    assert client.get("/console/").status_code == 302


def test_a_changed_password_ends_every_session(ana):
    client = Client()
    sign_in("ana", "ana", client)
    user = models.User.objects.get(pk=ana.user_id)
    user.set_password("outra")
    user.save()

    assert client.get("/console/").status_code == 302
