"""The methods of the Bot API that an account for customers needs. Each checks, then does, then answers."""

from collections.abc import Callable
from typing import Any

from apps.simulator.telegram.errors import BotApiError, bad
from apps.simulator.telegram.files import KeptFile, as_message_part
from apps.simulator.telegram.platform import BotPlatform, Sent, Talk
from apps.simulator.telegram.rules import (
    CAPTION_UNITS,
    TEXT_UNITS,
    Json,
    check_action,
    check_filled,
    check_keyboard,
    check_place,
    check_text,
    check_upload,
    whole,
)
from apps.simulator.telegram.webhooks import Registration, registration
from apps.simulator.wire import FormPart

Files = dict[str, FormPart]
#: The field that carries the file, by method.
MEDIA = {
    "sendPhoto": "photo",
    "sendAudio": "audio",
    "sendVoice": "voice",
    "sendVideo": "video",
    "sendAnimation": "animation",
    "sendDocument": "document",
    "sendSticker": "sticker",
}
CARRIERS = frozenset({"sendMessage", "sendLocation", "sendVenue", "sendContact", "setMessageReaction", *MEDIA})
TYPING_SECONDS = 5
ANSWER_UNITS = 200


class Methods:
    """`result` plays one call. Raises BotApiError."""

    def __init__(self, platform: BotPlatform) -> None:
        self._platform = platform
        self._plain: dict[str, Callable[[Json], Any]] = {
            "getMe": self._get_me,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._webhook_info,
            "getUpdates": self._get_updates,
            "getFile": self._get_file,
            "sendChatAction": self._show_action,
            "answerCallbackQuery": self._answer_query,
        }

    def knows(self, method: str) -> bool:
        return method in self._plain or method in CARRIERS

    def result(self, method: str, params: Json, files: Files) -> Any:
        if method in self._plain:
            return self._plain[method](params)
        return self.send(method, params, files)

    def send(self, method: str, params: Json, files: Files) -> Any:
        """Whatever reaches a customer. Nothing has happened yet when it raises."""
        talk = self._platform.recipient(params)
        if method == "setMessageReaction":
            return self._react(talk, params)
        content = self._content(method, params, files)
        check_keyboard(params)
        self._platform.check_pace()
        return self._platform.keep(talk, method, params, content)

    def _content(self, method: str, params: Json, files: Files) -> Json:
        if method == "sendMessage":
            return {"text": check_text(params, "text", TEXT_UNITS, is_required=True)}
        if method in MEDIA:
            return self._media(method, params, files)
        if method == "sendContact":
            check_filled(params, "phone_number", "first_name")
            return {"contact": {name: params[name] for name in ("phone_number", "first_name")}}
        check_place(params)
        where = {"latitude": params["latitude"], "longitude": params["longitude"]}
        if method == "sendLocation":
            return {"location": where}
        check_filled(params, "title", "address")
        return {"location": where, "venue": {"location": where, "title": params["title"], "address": params["address"]}}

    def _media(self, method: str, params: Json, files: Files) -> Json:
        caption = check_text(params, "caption", CAPTION_UNITS, is_required=False)
        field, part = as_message_part(method, self._file(method, params, files))
        content: Json = {field: part}
        if field == "animation":
            content["document"] = part
        return {**content, "caption": caption} if caption else content

    def _file(self, method: str, params: Json, files: Files) -> KeptFile:
        """An id of this account, or a part of the form (§3)."""
        name = MEDIA[method]
        if name in files:
            part = files[name]
            check_upload(method, len(part.value))
            return self._platform.files.put(name, part.value, part.content_type, filename=part.filename)
        if not params.get(name):
            raise bad(f"there is no {name} in the request", rule="§3")
        return self._platform.files.get(params[name])

    def _react(self, talk: Talk, params: Json) -> bool:
        number, reaction = whole(params, "message_id"), params.get("reaction", [])
        if number not in talk.messages:
            raise bad("message to react not found", rule="§4")
        if not isinstance(reaction, list) or any(not isinstance(one, dict) for one in reaction):
            raise bad("REACTION_INVALID", rule="§3")
        talk.reactions[number] = str(reaction[0].get("emoji", "")) if reaction else ""
        self._platform.accepted.append(Sent("setMessageReaction", params, True))
        return True

    def _show_action(self, params: Json) -> bool:
        """Lasts five seconds or until the message (§3)."""
        talk = self._platform.recipient(params)
        check_action(params)
        talk.typing_until = self._platform.clock() + TYPING_SECONDS
        return True

    def _answer_query(self, params: Json) -> bool:
        """Every tap wants this, once and soon (§2, §4)."""
        query = str(params.get("callback_query_id", ""))
        _who, until = self._platform.queries.pop(query, (0, 0.0))
        if until < self._platform.clock():
            raise bad("query is too old and response timeout expired or query ID is invalid", rule="§4")
        if len(str(params.get("text", ""))) > ANSWER_UNITS:
            raise bad("MESSAGE_TOO_LONG", rule="§2")
        self._platform.answered_queries.append(query)
        return True

    def _get_me(self, _params: Json) -> Json:
        return {**self._platform.account.as_user(), "can_join_groups": False, "supports_inline_queries": False}

    def _get_file(self, params: Json) -> Json:
        file = self._platform.files.link(params.get("file_id"), now=self._platform.clock())
        return {
            "file_id": file.id,
            "file_unique_id": file.unique_id,
            "file_size": file.size_bytes,
            "file_path": file.path,
        }

    def _set_webhook(self, params: Json) -> bool:
        courier = self._platform.courier
        wanted = registration(params, courier.registration, allows_loopback=self._platform.allows_loopback)
        courier.register(wanted, drops_pending=params.get("drop_pending_updates") is True)
        return True

    def _delete_webhook(self, params: Json) -> bool:
        self._platform.courier.register(Registration(), drops_pending=params.get("drop_pending_updates") is True)
        return True

    def _webhook_info(self, _params: Json) -> Json:
        courier = self._platform.courier
        info: Json = {
            "url": courier.registration.url,
            "has_custom_certificate": False,
            "pending_update_count": len(courier.pending),
            "max_connections": courier.registration.max_connections,
        }
        if courier.registration.allowed_updates:
            info["allowed_updates"] = list(courier.registration.allowed_updates)
        if courier.last_error is not None:
            info["last_error_date"], info["last_error_message"] = courier.last_error
        return info

    def _get_updates(self, params: Json) -> list[Json]:
        """Reading by hand and a webhook exclude each other (§1)."""
        courier = self._platform.courier
        if courier.registration.url:
            raise BotApiError(409, "can't use getUpdates method while webhook is active", rule="§1")
        offset = whole({"offset": 0, **params}, "offset")
        courier.pending = {number: one for number, one in courier.pending.items() if number >= offset}
        return list(courier.pending.values())[:100]
