"""The page for administrators explains every error as the product explains it: docs/whatsapp.md cannot go stale."""

from apps.gateway.channels.whatsapp.abilities import ABILITIES
from apps.gateway.channels.whatsapp.error_table import FAMILIES, TABLE, ErrorClass, Explained
from tests.architecture.tree import ROOT

PAGE = ROOT / "docs" / "whatsapp.md"
BEGINS, ENDS = "<!-- errors -->\n", "<!-- /errors -->"
DOES = {
    ErrorClass.REFUSED: "repete sozinho",
    ErrorClass.AMBIGUOUS: "espera prova",
    ErrorClass.MEDIA: "tenta mais algumas vezes",
    ErrorClass.NEVER: "não repete",
    ErrorClass.ACCOUNT: "segura a conta",
}


def row(codes: str, explained: Explained) -> str:
    return f"| {codes} | {explained.sentence} | {explained.next_step} | {DOES[explained.error_class]} |"


def table() -> str:
    """The table as it must stand in the page: by code, those with one explanation in one row."""
    alike: dict[Explained, list[int]] = {}
    for code, explained in sorted(TABLE.items()):
        alike.setdefault(explained, []).append(code)
    rows = [row(", ".join(map(str, codes)), explained) for explained, codes in alike.items()]
    families = [row(f"{first} a {last}", explained) for first, last, explained in FAMILIES]
    head = ["| erro | o que houve | o que fazer | o sistema |", "|---|---|---|---|"]
    return "\n".join([*head, *rows, "", "Os demais códigos de cada família:", "", *head, *families, ""])


def test_the_page_explains_every_error_as_the_product_does():
    written = PAGE.read_text(encoding="utf-8").partition(BEGINS)[2].partition(ENDS)[0]

    assert written == table(), "copy what `tests.gateway.test_error_page.table()` gives between the two marks"


def test_the_page_names_every_webhook_field_that_the_wizard_asks_for():
    page = PAGE.read_text(encoding="utf-8")
    asked = ABILITIES.webhook_help.partition("assine ")[2].rstrip(".").replace(" e ", ", ").split(", ")

    assert len(asked) >= 5
    assert [field for field in asked if f"| `{field}` |" not in page] == []


def test_the_page_is_found_from_the_readme():
    assert "docs/whatsapp.md" in (ROOT / "README.md").read_text(encoding="utf-8")
