"""HTTP paths → views (includes only). The webhook is mounted before Django, in `urbana/asgi.py`."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from apps.console.site import site as console

urlpatterns = [
    path("", include("apps.common.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("admin/records/", include("apps.console.record_urls")),
    path("admin/accounts/", include("apps.console.connecting.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("apps.api.urls")),
    path("console/", console.urls),
]

if settings.URBANA_SIMULATOR:
    urlpatterns += [path("simulator/", include("apps.simulator.urls"))]
