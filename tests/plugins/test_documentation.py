"""Every plugin point is written down."""

import re

from apps.contracts.plugins import PluginKind
from tests.servers import BASE_DIR


def test_every_plugin_point_has_its_section():
    headings = re.findall(r"^## `(\w+)`", (BASE_DIR / "docs/plugins.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(headings) == sorted(kind.value for kind in PluginKind)
