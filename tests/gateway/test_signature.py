"""Who may post and who may subscribe: the test vectors of protocols/whatsapp.md."""

import pytest
from pydantic import SecretStr

from apps.contracts.people import ChannelAccountValue
from apps.gateway.channels.registry import adapter_for
from tests.gateway.payloads import ACCOUNT

VECTORS = [
    (
        b'{"object":"whatsapp_business_account","entry":[]}',
        "sha256=5f4e7c737437be614c129c7e9be516fdee5473fd4f813d0b995fe4a0e43c4345",
    ),
    (
        rb'{"object":"whatsapp_business_account","entry":[],"t":"\u00e1gua"}',
        "sha256=9cba7dd0e812515c6ed633e94b0ae7f7457a278a9a917013fa2d530d139a3956",
    ),
    (
        '{"object":"whatsapp_business_account","entry":[],"t":"água"}'.encode(),
        "sha256=024974fef3a621aaec1eef648dad97803a015f122e23749fee659b2c2cff4e44",
    ),
]
BODY, SIGNATURE = VECTORS[0]


def is_accepted(header: str, *, body: bytes = BODY, account: ChannelAccountValue = ACCOUNT) -> bool:
    return adapter_for("whatsapp").verify(account, body=body, headers={"x-hub-signature-256": header})


@pytest.mark.parametrize(("body", "signature"), VECTORS)
def test_a_body_signed_by_meta_is_accepted(body: bytes, signature: str) -> None:
    assert is_accepted(signature, body=body)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "sha256=",
        SIGNATURE.removeprefix("sha256="),
        SIGNATURE.replace("sha256", "sha1"),
        SIGNATURE.upper(),
        SIGNATURE[:-1],
        SIGNATURE + "0",
        SIGNATURE[:-1] + "é",
        "sha256=" + "0" * 64,
        VECTORS[1][1],
    ],
)
def test_any_other_signature_is_refused(header: str) -> None:
    assert not is_accepted(header)


def test_changed_bytes_are_refused() -> None:
    assert is_accepted(SIGNATURE)

    assert not is_accepted(SIGNATURE, body=BODY + b" ")


def test_both_secrets_verify_during_a_rotation() -> None:
    rotating = ACCOUNT.model_copy(update={"app_secrets": (SecretStr("novo"), SecretStr("segredo-de-teste"))})

    assert is_accepted(SIGNATURE, account=rotating)


@pytest.mark.parametrize("secrets", [(), (SecretStr(""),)])
def test_without_a_secret_nothing_verifies(secrets: tuple[SecretStr, ...]) -> None:
    unconfigured = ACCOUNT.model_copy(update={"app_secrets": secrets})

    assert not is_accepted("sha256=" + "0" * 64, account=unconfigured)
    assert not is_accepted(SIGNATURE, account=unconfigured)


QUERY = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "segredo-de-verificacao"}


def test_the_handshake_echoes_the_challenge() -> None:
    assert adapter_for("whatsapp").answer_handshake(ACCOUNT, query=QUERY) == "1158201444"


@pytest.mark.parametrize(
    "change",
    [
        {"hub.verify_token": "errado"},
        {"hub.verify_token": ""},
        {"hub.mode": "unsubscribe"},
        {"hub.challenge": ""},
        {"hub.challenge": "9" * 257},
    ],
)
def test_a_wrong_handshake_is_refused(change: dict[str, str]) -> None:
    assert adapter_for("whatsapp").answer_handshake(ACCOUNT, query={**QUERY, **change}) is None


def test_an_account_without_a_token_refuses_every_handshake() -> None:
    unconfigured = ACCOUNT.model_copy(update={"verify_token": SecretStr("")})

    assert adapter_for("whatsapp").answer_handshake(unconfigured, query={**QUERY, "hub.verify_token": ""}) is None
