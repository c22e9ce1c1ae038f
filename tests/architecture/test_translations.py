"""Every sentence of ours can be read in English. Sentences are found as GNU gettext finds them, without needing it."""

import ast
import gettext as gnu
import re

import pytest
from django.utils.translation.template import templatize

from tests.architecture.tree import ROOT, name_of, python_files, tree_of

LOCALES = ROOT / "locale"
TEMPLATES = sorted(
    path
    for folder in (ROOT / "templates", *sorted((ROOT / "apps").glob("*/templates")))
    for path in folder.rglob("*")
    if path.suffix in (".html", ".txt")
)
SINGLE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
IN_CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}
LITERAL = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b(ngettext|gettext|_)\(({LITERAL}(?:,\s*{LITERAL})?)")
PLACEHOLDER = re.compile(r"%\(\w+\)[-+ #.\d]*[a-z]|\{\w+\}")
LINE = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?) (".*")')


def catalogue_of(locale):
    """The entries of a .po file in their order, the header first; texts without quotes and escapes."""
    entries, current, key, is_fuzzy = [], {}, "", False
    for line in (LOCALES / locale / "LC_MESSAGES/django.po").read_text(encoding="utf-8").splitlines():
        found = LINE.fullmatch(line)
        if found:
            key = found[1]
            if key == "msgctxt" or (key == "msgid" and "msgctxt" not in current) or (key == "msgid" and key in current):
                current = {"is_fuzzy": is_fuzzy}
                entries.append(current)
                is_fuzzy = False
            current[key] = ast.literal_eval(found[2])
        elif line.startswith('"'):
            current[key] += ast.literal_eval(line)
        elif line.startswith("#,"):
            is_fuzzy = "fuzzy" in line
    return entries


def texts_of(entry):
    return [text for key, text in entry.items() if key.startswith("msgstr")]


def sentences_in_templates():
    for path in TEMPLATES:
        for name, arguments in CALL.findall(templatize(path.read_text(encoding="utf-8"), origin=str(path))):
            yield name_of(path), ast.literal_eval(f"({arguments},)")[: 2 if name == "ngettext" else 1]


def sentences_in_python():
    for path in python_files():
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            taken = 1 if name in SINGLE else 2 if name in PLURAL else 0
            words = [one.value for one in node.args[:taken] if isinstance(one, ast.Constant)]
            if words and all(isinstance(word, str) for word in words):
                yield name_of(path), tuple(words)


@pytest.fixture(scope="module")
def english():
    return {
        (entry["msgid"], entry["msgid_plural"]) if "msgid_plural" in entry else (entry["msgid"],): entry
        for entry in catalogue_of("en")[1:]
    }


@pytest.mark.parametrize("sentences", [sentences_in_templates, sentences_in_python])
def test_every_sentence_has_an_english_one(english, sentences):
    found = list(sentences())

    assert len(found) > 300
    # `make messages` collects what is missing; then somebody writes it.
    assert sorted({(place, words[0]) for place, words in found if words not in english}) == []


def test_every_entry_is_written_and_certain(english):
    unfinished = [words for words, entry in english.items() if entry["is_fuzzy"] or not all(texts_of(entry))]

    assert unfinished == []


def test_placeholders_are_the_same_in_both_languages(english):
    different = [
        (words[0], text)
        for words, entry in english.items()
        for text in texts_of(entry)
        if sorted(PLACEHOLDER.findall(words[0])) != sorted(PLACEHOLDER.findall(text))
    ]

    assert different == []


@pytest.mark.parametrize("locale", ["en", "pt_BR"])
def test_the_compiled_catalogue_is_the_written_one(locale):
    written = {}
    for entry in catalogue_of(locale)[1:]:
        texts = texts_of(entry)
        if "msgid_plural" in entry:
            written |= {(entry["msgid"], number): text for number, text in enumerate(texts)}
        else:
            written[entry["msgid"]] = texts[0]

    with (LOCALES / locale / "LC_MESSAGES/django.mo").open("rb") as compiled:
        read = dict(gnu.GNUTranslations(compiled)._catalog)  # it has no public listing

    assert {key: text for key, text in read.items() if key != ""} == written


def test_no_sentence_needs_a_context():
    """The parser above does not read contexts; a sentence that needs one is better told apart by its words."""
    used = [
        name_of(path)
        for path in python_files()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in IN_CONTEXT
    ]

    assert used == []
