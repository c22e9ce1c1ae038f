"""What a customer can do in the app. Each act becomes an update; nothing else reaches the product."""

from typing import Any

from apps.simulator.telegram.account import Customer
from apps.simulator.telegram.files import KeptFile
from apps.simulator.telegram.platform import BotPlatform, Talk
from apps.simulator.telegram.rules import Json

MEMBER, BLOCKED = "member", "kicked"


class Handset:
    """Writes as any customer of one account. Call it on the platform's event loop; each act gives its update."""

    def __init__(self, platform: BotPlatform) -> None:
        self.platform = platform

    def start(self, customer: Customer, payload: str = "") -> Json:
        """Press Start, at times through a link that carries a word of its own (§2)."""
        text = f"/start {payload}".strip()
        entities = [{"type": "bot_command", "offset": 0, "length": 6}]
        return self.say(customer, {"text": text, "entities": entities})

    def write(self, customer: Customer, text: str, *, quoted: int = 0) -> Json:
        talk = self.platform.talk_with(customer)
        found = talk.messages.get(quoted)
        return self.say(customer, {"text": text, **({"reply_to_message": found} if found else {})})

    def edit(self, customer: Customer, number: int, text: str) -> Json:
        talk = self.platform.talk_with(customer)
        message = {**talk.messages[number], "text": text, "edit_date": int(self.platform.clock())}
        talk.messages[number] = message
        return self.platform.emit("edited_message", message)

    def send_file(
        self,
        customer: Customer,
        kind: str,
        content: bytes,
        *,
        mime_type: str = "",
        filename: str = "",
        caption: str = "",
        album: str = "",
        stated_bytes: int = 0,
    ) -> Json:
        """Send a file as `kind`: photo, voice, audio, video, video_note, animation, document or sticker (§2)."""
        file = self.platform.files.put(kind, content, mime_type, filename=filename, stated_bytes=stated_bytes)
        extra = {name: value for name, value in (("caption", caption), ("media_group_id", album)) if value}
        return self.say(customer, {**_carrier(kind, file), **extra})

    def send_album(self, customer: Customer, pictures: list[bytes], *, album: str, caption: str = "") -> list[Json]:
        """Several pictures at once: one update each, with the same id (§2)."""
        return [
            self.send_file(customer, "photo", one, album=album, caption=caption if index == 0 else "")
            for index, one in enumerate(pictures)
        ]

    def tap(self, customer: Customer, number: int, data: str) -> Json:
        """Press a button that the account offered (§2)."""
        offer = self.platform.talk_with(customer).messages[number]
        rows = offer.get("reply_markup", {}).get("inline_keyboard", [])
        if data not in [button["callback_data"] for row in rows for button in row]:
            raise LookupError(data)
        about: Json = {
            "id": self.platform.new_query(customer),
            "chat_instance": "1",
            "data": data,
            "from": customer.as_user(),
            "message": offer,
        }
        return self.platform.emit("callback_query", about)

    def react(self, customer: Customer, number: int, emoji: str) -> Json:
        """React to a message; an empty emoji takes the reaction back."""
        new = [{"type": "emoji", "emoji": emoji}] if emoji else []
        about: Json = {
            "chat": customer.as_chat(),
            "message_id": number,
            "user": customer.as_user(),
            "date": int(self.platform.clock()),
            "old_reaction": [],
            "new_reaction": new,
        }
        return self.platform.emit("message_reaction", about)

    def block(self, customer: Customer) -> Json:
        return self._change_membership(customer, MEMBER, BLOCKED)

    def unblock(self, customer: Customer) -> Json:
        return self._change_membership(customer, BLOCKED, MEMBER)

    def say(self, customer: Customer, content: Json) -> Json:
        """Send anything: `content` are the fields of the message beside its envelope."""
        talk = self.platform.talk_with(customer)
        if talk.is_blocked:
            # Whoever writes again has let the account in again, and the vendor says so first.
            self.unblock(customer)
        talk.has_started = True
        message = self._message(talk, content)
        talk.messages[message["message_id"]] = message
        return self.platform.emit("message", message)

    def _message(self, talk: Talk, content: Json) -> Json:
        return {
            "message_id": talk.next_number(),
            "date": int(self.platform.clock()),
            "chat": talk.customer.as_chat(),
            "from": talk.customer.as_user(),
            **content,
        }

    def _change_membership(self, customer: Customer, old: str, new: str) -> Json:
        self.platform.talk_with(customer).is_blocked = new == BLOCKED
        own = self.platform.account.as_user()
        about: Json = {
            "chat": customer.as_chat(),
            "from": customer.as_user(),
            "date": int(self.platform.clock()),
            "old_chat_member": {"status": old, "user": own},
            "new_chat_member": {"status": new, "user": own},
        }
        return self.platform.emit("my_chat_member", about)


def _carrier(kind: str, file: KeptFile) -> dict[str, Any]:
    about: Json = {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": file.size_bytes}
    if kind == "photo":
        small = {**about, "file_id": file.id + "-small", "width": 90, "height": 60}
        return {"photo": [small, {**about, "width": 900, "height": 600}]}
    about |= {name: value for name, value in (("mime_type", file.mime_type), ("file_name", file.filename)) if value}
    return {kind: about, "document": about} if kind == "animation" else {kind: about}
