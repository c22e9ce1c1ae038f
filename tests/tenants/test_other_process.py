"""A change made here is seen by a process that runs already, without a restart."""

import os
import subprocess
import sys
import time

import pytest
from django.db import connection

from apps.tenants import models
from tests.servers import BASE_DIR
from tests.tenants.factories import make_queue

READER = """
import django, sys
django.setup()
from apps.tenants import selectors as tenants
for _line in sys.stdin:
    found = tenants.queue("default", "projetos")
    print(found.name if found else "none", flush=True)
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.real_processes
def test_a_change_works_in_another_process_within_two_seconds(redis):
    queue = make_queue("projetos")
    reader = _start_reader(str(connection.settings_dict["NAME"]))
    try:
        assert _ask(reader) == "Projetos"
        queue.name = "Projetos e obras"
        queue.save()
        changed_at = time.monotonic()

        while (answer := _ask(reader)) != "Projetos e obras" and time.monotonic() - changed_at < 5:
            time.sleep(0.05)

        assert answer == "Projetos e obras"
        assert time.monotonic() - changed_at < 2
    finally:
        reader.terminate()
        reader.wait(timeout=10)


@pytest.mark.django_db(transaction=True)
def test_every_row_of_the_database_is_named_by_a_version(redis):
    make_queue("projetos")

    assert set(models.ConfigVersion.objects.values_list("scope", flat=True)) == {"*", "default"}


def _start_reader(database: str) -> "subprocess.Popen[str]":
    # The tests' own database: SQLite's path, or the name of PostgreSQL's.
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
    assert reader.stdin is not None
    assert reader.stdout is not None
    reader.stdin.write("?\n")
    reader.stdin.flush()
    return reader.stdout.readline().strip()
