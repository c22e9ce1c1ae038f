"""Sends one content: in parts when it must be, with one repetition where a refusal says how to do better."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from apps.common import clock
from apps.contracts.channels import SendReceipt
from apps.contracts.errors import SendError, SendUnknown
from apps.contracts.messages import OutboundMessage
from apps.contracts.people import ChannelAccountValue
from apps.gateway.channels import freshness
from apps.gateway.channels.reading import mapping, text
from apps.gateway.channels.telegram import bot_api, ids, media
from apps.gateway.channels.telegram.bot_api import Files, Params
from apps.gateway.channels.telegram.errors import FOREIGN_FILE, UNREADABLE_MARKUP, Refused, unknown_outcome
from apps.gateway.channels.telegram.outbound import Call, calls_for, chat_id


def send(account: ChannelAccountValue, message: OutboundMessage) -> SendReceipt:
    """Send a claimed message. Once a part was accepted, a refusal of the next leaves it half sent: a person decides."""
    calls = calls_for(message.content, chat=message.address, replies_to=message.replies_to)
    sending = _Sending(account, message)
    first = sending.post(calls[0])
    for call in calls[1:]:
        try:
            sending.post(call)
        except SendError:
            raise SendUnknown("partly_sent", _("Só uma parte da mensagem foi enviada.")) from None
    return first


class _Sending:
    """The calls of one claim; all of them end within its time."""

    def __init__(self, account: ChannelAccountValue, message: OutboundMessage) -> None:
        self._account = account
        self._message = message
        self._has_called = False

    def post(self, call: Call) -> SendReceipt:
        """Post one part, and once more without what the vendor could not read."""
        params = call.marked_up
        try:
            return self._with_file(call, params)
        except Refused as refused:
            if UNREADABLE_MARKUP in refused.described and params != call.plain:
                return self._with_file(call, call.plain)
            if refused.moved_to:
                return self._with_file(call, {**params, "chat_id": chat_id(refused.moved_to)})
            raise

    def _with_file(self, call: Call, params: Params) -> SendReceipt:
        content = self._message.content
        if not call.file_field or call.file_field in params:
            return self._post(call, params)
        known = media.known_id(self._account, content)
        if known:
            try:
                return self._post(call, {**params, call.file_field: known})
            except Refused as refused:
                if not any(sign in refused.described for sign in FOREIGN_FILE):
                    raise
                media.forget_id(self._account, content)
        return self._post(call, params, files=media.stored_file(content, call.file_field))

    def _post(self, call: Call, params: Params, *, files: Files | None = None) -> SendReceipt:
        now = clock.now()
        if not self._has_called:
            freshness.require_fresh(self._message, now=now)
        left = freshness.seconds_left(self._message, now=now)
        if left <= 0:
            raise SendError(
                "stale_claim", "The claim grew old between two calls.", retry_after=timedelta(), counts=False
            )
        self._has_called = True
        deadline_seconds = min(bot_api.DEADLINE_SECONDS, left)
        sent = bot_api.call(self._account, call.method, params, files=files, deadline_seconds=deadline_seconds)
        if call.file_field:
            media.remember_id(self._account, self._message.content, sent)
        return self._receipt(call, params, sent)

    def _receipt(self, call: Call, params: Params, sent: Any) -> SendReceipt:
        chat = text(mapping(sent, "chat"), "id") or str(params["chat_id"])
        if call.method == "setMessageReaction":
            # A reaction is no message of its own, and the vendor only says that it took it.
            target = ids.message_id(chat, str(params["message_id"]))
            return SendReceipt(external_id=f"{target}:reaction:{self._message.message_id}", address=chat)
        number = text(sent, "message_id")
        if not ids.is_whole(number):
            # Accepted, by its status, but without the number that replies and reactions will name.
            raise unknown_outcome("no_receipt")
        return SendReceipt(external_id=ids.message_id(chat, number), address=chat)
