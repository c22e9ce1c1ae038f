"""The files of messages that are about to be sent."""

from apps.contracts.base import Value
from apps.contracts.content import Content, Media
from apps.contracts.words import DeliveryStatus
from apps.conversations.documents import Message


class FileToSend(Value):
    """A queued message that carries a file. `attempt` is the number of the try to come."""

    tenant_id: str
    message_id: str
    content: Content
    media: Media
    attempt: int


def file_to_send(tenant_id: str, message_id: str) -> FileToSend | None:
    """What a queued message carries, None when it is not queued, or carries nothing that lies in our storage."""
    row = Message.objects(tenant_id=tenant_id, id=message_id, status=DeliveryStatus.QUEUED.value).first()
    content = Content.model_validate(row.content) if row is not None else None
    if content is None or content.media is None or content.media.channel_media_id or not content.media.file:
        return None
    return FileToSend(
        tenant_id=tenant_id, message_id=message_id, content=content, media=content.media, attempt=row.attempt + 1
    )
