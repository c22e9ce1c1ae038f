"""One person, with and without the ninth digit."""

import pytest

from apps.gateway.channels.whatsapp.identity import canonical_phone, is_business_scoped, other_form


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("553187651234", "5531987651234"),
        ("5531987651234", "5531987651234"),
        ("551133334444", "551133334444"),
        ("+55 (11) 98765-4321", "5511987654321"),
        ("14155550100", "14155550100"),
        ("٥٥٣١", ""),
    ],
)
def test_a_number_has_one_canonical_form(written: str, canonical: str) -> None:
    assert canonical_phone(written) == canonical


@pytest.mark.parametrize(
    ("number", "other"),
    [
        ("553187651234", "5531987651234"),
        ("5531987651234", "553187651234"),
        ("551133334444", ""),
        ("14155550100", ""),
    ],
)
def test_only_brazilian_mobile_numbers_have_another_form(number: str, other: str) -> None:
    assert other_form(number) == other


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("BR.TESTE0000000000000001", True),
        ("BR.ENT.TESTE01", True),
        ("5511900000002", False),
        ("br.x", False),
        ("BR.", False),
        ("BR.x$ne", False),
    ],
)
def test_business_scoped_ids_are_recognised(address: str, *, expected: bool) -> None:
    assert is_business_scoped(address) is expected
