"""Addresses of the connecting pages, below /admin/accounts/. Only who may enter /admin/ gets past any of them."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.urls import URLPattern, path

from apps.console.connecting import first_message, secret_pages, sending, steps

app_name = "accounts"


def _page(address: str, view: Callable[..., Any], name: str) -> URLPattern:
    return path(address, admin.site.admin_view(view), name=name)


urlpatterns = [
    _page("connect/", steps.choose, "choose"),
    _page("connect/<slug:kind>/", steps.connect, "connect"),
    _page("<slug:slug>/", steps.account, "account"),
    _page("<slug:slug>/credentials/", steps.credentials, "credentials"),
    _page("<slug:slug>/webhook/", steps.webhook, "webhook"),
    _page("<slug:slug>/webhook/state/", steps.webhook_state, "webhook_state"),
    _page("<slug:slug>/test/", first_message.test, "test"),
    _page("<slug:slug>/test/state/", first_message.test_state, "test_state"),
    _page("<slug:slug>/result/", steps.result, "result"),
    _page("<slug:slug>/check/", steps.check_now, "check"),
    _page("<slug:slug>/try/", sending.try_now, "try_now"),
    _page("<slug:slug>/secrets/", secret_pages.secrets, "secrets"),
    _page("<slug:slug>/secrets/retire/", secret_pages.retire, "retire"),
]
