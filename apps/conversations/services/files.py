"""Where the file of a message lies: a customer's once it was fetched, ours once it is as the channel wants it."""

import uuid
from typing import Any

from apps.common.mongo import atomic
from apps.contracts.content import Media
from apps.conversations.documents import Conversation, Message
from apps.conversations.services import writing


@atomic
def attach_media(
    *,
    tenant_id: str,
    account: str,
    external_id: str,
    file: str,
    mime_type: str,
    size_bytes: int | None,
    error: str = "",
) -> bool:
    """Say where a message's file is kept, or why it could not be fetched. False while the message is not stored yet."""
    changes: dict[str, Any] = {
        "set__content__media__mime_type": mime_type,
        "set__content__media__file": file,
        "set__content__media__error": error,
    }
    if size_bytes is not None:
        changes["set__content__media__size_bytes"] = size_bytes
    found = Message.objects(tenant_id=tenant_id, account=account, external_id=external_id).modify(new=True, **changes)
    if found is None:
        return False
    _announce(found, "media_fetched")
    return True


@atomic
def replace_file(*, tenant_id: str, message_id: str, media: Media) -> bool:
    """Say that the file of an outbound message is now this one. False when there is no such message."""
    stored = media.model_dump(mode="json", exclude_defaults=True)
    found = Message.objects(tenant_id=tenant_id, id=message_id).modify(new=True, set__content__media=stored)
    if found is None:
        return False
    _announce(found, "media_ready")
    return True


@atomic
def fetch_again(*, tenant_id: str, message_id: str) -> bool:
    """Forget why a customer's file could not be fetched, because it is asked for once more. False when nothing failed."""
    found = Message.objects(
        tenant_id=tenant_id, id=message_id, direction="inbound", content__media__error__nin=["", None]
    ).modify(new=True, set__content__media__error="")
    if found is None:
        return False
    _announce(found, "media_asked_again")
    return True


def _announce(found: Message, change: str) -> None:
    conversation = Conversation.objects(id=found.conversation_id).first()
    key = f"media:{found.id}:{uuid.uuid4().hex[:8]}"
    writing.announce(conversation, change, key=key, message_id=str(found.id))
