"""Files in an S3-compatible store: the same for everybody above, and an outage is a file's error."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from apps.common.object_storage import StorageAway
from apps.common.storage_address import LOCAL, problems_of, storage_for
from tests.common.object_server import ObjectServer
from tests.servers import BASE_DIR


@pytest.fixture
def server() -> Iterator[ObjectServer]:
    with ObjectServer() as running:
        yield running


@pytest.fixture
def storage(server: ObjectServer) -> Storage:
    entry = storage_for(
        f"s3://arquivos/urbana?endpoint={server.url}&region=sa-east-1", access_key="the-key", secret_key="a secret"
    )
    return storages.create_storage(entry)


def test_a_file_is_kept_read_and_deleted(server: ObjectServer, storage: Storage) -> None:
    content = os.urandom(300_000)

    name = storage.save("default/default/2026/a.jpg", ContentFile(content))

    assert server.objects["arquivos/urbana/default/default/2026/a.jpg"] == content
    assert storage.size(name) == len(content)
    with storage.open(name) as file:
        file.seek(10)
        assert file.read(5) == content[10:15]
    storage.delete(name)
    assert not storage.exists(name)


def test_a_file_that_is_not_there_is_not_found(storage: Storage) -> None:
    assert not storage.exists("default/nada.jpg")
    with pytest.raises(FileNotFoundError):
        storage.open("default/nada.jpg")


def test_no_file_is_written_over_another(storage: Storage) -> None:
    names = {storage.save("default/a.jpg", ContentFile(content)) for content in (b"one", b"two")}

    assert len(names) == 2


def test_a_store_that_is_away_is_an_error_of_the_file(server: ObjectServer, storage: Storage) -> None:
    server.is_away = True

    for ask in (
        lambda: storage.save("default/a.jpg", ContentFile(b"x")),
        lambda: storage.open("default/a.jpg"),
        lambda: storage.size("default/a.jpg"),
    ):
        with pytest.raises(StorageAway):
            ask()


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("https://s3.example.com/bucket", "it does not begin with s3://"),
        ("s3://", "it names no bucket, or holds a password"),
        ("s3://key:secret@bucket", "it names no bucket, or holds a password"),
        ("s3://bucket?public=1", "it says something else than endpoint and region"),
        ("s3://bucket?endpoint=localhost:9000", "its endpoint is no http address"),
    ],
)
def test_an_address_that_cannot_be_used_is_explained_and_never_used(address: str, says: str) -> None:
    assert problems_of(address, access_key="", secret_key="") == [says]
    assert storage_for(address) == LOCAL


def test_half_a_pair_of_keys_is_noticed() -> None:
    assert problems_of("s3://bucket", access_key="x", secret_key="") == ["one of access key and secret key is missing"]


def test_without_an_address_files_stay_here_and_nothing_of_amazon_is_loaded() -> None:
    assert storage_for("") == LOCAL
    program = (
        "import json, sys, django; django.setup(); print(json.dumps([one for one in sys.modules if 'boto' in one]))"
    )
    told = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.static_settings", "PYTHONPATH": str(BASE_DIR)}

    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=told, check=True)

    assert json.loads(said.stdout.splitlines()[-1]) == []
