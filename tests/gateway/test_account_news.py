"""What Meta says about the account, and what was written on the phone, read into our words."""

import json

import pytest

from apps.contracts.words import AccountNewsKind, MessageKind
from apps.gateway.channels.whatsapp.payloads import parse as parse_for
from tests.gateway.payloads import ACCOUNT, body_of, parse, payload_of

NEWS = [
    (
        "field_message_template_status_update",
        AccountNewsKind.TEMPLATE_STATUS,
        "REJECTED",
        "lembrete_visita",
        "INVALID_FORMAT: Variáveis coladas: Ponha texto entre as variáveis",
    ),
    ("field_message_template_quality_update", AccountNewsKind.TEMPLATE_QUALITY, "YELLOW", "lembrete_visita", "GREEN"),
    ("field_message_template_components_update", AccountNewsKind.TEMPLATE_CHANGED, "components", "lembrete_visita", ""),
    ("field_template_category_update", AccountNewsKind.TEMPLATE_CHANGED, "MARKETING", "lembrete_visita", "UTILITY"),
    ("field_phone_number_quality_update", AccountNewsKind.NUMBER_QUALITY, "FLAGGED", "TIER_1K", ""),
    (
        "field_phone_number_quality_update_throughput",
        AccountNewsKind.PACE,
        "THROUGHPUT_UPGRADE",
        "TIER_UNLIMITED",
        "",
    ),
    ("field_business_capability_update", AccountNewsKind.PACE, "CAPABILITY", "1000", ""),
    (
        "field_account_update",
        AccountNewsKind.RESTRICTION,
        "ACCOUNT_RESTRICTION",
        "RESTRICTED_BIZ_INITIATED_MESSAGING",
        "2026-11-29T14:26:40+00:00",
    ),
    ("field_account_update_violation", AccountNewsKind.RESTRICTION, "ACCOUNT_VIOLATION", "", "SCAM"),
    (
        "field_account_update_disabled",
        AccountNewsKind.RESTRICTION,
        "DISABLED_UPDATE",
        "",
        "SCHEDULE_FOR_DISABLE, 2026-12-01",
    ),
    ("field_account_review_update", AccountNewsKind.OTHER, "APPROVED", "account_review_update", ""),
    (
        "field_phone_number_name_update",
        AccountNewsKind.OTHER,
        "REJECTED",
        "phone_number_name_update",
        "NAME_EXISTS, Urbana",
    ),
    ("errors", AccountNewsKind.OTHER, "ERROR", "130429", "(sample) too many messages per second from this number"),
    ("errors_old_form", AccountNewsKind.OTHER, "ERROR", "130429", "(sample) too many messages"),
]


@pytest.mark.parametrize(("name", "kind", "state", "subject", "reason"), NEWS)
def test_each_field_about_the_account_reads_as_news(
    name: str, kind: AccountNewsKind, state: str, subject: str, reason: str
) -> None:
    (news,) = parse(body_of(name)).news

    assert (news.kind, news.state, news.subject, news.reason) == (kind, state, subject, reason)
    assert (news.tenant_id, news.account) == ("default", "default")


def test_a_template_is_named_with_its_language_and_the_time_of_the_change() -> None:
    (news,) = parse(body_of("field_message_template_status_update")).news

    assert news.language == "pt_BR"
    assert news.at.timestamp() == 1_795_357_400


@pytest.mark.parametrize("name", ["field_standby", "field_messaging_handovers"])
def test_what_another_application_answers_is_noted_and_never_a_message(name: str) -> None:
    parsed = parse(body_of(name))

    assert not parsed.messages
    assert parsed.notices[0][0] == name.replace("field_", "field ")


def test_news_of_another_business_account_are_not_ours() -> None:
    ours = ACCOUNT.model_copy(update={"business_account_id": "999"})
    parsed = parse_for(ours, body=body_of("field_message_template_status_update"), received_ns=1_795_360_000 * 10**9)

    assert not parsed.news
    assert "another business account" in parsed.notices[0][0]


def test_what_was_written_on_the_phone_is_an_echo_to_the_customer() -> None:
    (echo,) = parse(body_of("field_smb_message_echoes")).echoes

    assert (echo.external_id, echo.content.text) == ("wamid.ECO0001", "Oi, aqui é a Ana")
    assert echo.customer.identities == ("bsuid:BR.TESTE0000000000000001", "wa:5511900000002")
    assert echo.customer.name == "Joana Teste"


@pytest.mark.parametrize(
    ("name", "kind", "target"),
    [("echo_image", MessageKind.IMAGE, ""), ("echo_revoke", MessageKind.REVOKE, "wamid.ECO0001")],
)
def test_an_echo_may_be_of_any_kind(name: str, kind: MessageKind, target: str) -> None:
    (echo,) = parse(body_of(name)).echoes

    assert (echo.content.kind, echo.content.target) == (kind, target)


def test_an_echo_to_nobody_is_a_problem() -> None:
    payload = payload_of("field_smb_message_echoes")
    value = payload["entry"][0]["changes"][0]["value"]
    value["contacts"] = []
    for name in ("to", "to_user_id"):
        del value["message_echoes"][0][name]

    parsed = parse(json.dumps(payload).encode())

    assert not parsed.echoes
    assert len(parsed.problems) == 1
