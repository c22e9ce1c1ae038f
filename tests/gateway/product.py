"""The product as the gateway's tests drive it: webhooks come in, replies go out, one step at a time."""

import json
import time

from apps.common import mongo
from apps.contracts.content import Content, text_content
from apps.contracts.words import Author
from apps.conversations.documents import Conversation, Message
from apps.conversations.services import add_reply
from apps.gateway import services
from apps.gateway.documents import insert_deliveries, new_row
from apps.tenants.models import ChannelAccount
from tests.simulator.webhook_keeper import WebhookKeeper


def arrive(*bodies: bytes, account: str = "default", tenant_id: str = "default") -> list[str]:
    """Store bodies as the webhook does; give their ids."""
    ids = [mongo.new_id() for _ in bodies]
    insert_deliveries(
        new_row(
            row_id=row_id,
            tenant_id=tenant_id,
            account=account,
            kind="whatsapp",
            body=body,
            received_ns=time.time_ns(),
            traceparent=f"00-{'ab' * 16}-{'cd' * 8}-01",
        )
        for row_id, body in zip(ids, bodies, strict=True)
    )
    return ids


class Product:
    """Takes in what Meta posted when told to, so that a test decides what came first."""

    def __init__(self, keeper: WebhookKeeper) -> None:
        self._keeper = keeper
        self._taken = 0

    def take_in(self, *, messages: int = 0, statuses: int = 0, backwards: bool = False) -> None:
        """Wait until Meta has posted so much in all, then ingest everything new, one body at a time."""
        self._keeper.wait_for(messages=messages, statuses=statuses)
        bodies = [request.body for request in self._keeper.requests[self._taken :]]
        self._taken += len(bodies)
        for body in reversed(bodies) if backwards else bodies:
            arrive(body)
            services.drain()

    def report(self, status: str, *, wamid: str, callback: str = "") -> None:
        """Take in a status that Meta posts of its own accord."""
        row = {"id": wamid, "status": status, "timestamp": str(int(time.time())), "biz_opaque_callback_data": callback}
        value = {"messaging_product": "whatsapp", "statuses": [row]}
        owner = ChannelAccount.objects.get(slug="default").business_account_id
        body = {"entry": [{"id": owner, "changes": [{"field": "messages", "value": value}]}]}
        arrive(json.dumps(body).encode())
        services.drain()

    def conversation(self) -> Conversation:
        (found,) = Conversation.objects
        return found

    def reply(self, content: Content | str) -> str:
        """Queue what the business says next; give the message's id."""
        message_id = add_reply(
            tenant_id="default",
            conversation_id=str(self.conversation().id),
            author=Author.SYSTEM,
            content=text_content(content) if isinstance(content, str) else content,
        )
        assert message_id is not None
        return message_id

    def deliver(self) -> None:
        services.deliver(tenant_id="default", conversation_id=str(self.conversation().id))

    def let_retry_pass(self) -> None:
        """Let the wait of every refused message pass."""
        Message.objects.update(unset__retry_at=True)

    def message(self, message_id: str) -> Message:
        return Message.objects(id=message_id).first()
