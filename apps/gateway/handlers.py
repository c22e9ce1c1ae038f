"""What the gateway does when something happened."""

from apps.contracts.events import ConversationUpdated, MessageReceived, ResponseGenerated
from apps.gateway import services


def deliver(event: ResponseGenerated) -> None:
    services.deliver(tenant_id=event.tenant_id, conversation_id=event.conversation_id)


def deliver_bulk(event: ResponseGenerated) -> None:
    services.deliver(tenant_id=event.tenant_id, conversation_id=event.conversation_id)


def show_typing(event: ConversationUpdated) -> None:
    services.show_typing(tenant_id=event.tenant_id, conversation_id=event.conversation_id, message_id=event.message_id)


def show_read(event: ConversationUpdated) -> None:
    services.show_read(tenant_id=event.tenant_id, conversation_id=event.conversation_id, message_id=event.message_id)


def acknowledge(event: MessageReceived) -> None:
    services.acknowledge(message=event.message)


def fetch_media(event: MessageReceived) -> None:
    services.fetch_media(message=event.message)


def fetch_media_again(event: ConversationUpdated) -> None:
    services.fetch_media_again(tenant_id=event.tenant_id, message_id=event.message_id)
