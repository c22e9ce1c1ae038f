"""How extensions become known."""

from importlib.metadata import EntryPoint

import pytest

from apps.contracts.plugins import PluginKind
from apps.plugins import checks, discovery, registry
from tests.plugins.conftest import ShoutEnricher


def test_a_registered_extension_is_found_by_kind_and_name(shout):
    assert isinstance(registry.get(PluginKind.ENRICHER, "shout"), ShoutEnricher)
    assert "shout" in registry.all(PluginKind.ENRICHER)
    assert "shout" not in registry.all(PluginKind.TOOL)


def test_an_unknown_name_is_an_error_that_names_it():
    with pytest.raises(registry.UnknownPlugin, match="nobody"):
        registry.get(PluginKind.CHANNEL, "nobody")


def test_registering_again_is_harmless_and_two_different_ones_are_a_conflict(shout):
    registry.register(PluginKind.ENRICHER, "shout", ShoutEnricher())

    with pytest.raises(registry.PluginConflict):
        registry.register(PluginKind.ENRICHER, "shout", object())


def test_the_product_ships_an_enricher_found_through_the_installed_apps():
    assert "neighbourhood" in registry.all(PluginKind.ENRICHER)


def register_from_package() -> None:
    registry.register(PluginKind.RULE_ACTION, "from-package", object())


def test_an_entry_point_of_an_installed_package_registers_itself():
    discovery.load(EntryPoint("good", "tests.plugins.test_registry:register_from_package", discovery.GROUP))

    assert "from-package" in registry.all(PluginKind.RULE_ACTION)
    registry.unregister(PluginKind.RULE_ACTION, "from-package")


def test_a_broken_package_is_reported_and_stops_nothing():
    discovery.load(EntryPoint("broken", "no_such_package:register", discovery.GROUP))

    [warning] = checks.plugins_can_be_loaded(None)
    discovery.problems.clear()

    assert "broken" in str(warning.msg)
    assert "no_such_package" in str(warning.msg)
