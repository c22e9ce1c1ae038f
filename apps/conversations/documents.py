"""The truth about each conversation: who the customer is, who holds it, and every message."""

from typing import Any, ClassVar

from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    EmbeddedDocument,
    EmbeddedDocumentListField,
    IntField,
    ListField,
    StringField,
)

from apps.common.mongo import TenantDocument


class Customer(TenantDocument):
    """One person, whatever number, business-scoped id or channel they write from.

    same_as: customers who seem to be the same person, for a person to judge; not_same_as: those somebody said are not.
    merged_into: who this one was made part of; it then keeps only an identity of no channel.
    """

    identities: Any = ListField(StringField())
    name: Any = StringField(default="")
    phone: Any = StringField(default="")
    username: Any = StringField(default="")
    tags: Any = ListField(StringField())
    custom: Any = DictField()
    opted_out_at: Any = DateTimeField()
    marketing_out_at: Any = DateTimeField()
    same_as: Any = ListField(StringField())
    not_same_as: Any = ListField(StringField())
    merged_into: Any = StringField(default="")
    conversations: Any = IntField(default=0)

    meta: ClassVar[dict[str, Any]] = {
        "collection": "customers",
        "indexes": [
            {"fields": ["tenant_id", "identities"], "unique": True, "name": "race_identity"},
            ("tenant_id", "created_at"),
            ("tenant_id", "phone"),
            ("tenant_id", "username"),
        ],
    }


class ConsentRecord(TenantDocument):
    """One time that a customer said what they accept, never changed. scope: "all" or "marketing". source: "customer" or "channel"."""

    customer_id: Any = StringField(required=True)
    account: Any = StringField(default="")
    external_id: Any = StringField(default="")
    scope: Any = StringField(required=True)
    is_out: Any = BooleanField(required=True)
    source: Any = StringField(required=True)
    at: Any = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {
        "collection": "consents",
        "indexes": [("tenant_id", "customer_id", "-at")],
    }


class CustomerMerge(TenantDocument):
    """Two customers made one, with all that parting them again needs. `before` is how each thing was, by its id."""

    kept_id: Any = StringField(required=True)
    merged_id: Any = StringField(required=True)
    merged_name: Any = StringField(default="")
    by_id: Any = StringField(default="")
    by: Any = StringField(default="")
    before: Any = DictField()
    undone_at: Any = DateTimeField()
    undone_by: Any = StringField(default="")

    meta: ClassVar[dict[str, Any]] = {
        "collection": "customer_merges",
        "indexes": [("tenant_id", "kept_id", "-created_at")],
    }


class Conversation(TenantDocument):
    """One open conversation per customer and account.

    turn: how often the customer wrote; answered: the last turn somebody answered for. seq: order of everything sent.
    lane: id of the outbound message being sent, "" when free. holder: see contracts.people.Holder. version: raised by
    every change. `is_open` mirrors the status for the partial unique index. heard_order: order of the customer's newest
    message, which names the `address` and the identities (`sender`) under which they write; late_order: of the newest late one.
    """

    account: Any = StringField(required=True)
    channel: Any = StringField(required=True)
    address: Any = StringField(required=True)
    sender: Any = ListField(StringField())
    heard_order: Any = StringField(default="")
    late_order: Any = StringField(default="")
    customer_id: Any = StringField(required=True)
    customer_name: Any = StringField(default="")
    customer_phone: Any = StringField(default="")
    protocol: Any = StringField(required=True)
    status: Any = StringField(default="active")
    is_open: Any = BooleanField(default=True)
    holder: Any = StringField(default="assistant")
    queue: Any = StringField(default="")
    attendant_id: Any = StringField(default="")
    attendant_name: Any = StringField(default="")
    participants: Any = ListField(StringField())
    assistant: Any = StringField(default="")
    turn: Any = IntField(default=0)
    answered: Any = IntField(default=0)
    seq: Any = IntField(default=0)
    lane: Any = StringField(default="")
    version: Any = IntField(default=0)
    failed_replies: Any = IntField(default=0)
    assistant_replies: Any = IntField(default=0)
    unread: Any = IntField(default=0)
    tags: Any = ListField(StringField())
    summary: Any = StringField(default="")
    intent: Any = StringField(default="")
    sentiment: Any = StringField(default="")
    collected: Any = DictField()
    window_expires_at: Any = DateTimeField()
    waiting_since: Any = DateTimeField()
    last_message_at: Any = DateTimeField(required=True)
    last_customer_message_at: Any = DateTimeField()
    burst_started_at: Any = DateTimeField()
    last_text: Any = StringField(default="")
    last_kind: Any = StringField(default="text")
    last_author: Any = StringField(default="")
    last_message_id: Any = StringField(default="")
    last_status: Any = StringField(default="")
    closed_at: Any = DateTimeField()
    outcome: Any = StringField(default="")
    rating: Any = IntField()

    meta: ClassVar[dict[str, Any]] = {
        "collection": "conversations",
        "indexes": [
            {
                "fields": ["tenant_id", "account", "customer_id"],
                "unique": True,
                "name": "race_one_open",
                "partialFilterExpression": {"is_open": True},
            },
            {"fields": ["tenant_id", "protocol"], "unique": True, "name": "race_protocol"},
            ("tenant_id", "status", "-last_message_at", "-_id"),
            ("tenant_id", "status", "waiting_since", "_id"),
            ("tenant_id", "customer_id", "-last_message_at"),
            ("tenant_id", "holder", "-last_customer_message_at", "-_id"),
            ("tenant_id", "participants", "-last_message_at"),
        ],
    }


