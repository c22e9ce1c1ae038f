"""Whose data is it? Every document, question, cache key and socket group names its tenant, or says here why it need not."""

import ast
import importlib
import inspect

from django.apps import apps as installed

from apps.common.mongo import TenantDocument
from tests.architecture.tree import APPS, name_of, python_files, tree_of

#: Questions about no tenant in particular, each with the reason that makes it safe.
ABOUT_NO_TENANT = {
    "tenants.account": "a slug is unique across tenants, and the value carries its tenant",
    "tenants.account_by_phone_number_id": "how a tenant is found out",
    "tenants.attendant_for_user": "how a tenant is found out",
    "tenants.tenants": "the list of tenants itself",
    "tenants.webhook_accounts": "the webhook's snapshot of every account",
    "tenants.config_version": "the version of one tenant's configuration",
    "plugins.installed": "what is installed on the machine, before any tenant enables it",
    "conversations.stuck_sends": "the reconciliation's sweep over all tenants; each row carries its tenant",
    "conversations.unconfirmed_sends": "the reconciliation's sweep over all tenants; each row carries its tenant",
    "gateway.account_for_simulator": "the one simulated account",
    "gateway.sending_state": "takes an account, which carries its tenant",
    "handoff.people_of": "takes a queue, which carries its tenant",
    "handoff.wait_in": "takes a queue, which carries its tenant",
    "api.key_for": "how a tenant is found out",
    "events.has_pending_before": "the reconciliation's question about all tenants; a yes or no",
    "events.backlog": "operators' counts without any content",
}
#: Keys and groups shared by all tenants, each with the reason.
SHARED_KEYS = {
    "apps/gateway/intake_health.py": "when intake beat last: no content",
    "apps/gateway/services/claims.py": "a claim on one body by its unique id",
    "apps/gateway/spool.py": "raw bodies, each row with its tenant",
    "apps/events/mirror.py": "outlines of ids only, each with its tenant; observers filter before they read",
    "apps/events/sweep.py": "the length of a queue of wake-ups",
    "apps/handoff/presence_store.py": "a scan over tenants; each key found carries its tenant",
    "apps/console/signals.py": "one channel for all web processes; each signal carries its tenant",
}
#: Arguments that carry their tenant with them.
CARRIERS = {"tenant_id", "attendant", "account", "conversation", "customer", "guest"}


def _documents():
    for config in installed.get_app_configs():
        if config.name.startswith("apps.") and (APPS / config.label / "documents.py").exists():
            module = importlib.import_module(f"{config.name}.documents")
            yield from (
                one for _, one in inspect.getmembers(module, inspect.isclass) if one.__module__ == module.__name__
            )


def _selectors():
    for app in sorted(
        path.name for path in APPS.iterdir() if (path / "selectors.py").exists() or (path / "selectors").is_dir()
    ):
        module = importlib.import_module(f"apps.{app}.selectors")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__.startswith(module.__name__) and not name.startswith("_"):
                yield f"{app}.{name}", function


def test_every_document_carries_its_tenant():
    stored = [one for one in _documents() if hasattr(one, "objects")]

    assert len(stored) >= 5
    assert [one.__name__ for one in stored if not issubclass(one, TenantDocument)] == []


def test_every_question_names_its_tenant():
    without = [
        name
        for name, function in _selectors()
        if not CARRIERS & set(inspect.signature(function).parameters) and name not in ABOUT_NO_TENANT
    ]

    assert without == []


def test_every_shared_key_has_a_reason():
    shared = sorted(
        {
            name_of(path)
            for path in python_files(APPS)
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.Call)
            and ast.unparse(node.func) in ("redis.key", "redis_client.key")
            and "tenant" not in ast.unparse(node)
        }
    )

    assert [path for path in shared if path not in SHARED_KEYS] == []


def test_every_socket_group_names_its_tenant():
    groups = [
        f"{name_of(path)}:{node.lineno}"
        for path in python_files(APPS)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith((".group_add", ".group_send"))
        and "tenant" not in ast.unparse(node)
    ]

    assert groups == []
