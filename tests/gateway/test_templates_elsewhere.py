"""A template that Meta pauses is paused in every process of the product within two seconds."""

import os
import subprocess
import sys
import time

import pytest
from django.db import connection

from apps.common import clock
from apps.contracts.channels import AccountNews
from apps.contracts.words import AccountNewsKind
from apps.gateway import services
from apps.gateway.models import MessageTemplate
from tests.servers import BASE_DIR
from tests.tenants.factories import make_account

READER = """
import django, sys
django.setup()
from apps.gateway import selectors
for _line in sys.stdin:
    found = selectors.template("default", "default", "lembrete:pt_BR")
    print(found.status if found else "none", flush=True)
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.real_processes
def test_a_pause_reported_by_webhook_is_seen_by_another_process_within_two_seconds(redis):
    row = make_account("default")
    MessageTemplate.objects.create(
        tenant_id="default", account=row, name="lembrete", language="pt_BR", status="approved", synced_at=clock.now()
    )
    reader = _start_reader(str(connection.settings_dict["NAME"]))
    try:
        assert _ask(reader) == "approved"
        services.note_template_news(
            news=AccountNews(
                tenant_id="default",
                account="default",
                kind=AccountNewsKind.TEMPLATE_STATUS,
                state="PAUSED",
                subject="lembrete",
                language="pt_BR",
                at=clock.now(),
            )
        )
        told_at = time.monotonic()

        while (answer := _ask(reader)) != "paused" and time.monotonic() - told_at < 5:
            time.sleep(0.05)

        assert answer == "paused"
        assert time.monotonic() - told_at < 2
    finally:
        reader.terminate()
        reader.wait(timeout=10)


def _start_reader(database: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "urbana.settings", "DATABASE_URL": f"sqlite:///{database}"}
    return subprocess.Popen(
        [sys.executable, "-c", READER],
        cwd=BASE_DIR,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _ask(reader: "subprocess.Popen[str]") -> str:
    assert reader.stdin is not None and reader.stdout is not None
    reader.stdin.write("\n")
    reader.stdin.flush()
    return reader.stdout.readline().strip()
