"""Extensions are switched on per business, with settings that their own model has checked."""

import pytest
from django.core.exceptions import ValidationError

from apps.contracts.plugins import PluginKind
from apps.plugins import registry, selectors
from apps.plugins.models import PluginSetting
from tests.tenants.factories import make_tenant


def switch_on(plugin: str, *, tenant_id: str = "default", **settings: object) -> PluginSetting:
    return PluginSetting.objects.create(
        tenant=make_tenant(tenant_id), plugin=plugin, is_enabled=True, settings=settings
    )


def test_an_extension_works_only_where_it_was_switched_on(shout):
    make_tenant("vizinha")
    assert selectors.enabled("default", PluginKind.ENRICHER) == []

    switch_on(shout, threshold=5)

    [enabled] = selectors.enabled("default", PluginKind.ENRICHER)
    assert (enabled.name, enabled.settings.threshold) == ("shout", 5)
    assert selectors.enabled("vizinha", PluginKind.ENRICHER) == []
    assert selectors.enabled("default", PluginKind.TOOL) == []


def test_switching_off_works_at_once(shout):
    setting = switch_on(shout)
    assert selectors.enabled_enrichers("default")

    setting.is_enabled = False
    setting.save()

    assert selectors.enabled_enrichers("default") == []


def test_settings_that_the_extension_does_not_understand_are_refused_with_the_field(shout):
    with pytest.raises(ValidationError) as refusal:
        PluginSetting(tenant=make_tenant(), plugin=shout, settings={"threshold": "many"}).full_clean()

    assert "threshold" in str(refusal.value.message_dict["settings"])


def test_a_list_may_stand_for_a_tuple_as_json_has_no_other(shout):
    setting = switch_on(shout, words=["URGENTE"])

    setting.full_clean()

    assert selectors.enabled("default", PluginKind.ENRICHER)[0].settings.words == ("URGENTE",)


def test_an_extension_that_is_not_installed_any_more_is_left_out(shout):
    switch_on(shout)
    assert selectors.enabled("default", PluginKind.ENRICHER)

    registry.unregister(PluginKind.ENRICHER, "shout")

    assert selectors.enabled("default", PluginKind.ENRICHER) == []


def test_settings_that_no_longer_fit_leave_the_extension_out(shout):
    switch_on(shout, threshold="many")

    assert selectors.enabled("default", PluginKind.ENRICHER) == []
