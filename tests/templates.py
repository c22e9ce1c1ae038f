"""Compiles every template of ours, so that a wrong tag is found before a page is."""

import os
import sys
from pathlib import Path

import django
from django.template import TemplateSyntaxError
from django.template.loader import get_template

BASE_DIR = Path(__file__).resolve().parents[1]
FOLDERS = (BASE_DIR / "templates", *sorted((BASE_DIR / "apps").glob("*/templates")))


def names() -> list[str]:
    """Give the name of every template, as views and includes use it."""
    return [
        str(path.relative_to(folder))
        for folder in FOLDERS
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".html", ".txt", ".svg")
    ]


def main() -> int:
    """Print what does not compile and give how many that are."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "urbana.settings")
    django.setup()
    broken = 0
    for name in names():
        try:
            get_template(name)
        except TemplateSyntaxError as error:
            broken += 1
            print(f"{name}: {error}")
    return broken


if __name__ == "__main__":
    sys.exit(main())
