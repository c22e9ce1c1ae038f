"""Personal data does not leave the house: it travels as placeholders and comes back in the reply. Pure.

The patterns and their order come from the LGPD fact sheet: a random Pix key before cards, phones before cards.
"""

import re
from dataclasses import dataclass, field

from apps.common.portuguese import clean

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "EMAIL",
        re.compile(r"(?<![\w.+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}(?![\w-])"),
    ),
    ("CHAVE", re.compile(r"(?i)(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])")),
    ("CNPJ", re.compile(r"(?<![0-9A-Za-z])\d{2}\.?\d{3}\.?\d{3}/\d{4}-?\d{2}(?![0-9A-Za-z])")),
    ("CPF", re.compile(r"(?<!\d)\d{3}\.\d{3}\.\d{3}[-.\s]?\d{2}(?!\d)|(?<!\d)\d{9}-\d{2}(?!\d)")),
    ("CARTAO", re.compile(r"(?<![\d+])[2-6](?:\d[ -]?){11,17}\d(?!\d)")),
    (
        "TEL",
        re.compile(
            r"(?<!\d)(?:\+?55[\s.-]?)?(?:\(?0?[1-9][1-9]\)?[\s.-]?)(?:9[\s.-]?\d{4}|[2-9]\d{3})[\s.-]?\d{4}(?!\d)"
        ),
    ),
    ("CPF", re.compile(r"(?<!\d)\d{3}[.\s]?\d{3}[.\s]?\d{3}[-.\s]?\d{2}(?!\d)")),
    ("CEP", re.compile(r"(?<!\d)\d{5}-\d{3}(?!\d)")),
)
_PLACEHOLDER = re.compile(r"\[(?:EMAIL|CHAVE|CNPJ|CPF|CARTAO|TEL|CEP)_\d+\]")


@dataclass
class Masks:
    """The placeholders of one conversation. The same value always gets the same one, in the order of appearance."""

    values: dict[str, str] = field(default_factory=dict)

    def hide(self, text: str) -> str:
        """Replace personal data by placeholders."""
        text = clean(text)
        for label, pattern in _PATTERNS:
            text = pattern.sub(lambda hit, label=label: self._placeholder(label, hit.group()), text)  # type: ignore[misc]
        return text

    def show(self, text: str) -> str:
        """Put the values back where their placeholders stand."""
        for placeholder, value in self.values.items():
            text = text.replace(placeholder, value)
        return text

    def _placeholder(self, label: str, value: str) -> str:
        if label == "CARTAO" and not _is_card(value):
            return value
        for placeholder, known in self.values.items():
            if known == value:
                return placeholder
        number = 1 + sum(1 for placeholder in self.values if placeholder.startswith(f"[{label}_"))
        self.values[f"[{label}_{number}]"] = value
        return f"[{label}_{number}]"


def has_placeholder(text: str) -> bool:
    """Tell whether a placeholder is left: one that the model made up, which must not reach the customer."""
    return _PLACEHOLDER.search(text) is not None


def _is_card(value: str) -> bool:
    """Luhn, so that order and protocol numbers stay readable."""
    digits = [int(digit) for digit in value if digit.isdigit()]
    if not 13 <= len(digits) <= 19:
        return False
    doubled = [digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
