"""Errors are decided once: one broad catch in the whole product, in event delivery."""

import ast

from tests.architecture.tree import name_of, python_files, tree_of


def _is_broad(handler):
    caught = handler.type
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(
        name is None or (isinstance(name, ast.Name) and name.id in ("Exception", "BaseException")) for name in names
    )


def _raises_again(handler):
    return isinstance(handler.body[-1], ast.Raise) and handler.body[-1].exc is None


def test_only_event_delivery_catches_everything():
    broad = [
        name_of(path)
        for path in python_files()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ExceptHandler) and _is_broad(node) and not _raises_again(node)
    ]

    assert broad == ["apps/events/delivery.py"]


def test_nothing_is_imported_inside_a_function():
    inside = [
        f"{name_of(path)}:{node.lineno}"
        for path in python_files()
        for function in ast.walk(tree_of(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]

    assert inside == []


def test_handlers_and_tasks_fit_on_a_hand():
    long = [
        f"{name_of(path)} {node.name}"
        for path in python_files()
        if path.stem in ("handlers", "tasks")
        for node in tree_of(path).body
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno > 10
    ]

    assert long == []
