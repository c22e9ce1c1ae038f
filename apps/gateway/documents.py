"""What arrived, exactly as it arrived, and the statuses that wait for their message."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, ClassVar

from mongoengine import (
    BinaryField,
    BooleanField,
    DateTimeField,
    DictField,
    IntField,
    ListField,
    LongField,
    StringField,
)
from pymongo.errors import BulkWriteError

from apps.common.mongo import TenantDocument, database, object_id

RECEIVED, DONE, DEAD = "received", "done", "dead"
DELIVERIES = "webhook_deliveries"
DUPLICATE_KEY_CODE = 11000

#: A delivery before it is a document: the webhook writes it without mongoengine, which would cost more than the insert.
Row = dict[str, Any]


class WebhookDelivery(TenantDocument):
    """One verified webhook body, kept 30 days.

    received_ns: arrival in nanoseconds, which orders what one customer wrote. status: received (not yet ingested),
    done, or dead (something in it could not be read; kept for replay). attempts: ingests that may have been cut off.
    """

    account: Any = StringField(required=True)
    kind: Any = StringField(required=True)
    body: Any = BinaryField(required=True)
    received_at: Any = DateTimeField(required=True)
    received_ns: Any = LongField(required=True)
    status: Any = StringField(default=RECEIVED)
    attempts: Any = IntField(default=0)
    error: Any = StringField(default="")
    traceparent: Any = StringField(default="")

    meta: ClassVar[dict[str, Any]] = {
        "collection": DELIVERIES,
        "indexes": [
            {
                "fields": ["received_ns"],
                "name": "to_ingest",
                "partialFilterExpression": {"status": RECEIVED},
            },
            {
                "fields": ["tenant_id", "-received_at"],
                "name": "dead_letters",
                "partialFilterExpression": {"status": DEAD},
            },
            {"fields": ["received_at"], "expireAfterSeconds": 30 * 24 * 3600},
        ],
    }


class ParkedStatus(TenantDocument):
    """A status whose message nobody knows yet: it may come before our own record of the send. Kept 8 days."""

    account: Any = StringField(required=True)
    external_id: Any = StringField(required=True)
    report: Any = DictField(required=True)
    is_tried: Any = BooleanField(default=False)

    meta: ClassVar[dict[str, Any]] = {
        "collection": "parked_statuses",
        "indexes": [
            ("tenant_id", "account", "external_id"),
            {"fields": ["is_tried", "created_at"], "name": "to_try"},
            {"fields": ["created_at"], "expireAfterSeconds": 8 * 24 * 3600},
        ],
    }


class IntakeGap(TenantDocument):
    """A time in which an account's webhooks could not be taken for reasons of ours (contracts.words.Gap). Kept 30 days.

    refused: how many webhooks were refused in it; none while nobody listened.
    """

    account: Any = StringField(required=True)
    reason: Any = StringField(required=True)
    started_at: Any = DateTimeField(required=True)
    ended_at: Any = DateTimeField(required=True)
    refused: Any = IntField(default=0)

    meta: ClassVar[dict[str, Any]] = {
        "collection": "intake_gaps",
        "indexes": [
            ("tenant_id", "-ended_at"),
            {"fields": ["ended_at"], "expireAfterSeconds": 30 * 24 * 3600},
        ],
    }


class StoredFile(TenantDocument):
    """A file that somebody uploaded in order to send it. One that no message carries is swept after a day.

    owner: the attendant who uploaded it, the only one who may send it. path: where the storage keeps it.
    """

    owner: Any = StringField(required=True)
    path: Any = StringField(required=True)
    mime_type: Any = StringField(required=True)
    size_bytes: Any = LongField(required=True)
    filename: Any = StringField(default="")
    is_sent: Any = BooleanField(default=False)

    meta: ClassVar[dict[str, Any]] = {
        "collection": "stored_files",
        "indexes": [
            ("tenant_id", "owner"),
            ("tenant_id", "path"),
            {"fields": ["is_sent", "created_at"], "name": "to_sweep"},
        ],
    }


class AccountHealth(TenantDocument):
    """What was last found out about one account, and since when it is so.

    checks: name, state, sentence, next_step, since and at of each, and the last state that was known; notices: the
    vendor's latest news about the account.
    next_at: when to look again. restricted_at, restricted_until: what the vendor announced. handshake_at: when the
    vendor last confirmed the webhook; former_secret_at, present_secret_at: when a webhook was last signed with either,
    kept only while there are two.
    """

    account: Any = StringField(required=True)
    checks: Any = ListField(DictField())
    checked_at: Any = DateTimeField()
    next_at: Any = DateTimeField()
    notices: Any = ListField(DictField())
    restricted_at: Any = DateTimeField()
    restricted_until: Any = DateTimeField()
    handshake_at: Any = DateTimeField()
    former_secret_at: Any = DateTimeField()
    present_secret_at: Any = DateTimeField()

    meta: ClassVar[dict[str, Any]] = {
        "collection": "account_health",
        "indexes": [{"fields": ["tenant_id", "account"], "unique": True}],
    }


def new_row(
    *, row_id: Any, tenant_id: str, account: str, kind: str, body: bytes, received_ns: int, traceparent: str
) -> Row:
    """Shape one delivery as MongoDB keeps it. Its id travels with it, so that storing it twice is storing it once."""
    received_at = datetime.fromtimestamp(received_ns / 1e9, tz=UTC)
    return {
        "_id": row_id,
        "tenant_id": tenant_id,
        "schema_version": 1,
        "created_at": received_at,
        "account": account,
        "kind": kind,
        "body": body,
        "received_at": received_at,
        "received_ns": received_ns,
        "status": RECEIVED,
        "attempts": 0,
        "error": "",
        "traceparent": traceparent,
    }


def insert_deliveries(rows: Iterable[Row]) -> None:
    """Insert rows as the spool kept them; one that is there already is no error."""
    documents = [{**row, "_id": object_id(row["_id"])} for row in rows]
    try:
        database()[DELIVERIES].insert_many(documents, ordered=False)
    except BulkWriteError as error:
        if any(one["code"] != DUPLICATE_KEY_CODE for one in error.details["writeErrors"]):
            raise
