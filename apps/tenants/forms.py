"""Forms that stay inside one business."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.tenants.models import Tenant
from apps.tenants.relations import strangers


def inside_tenant(form: Any, tenant: Tenant | None) -> Any:
    """Make a model form that gives new rows their tenant, when there is only one to give, and refuses a neighbour's rows."""

    class FormInsideTenant(form):  # type: ignore[misc]
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            if tenant is not None and self.instance.pk is None:
                self.instance.tenant = tenant

        def _get_validation_exclusions(self) -> set[str]:
            # Django checks no constraint on a field that the form does not show, such as "this slug once per tenant".
            return set(super()._get_validation_exclusions()) - {"tenant"}

        def _post_clean(self) -> None:
            super()._post_clean()
            for name in strangers(self.instance):
                if name in self.fields:
                    self.add_error(name, _("Isto é de outra empresa."))

    return FormInsideTenant
