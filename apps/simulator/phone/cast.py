"""Who can be chosen to write, before anybody is invented. One person each, picked for what a gateway gets wrong."""

import re
import secrets
import string

from django.utils.translation import gettext_noop

from apps.simulator.phone.changes import PhoneCustomer

#: A place in Campina Grande (PB) for "share location": latitude, longitude, name, address.
PLACE = (-7.2256, -35.8781, "Açude Velho", "Campina Grande, PB")


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