class Attempt(EmbeddedDocument):  # type: ignore[misc]
    """One try to send; at most five. `external_id` is what the channel called it, `address` where it really went.

    outcome: "accepted", "failed" once the channel said so later, "" while nobody knows.
    """

    number: Any = IntField(required=True)
    claimed_at: Any = DateTimeField(required=True)
    external_id: Any = StringField(default="")
    address: Any = StringField(default="")
    outcome: Any = StringField(default="")


class Message(TenantDocument):
    """One message of a thread, in either direction, or a note.

    order: sorts the thread (zero-padded text). text: what search reads. turn: the customer's turn it advanced to, or
    the turn that an assistant's reply answers. status, rank, attempt, claimed_at: the delivery of an outbound one.
    is_bulk: nobody waits for it. uses_other_address: the channel could not deliver to the form that we know.
    """

    account: Any = StringField(required=True)
    conversation_id: Any = StringField(required=True)
    customer_id: Any = StringField(required=True)
    direction: Any = StringField(required=True)
    author: Any = StringField(required=True)
    author_id: Any = StringField(default="")
    author_name: Any = StringField(default="")
    kind: Any = StringField(default="text")
    text: Any = StringField(default="")
    content: Any = DictField()
    order: Any = StringField(required=True)
    turn: Any = IntField(default=0)
    seq: Any = IntField(default=0)
    external_id: Any = StringField()
    client_id: Any = StringField()
    replies_to: Any = StringField(default="")
    sent_at: Any = DateTimeField()
    status: Any = StringField()
    rank: Any = IntField(default=0)
    attempt: Any = IntField(default=0)
    attempts: Any = EmbeddedDocumentListField(Attempt)
    claimed_at: Any = DateTimeField()
    retry_at: Any = DateTimeField()
    is_bulk: Any = BooleanField(default=False)
    uses_other_address: Any = BooleanField(default=False)
    times: Any = DictField()
    error_code: Any = StringField(default="")
    error_message: Any = StringField(default="")
    reactions: Any = DictField()
    edited_from: Any = StringField(default="")
    edited_at: Any = DateTimeField()
    revoked_at: Any = DateTimeField()
    revoked_by: Any = StringField(default="")
    silence: Any = StringField()
    analysis: Any = DictField()
    provenance: Any = DictField()
    trace_id: Any = StringField(default="")

    meta: ClassVar[dict[str, Any]] = {
        "collection": "messages",
        "indexes": [
            {
                "fields": ["account", "external_id"],
                "unique": True,
                # A look-up by one id would not use an index of "$type": "string".
                "partialFilterExpression": {"external_id": {"$gt": ""}},
            },
            {
                "fields": ["account", "content.target"],
                "name": "about_another",
                "partialFilterExpression": {"content.target": {"$gt": ""}},
            },
            {
                "fields": ["conversation_id", "turn", "author"],
                "unique": True,
                "name": "one_answer_a_turn",
                "partialFilterExpression": {"author": "assistant"},
            },
            {
                "fields": ["conversation_id", "client_id"],
                "unique": True,
                "partialFilterExpression": {"client_id": {"$type": "string"}},
            },
            ("tenant_id", "conversation_id", "order"),
            ("conversation_id", "status", "seq"),
            ("status", "claimed_at"),
            ("status", "created_at"),
            {"fields": ["account", "attempts.external_id"], "sparse": True},
            {"fields": ["$text"], "default_language": "portuguese"},
        ],
    }
