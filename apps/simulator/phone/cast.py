"""Who can be chosen to write, before anybody is invented. One person each, picked for what a gateway gets wrong."""

import re
import secrets
import string
from typing import Any

from django.utils.translation import gettext_noop

from apps.simulator.phone.changes import PhoneCustomer

#: A place in Campina Grande (PB) for "share location": latitude, longitude, name, address.
PLACE = (-7.2256, -35.8781, "Açude Velho", "Campina Grande, PB")
#: What the phone sends at a tap, in the words of Meta's webhooks (§3): cards, a cart, a filled form, an advertisement.
CARDS: list[dict[str, Any]] = [
    {
        "name": {"formatted_name": "Seu Zé Pintor", "first_name": "Zé"},
        "phones": [{"phone": "+55 83 98765-0042", "wa_id": "5583987650042", "type": "CELL"}],
        "emails": [{"email": "ze@exemplo.invalid", "type": "WORK"}],
        "org": {"company": "Pinturas do Zé"},
    },
    {
        "name": {"formatted_name": "Portaria do Edifício Açude", "first_name": "Portaria"},
        "phones": [{"phone": "+55 83 3333-0099", "type": "WORK"}],
    },
]
ORDER: dict[str, Any] = {
    "catalog_id": "880000000000001",
    "text": "Pode entregar no sábado?",
    "product_items": [
        {"product_retailer_id": "LUMINARIA-TRAMA", "quantity": 2, "item_price": 349.9, "currency": "BRL"},
        {"product_retailer_id": "TAPETE-SISAL-2X3", "quantity": 1, "item_price": 890, "currency": "BRL"},
    ],
}
FORM: dict[str, Any] = {
    "flow_token": "visita-1",
    "ambiente": "Sala de estar",
    "area_m2": "24",
    "melhor_dia": "Quinta à tarde",
}
AD: dict[str, Any] = {
    "source_type": "ad",
    "source_id": "120000000000000001",
    "source_url": "https://exemplo.invalid/anuncio",
    "headline": "Seu apê com a sua cara",
    "body": "Projeto completo de interiores em 30 dias.",
    "media_type": "image",
    "image_url": "https://exemplo.invalid/anuncio.jpg",
    "ctwa_clid": "ARAkLkA8rmlFeiCktEJQ",
}


def cast() -> list[PhoneCustomer]:
    """The customers that every phone begins with."""
    return [
        PhoneCustomer(
            key="carla",
            name="Carla Souza",
            phone="5583988124471",
            bsuid="BR.CARLASOUZA01",
            note=gettext_noop("número e identificador"),
        ),
        PhoneCustomer(
            key="mariana", name="Mariana Albuquerque", phone="5583987340962", note=gettext_noop("número com o 9")
        ),
        PhoneCustomer(key="mariana-8", name="Mariana, sem o 9", phone="558387340962", note="55 83 8734-0962"),
        PhoneCustomer(
            key="davi",
            name="Davi",
            bsuid="BR.DAVIFARIAS01",
            username="davi.farias",
            note=gettext_noop("sem número, só nome de usuário"),
        ),
    ]


def invented(name: str, *, phone: str, has_bsuid: bool) -> PhoneCustomer:
    """Make somebody up. Without a number there is always a business-scoped id, as with Meta (§6.1)."""
    digits = re.sub(r"\D", "", phone)
    key = secrets.token_hex(4)
    bsuid = f"BR.{_letters(16)}" if has_bsuid or not digits else ""
    note = f"+{digits}" if digits else gettext_noop("sem número")
    return PhoneCustomer(key=key, name=name, phone=digits, bsuid=bsuid, note=note)


def new_number() -> str:
    """A Brazilian mobile number that nobody has here yet."""
    return f"55839{secrets.randbelow(9 * 10**7) + 9 * 10**7 + 10**6:08d}"[:13]


def _letters(count: int) -> str:
    return "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(count))
