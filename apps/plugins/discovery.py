"""Where extensions come from: a `plugins.py` in any installed app, and entry points of installed packages.

[project.entry-points."urbana.plugins"]
my_enricher = "my_package.urbana:register"      # called without arguments; it calls registry.register
"""

from importlib.metadata import EntryPoint, entry_points

from django.utils.module_loading import autodiscover_modules

from apps.plugins.registry import PluginConflict

GROUP = "urbana.plugins"

#: Entry points that could not be loaded, with the reason; a system check shows them.
problems: dict[str, str] = {}


def discover() -> None:
    """Load every extension that is installed. A broken package is noted and does not stop the product."""
    autodiscover_modules("plugins")
    for point in entry_points(group=GROUP):
        load(point)


def load(point: EntryPoint) -> None:
    """Load one entry point and call what it names."""
    try:
        register = point.load()
        register()
    except (ImportError, AttributeError, TypeError, ValueError, PluginConflict) as problem:
        problems[point.name] = f"{type(problem).__name__}: {problem}"
    else:
        problems.pop(point.name, None)
