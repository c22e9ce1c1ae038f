"""Keeps personal data and secrets out of log lines and error reports."""

import re

# Order matters: a credential may contain what looks like a phone number.
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<=://)[^\s/@:]*:[^\s/@]+(?=@)"), "***"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), r"\1 ***"),
    (
        re.compile(
            r"(?i)\b([\w-]*(?:token|secret|password|api[_-]?key|signature))(['\"]?\s*[=:]\s*['\"]?)[^\s&,'\"}]+"
        ),
        r"\1\2***",
    ),
    (re.compile(r"\bsk-[\w-]{8,}"), "sk-***"),
    # Some vendors' tokens are a number, a colon and a secret, and stand in the path of every address.
    (re.compile(r"\d{6,}:[\w-]{20,}"), "***"),
    # A wamid is base64 of, among others, the customer's number; its end tells messages apart.
    (re.compile(r"\bwamid\.[\w+/=-]*?([\w+/=-]{6})(?![\w+/=-])"), r"wamid.***\1"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "***@***"),
    (re.compile(r"(?<!\w)\d{3}\.\d{3}\.\d{3}-\d{2}(?!\w)"), "***.***.***-**"),
    (re.compile(r"(?<!\w)\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}(?!\w)"), "**.***.***/****-**"),
    (re.compile(r"(?<![\w.])(?:\+?\d{2}[\s.-]?)?\(?\d{2}\)?[\s.-]?9?[\s.-]?\d{4}[\s.-]\d{4}(?!\w)"), "***"),
    (re.compile(r"(?<![\w.])\+?\d{10,15}(?![\w.]*\w)"), "***"),
)


def mask(text: str) -> str:
    """Replace phone numbers, e-mails, CPF, CNPJ, credentials and message ids that contain them."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text
