"""Indexes are made before any process starts, and follow their definition."""

from django.core.management import call_command

from apps.common import mongo
from apps.common.management.commands.ensure_indexes import document_classes


def test_every_document_class_has_its_indexes(mongodb: None) -> None:
    documents = document_classes()

    missing = {
        document.__name__: difference["missing"]
        for document in documents
        if (difference := document.compare_indexes())["missing"]
    }

    assert len(documents) > 5
    assert missing == {}


def test_an_index_whose_definition_changed_is_replaced(mongodb: None) -> None:
    (document,) = [each for each in document_classes() if each.__name__ == "EventRecord"]
    collection = document._get_collection()
    name, old = next((name, old) for name, old in collection.index_information().items() if old.get("unique"))
    collection.drop_index(name)
    collection.create_index(old["key"], name=name, unique=False)

    call_command("ensure_indexes")

    assert collection.index_information()[name]["unique"]


def test_running_twice_changes_nothing(mongodb: None) -> None:
    before = {each.__name__: each._get_collection().index_information() for each in document_classes()}

    call_command("ensure_indexes")

    assert before == {each.__name__: each._get_collection().index_information() for each in document_classes()}
    assert mongo.is_writable(timeout_seconds=2)
