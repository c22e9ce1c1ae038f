"""Documentation is tested: what is not written down fails here."""

import re

from apps.contracts.events import EVENT_TYPES, Event
from apps.events.drawing import draw
from apps.events.pipeline import handler, pipeline
from tests.architecture.tree import APPS, ROOT, python_files

DOCS = ROOT / "docs"


def test_architecture_shows_the_pipeline_as_it_is():
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")

    assert draw() in text, "docs/architecture.md is not what `manage.py pipeline` prints"


def test_every_line_of_the_pipeline_names_a_handler():
    for line in pipeline():
        assert callable(handler(line.to))
        assert not line.otherwise or callable(handler(line.otherwise))


def test_every_event_has_its_section():
    headings = re.findall(r"^## `([a-z.]+)`", (DOCS / "events.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(headings) == sorted(event.type for event in EVENT_TYPES)
    assert {event.type for event in Event.__subclasses__()} == set(headings)


def test_every_handler_is_mentioned_with_its_event():
    text = (DOCS / "events.md").read_text(encoding="utf-8")
    for line in pipeline():
        section = text.split(f"## `{line.event.type}`")[1].split("\n## ")[0]
        assert f"`{line.to}`" in section, f"{line.to} is not explained under {line.event.type}"


def test_every_metric_is_explained():
    text = (DOCS / "metrics.md").read_text(encoding="utf-8")
    defined = {
        name
        for path in python_files(APPS)
        for name in re.findall(
            r'(?:Counter|Gauge|Histogram|Summary)\(\s*"(urbana_[a-z_]+)"', path.read_text(encoding="utf-8")
        )
    }

    assert defined
    assert sorted(name for name in defined if f"`{name}`" not in text) == []


def test_the_pipeline_is_named_by_the_setting_and_fits_on_a_page(settings):
    source = ROOT / "urbana" / "pipeline.py"

    assert settings.EVENT_PIPELINE == "urbana.pipeline.PIPELINE"
    assert len(source.read_text(encoding="utf-8").splitlines()) <= 60


def test_every_decision_is_listed():
    index = (DOCS / "architecture.md").read_text(encoding="utf-8")

    missing = [path.name for path in sorted((DOCS / "decisions").glob("*.md")) if path.name not in index]
    assert missing == []
