"""One word per thing: no name of ours uses a word of the glossary's *not* column."""

import ast
import re

from tests.architecture.tree import APPS, name_of, python_files, tree_of

NOT_OURS = {
    "bot",
    "bots",
    "gpt",
    "agent",
    "agents",
    "operator",
    "chat",
    "chats",
    "chatroom",
    "inbox",
    "inboxes",
    "escalation",
    "escalate",
    "escalated",
    "incoming",
    "contact",
    "integration",
    "integrations",
}
#: At the border the vendor's own words stand: that is what a border is for.
BORDERS = ("apps/gateway/channels/", "apps/ai/providers/", "apps/simulator/")
DRAWERS_NOT_OURS = {"utils", "util", "helpers", "helper", "manager", "managers"}


def _names(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno


def _words(name):
    return {word.lower() for word in re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+", name)}


def test_names_use_the_words_of_the_glossary():
    wrong = [
        f"{name_of(path)}:{line} {name}"
        for path in python_files()
        if not name_of(path).startswith(BORDERS)
        for name, line in _names(tree_of(path))
        if _words(name) & NOT_OURS
    ]

    assert wrong == []


def test_no_drawer_is_called_utils_or_manager():
    assert [name_of(path) for path in python_files() if path.stem in DRAWERS_NOT_OURS] == []


def test_no_class_is_a_manager_helper_or_util():
    vague = [
        f"{name_of(path)} {node.name}"
        for path in python_files(APPS)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef) and re.search(r"(Helper|Util|Utils)$", node.name)
    ]

    assert vague == []
