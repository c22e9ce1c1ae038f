"""Small files and small functions: what separates good code from bad is the tail, not the median."""

import ast

from tests.architecture.tree import OURS, ROOT, name_of, python_files, tree_of

MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 40
MOST_LINES_OF_A_TEMPLATE = 80
#: Beyond the usual limit a file needs a reason; there may be few of them.
USUAL_LINES_OF_A_FILE = 250
MOST_LONG_FILES = 12


def _lines(path):
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_file_is_longer_than_four_hundred_lines():
    scripts = [
        path for folder in ("static", "tests") for kind in ("js", "py") for path in (ROOT / folder).rglob(f"*.{kind}")
    ]
    own = [path for path in [*python_files(*OURS), *scripts] if "vendor" not in path.parts]

    assert [name_of(path) for path in own if _lines(path) > MOST_LINES_OF_A_FILE] == []


def test_files_over_two_hundred_and_fifty_lines_stay_the_exception():
    long = [name_of(path) for path in python_files() if _lines(path) > USUAL_LINES_OF_A_FILE]

    assert len(long) <= MOST_LONG_FILES, long


def test_no_function_is_longer_than_forty_lines():
    long = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in python_files()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > MOST_LINES_OF_A_FUNCTION
    ]

    assert long == []


def test_no_template_is_longer_than_eighty_lines():
    templates = [path for folder in ("templates", "apps") for path in (ROOT / folder).rglob("*.html")]

    assert templates
    assert [name_of(path) for path in templates if _lines(path) > MOST_LINES_OF_A_TEMPLATE] == []
