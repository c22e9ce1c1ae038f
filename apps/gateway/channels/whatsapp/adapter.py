"""The WhatsApp adapter: the channel contract over Meta's Cloud API."""

import io
from typing import IO

from django.utils.translation import gettext as _

from apps.common import clock
from apps.contracts.channels import AccountCheck, ChannelAdapter, ParsedWebhook, SendReceipt
from apps.contracts.content import Content
from apps.contracts.errors import SendError, SendUnknown
from apps.contracts.messages import OutboundMessage, Sender
from apps.contracts.people import ChannelAccountValue
from apps.contracts.templates import TemplateValue
from apps.contracts.words import MEDIA_KINDS
from apps.gateway.channels import freshness
from apps.gateway.channels.whatsapp import graph, management, media, templates, uploads
from apps.gateway.channels.whatsapp.abilities import ABILITIES
from apps.gateway.channels.whatsapp.errors import UNDELIVERABLE, explain
from apps.gateway.channels.whatsapp.identity import other_form, sender_for
from apps.gateway.channels.whatsapp.outbound import Body, bodies_for, payloads_for
from apps.gateway.channels.whatsapp.payloads import parse
from apps.gateway.channels.whatsapp.signature import challenge_to_echo, is_signed_by
from apps.gateway.channels.whatsapp.template_outbound import has_media_header
from apps.gateway.channels.whatsapp.template_words import is_template_refusal

SIGNATURE_HEADER = "x-hub-signature-256"


class WhatsAppAdapter:
    """Stateless; every method says in `contracts.channels` what it promises."""

    kind = "whatsapp"
    abilities = ABILITIES

    def verify(self, account: ChannelAccountValue, *, body: bytes, headers: dict[str, str]) -> bool:
        return is_signed_by(account.app_secrets, body=body, header=headers.get(SIGNATURE_HEADER, ""))

    def answer_handshake(self, account: ChannelAccountValue, *, query: dict[str, str]) -> str | None:
        return challenge_to_echo(account.verify_token, query=query)

    def parse_webhook(self, account: ChannelAccountValue, *, body: bytes, received_ns: int) -> ParsedWebhook:
        return parse(account, body=body, received_ns=received_ns)

    def explain(self, code: str) -> str:
        return explain(code)

    def check_content(self, account: ChannelAccountValue, content: Content) -> None:
        payloads_for(content)

    def send(self, account: ChannelAccountValue, message: OutboundMessage) -> SendReceipt:
        carries_file = message.content.kind in MEDIA_KINDS or has_media_header(message.content)
        media_id = uploads.uploaded_id(account, message.content, attempt=message.attempt) if carries_file else ""
        variant = other_form(message.address)
        if message.uses_other_address and variant:
            return _other(_post_all(account, message, bodies_for(message, media_id=media_id, address=variant)))
        try:
            return _post_all(account, message, bodies_for(message, media_id=media_id))
        except SendError as refused:
            if carries_file and refused.code in uploads.FILE_REFUSED:
                raise uploads.judged(refused, account, message.content, attempt=message.attempt) from refused
            if refused.code != UNDELIVERABLE or not variant:
                raise
            # The same Brazilian number may be known with or without its ninth digit; tried once.
            return _other(_post_all(account, message, bodies_for(message, media_id=media_id, address=variant)))

    def mark_read(self, account: ChannelAccountValue, *, external_id: str, typing: bool) -> None:
        body: Body = {"messaging_product": "whatsapp", "status": "read", "message_id": external_id}
        if typing:
            body["typing_indicator"] = {"type": "text"}
        graph.post_read_mark(account, body)

    def upload(self, account: ChannelAccountValue, *, content: Content, attempt: int) -> None:
        if content.kind in MEDIA_KINDS or has_media_header(content):
            uploads.uploaded_id(account, content, attempt=attempt)

    def download_into(
        self, account: ChannelAccountValue, *, media_id: str, url: str, limit_bytes: int, into: IO[bytes]
    ) -> str:
        return media.download_into(account, media_id=media_id, url=url, limit_bytes=limit_bytes, into=into)

    def download_media(
        self, account: ChannelAccountValue, *, media_id: str, url: str, limit_bytes: int
    ) -> tuple[bytes, str]:
        into = io.BytesIO()
        declared = media.download_into(account, media_id=media_id, url=url, limit_bytes=limit_bytes, into=into)
        return into.getvalue(), declared

    def check_account(self, account: ChannelAccountValue) -> tuple[AccountCheck, ...]:
        return management.check_account(account)

    def subscribe(self, account: ChannelAccountValue, *, callback_url: str) -> None:
        management.subscribe(account, callback_url=callback_url)

    def list_templates(self, account: ChannelAccountValue) -> tuple[TemplateValue, ...]:
        return templates.list_templates(account)

    def is_template_refusal(self, code: str) -> bool:
        return is_template_refusal(code)

    def sender_for(self, phone: str) -> Sender | None:
        return sender_for(phone)


def _other(receipt: SendReceipt) -> SendReceipt:
    """Say that the other form of the address was taken, so that it is learned once the message is delivered."""
    return receipt.model_copy(update={"used_other_address": True})


def _post_all(account: ChannelAccountValue, message: OutboundMessage, bodies: list[Body]) -> SendReceipt:
    """Post the parts in order. Once one was accepted, a refusal of the next leaves a half-sent text: a person decides."""
    freshness.require_fresh(message, now=clock.now())
    first = graph.post_message(account, bodies[0])
    for body in bodies[1:]:
        seconds_left = freshness.seconds_left(message, now=clock.now())
        if seconds_left <= 0:
            raise SendUnknown("partly_sent", _("Só uma parte do texto foi enviada."))
        try:
            graph.post_message(account, body, longest_seconds=seconds_left)
        except SendError as refused:
            raise SendUnknown("partly_sent", _("Só uma parte do texto foi enviada.")) from refused
    return first


ADAPTER: ChannelAdapter = WhatsAppAdapter()
