"""A WhatsApp account that is configured in part is told before anything starts."""

import pytest
from django.conf import LazySettings

from apps.gateway.checks import WHATSAPP, check_whatsapp


@pytest.mark.parametrize(
    ("left_out", "found"),
    [
        ((), []),
        (WHATSAPP, []),
        (("WHATSAPP_APP_SECRET",), ["gateway.E001"]),
        (("WHATSAPP_VERIFY_TOKEN",), ["gateway.W001"]),
    ],
)
def test_half_an_account_is_named(settings: LazySettings, left_out: tuple[str, ...], found: list[str]) -> None:
    for name in WHATSAPP:
        setattr(settings, name, "" if name in left_out else "x")

    assert [one.id for one in check_whatsapp(None)] == found
