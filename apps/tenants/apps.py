from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from apps.tenants import checks as checks


class TenantsConfig(AppConfig):
    name = "apps.tenants"
    label = "tenants"
    verbose_name = _("Empresa")
