"""Amounts as people in Brazil write them."""

from decimal import Decimal, InvalidOperation

SIGNS = {"BRL": "R$", "USD": "US$", "EUR": "€"}


def money(amount: Decimal, currency: str = "BRL") -> str:
    """`R$ 1.899,90`; a currency without a sign of its own stands with its code."""
    written = f"{amount:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")
    return f"{SIGNS.get(currency.upper(), currency.upper())} {written}".strip()


def amount_of(written: str) -> Decimal | None:
    """The amount in a text such as "39.50"; None when it is none."""
    try:
        found = Decimal(written)
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < Decimal("1e12") else None
