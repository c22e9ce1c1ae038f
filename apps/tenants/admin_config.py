"""Makes our administration site the one that every `@admin.register` goes to."""

from django.contrib.admin.apps import AdminConfig


class AdministrationConfig(AdminConfig):
    default_site = "apps.tenants.admin_site.AdministrationSite"
