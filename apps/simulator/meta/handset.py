"""What a customer can do with a phone. Each act becomes a signed webhook; nothing else reaches the product."""

from dataclasses import replace

from apps.simulator.meta import payloads
from apps.simulator.meta.account import MetaAccount
from apps.simulator.meta.graph import DOWNLOAD_SECONDS, download_url
from apps.simulator.meta.media import RECEIVED_SECONDS, StoredFile, media_kind
from apps.simulator.meta.payloads import Json
from apps.simulator.meta.platform import MetaPlatform
from apps.simulator.meta.post_office import PostOffice
from apps.simulator.phone.changes import (
    ChoiceTaken,
    CustomerJoined,
    FaultsChanged,
    PhoneCustomer,
    ReactionShown,
)

BURST_PIECES = 6


class Handset:
    """Writes as any customer of one platform. Call it on the platform's event loop."""

    def __init__(self, platform: MetaPlatform) -> None:
        self.platform = platform
        self.post = PostOffice(platform)

    def join(self, customer: PhoneCustomer) -> None:
        self.platform.world.record(CustomerJoined(customer=customer))

    def write(
        self, account: MetaAccount, customer: PhoneCustomer, text: str, *, quoted: str = "", at: float | None = None
    ) -> str:
        """Send a text. Returns its wamid. `at` (Unix seconds) makes it one that was long on its way."""
        return self.post.send(account, customer, payloads.text(text), {"text": text}, quoted=quoted, at=at)

    def forward(self, account: MetaAccount, customer: PhoneCustomer, text: str, *, often: bool = False) -> str:
        """Pass on a text that somebody else wrote (§3, context variants)."""
        context = {"frequently_forwarded" if often else "forwarded": True}
        shown: Json = {"text": text, "is_forwarded": True}
        return self.post.send(account, customer, payloads.text(text), shown, context=context)

    def come_from_ad(self, account: MetaAccount, customer: PhoneCustomer, text: str, referral: Json) -> str:
        """Write the first text after a click on an advertisement (§3, `referral`)."""
        content = {**payloads.text(text), "referral": referral}
        return self.post.send(account, customer, content, {"text": text, "header": str(referral.get("headline", ""))})

    def share_contacts(self, account: MetaAccount, customer: PhoneCustomer, cards: list[Json]) -> str:
        lines = "\n".join(payloads.card_line(card) for card in cards)
        content: Json = {"type": "contacts", "contacts": cards}
        return self.post.send(account, customer, content, {"kind": "contacts", "text": lines})

    def order(self, account: MetaAccount, customer: PhoneCustomer, order: Json) -> str:
        """Send the cart of a catalogue."""
        lines = [f"{item['quantity']} × {item['product_retailer_id']}" for item in order["product_items"]]
        shown: Json = {"kind": "order", "text": "\n".join([*lines, str(order.get("text", ""))]).strip()}
        return self.post.send(account, customer, {"type": "order", "order": order}, shown)

    def fill_form(self, account: MetaAccount, customer: PhoneCustomer, fields: Json, *, quoted: str = "") -> str:
        """Answer a flow; Meta hands the fields over as a string of JSON (§3, `nfm_reply`)."""
        lines = (f"{name}: {value}" for name, value in fields.items() if name != "flow_token")
        shown: Json = {"kind": "flow", "text": "\n".join(lines)}
        return self.post.send(account, customer, payloads.form(fields), shown, quoted=quoted)

    def send_unsupported(self, account: MetaAccount, customer: PhoneCustomer, what: str = "poll") -> str:
        """Send what the Cloud API does not carry: the business learns only that there was something."""
        return self.post.send(account, customer, payloads.unsupported(what), {"kind": "unsupported", "text": what})

    def open_chat(self, account: MetaAccount, customer: PhoneCustomer) -> str:
        """Open the chat for the first time, without a word (§3, `request_welcome`)."""
        return self.post.send(account, customer, {"type": "request_welcome"}, None)

    def burst(self, account: MetaAccount, customer: PhoneCustomer, text: str) -> list[str]:
        """Send one sentence the way people do: in up to six hurried pieces."""
        return [self.write(account, customer, piece) for piece in pieces(text, BURST_PIECES)]

    def send_file(
        self, account: MetaAccount, customer: PhoneCustomer, file: StoredFile, *, caption: str = "", voice: bool = False
    ) -> str:
        """Send a picture, recording, film or document; it can be fetched with the account's token (§3, §8)."""
        kind = media_kind(file.mime_type)
        file = replace(file, expires_at=self.platform.clock() + RECEIVED_SECONDS)
        self.platform.shelf.put(file)
        part: Json = {
            "id": file.id,
            "mime_type": file.mime_type,
            "sha256": file.sha256_base64,
            "url": download_url(account, file.id, until=self.platform.clock() + DOWNLOAD_SECONDS),
        }
        if caption and kind in ("image", "video", "document"):
            part["caption"] = caption
        if kind == "document":
            part["filename"] = file.filename
        if kind == "audio":
            part["voice"] = voice
        if kind == "sticker":
            part["animated"] = file.is_animated
        shown: Json = {
            "kind": kind,
            "text": caption,
            "media_id": file.id,
            "mime_type": file.mime_type,
            "filename": file.filename,
            "voice": voice,
        }
        return self.post.send(account, customer, {"type": kind, kind: part}, shown)

    def send_place(
        self,
        account: MetaAccount,
        customer: PhoneCustomer,
        *,
        latitude: float,
        longitude: float,
        name: str,
        address: str,
    ) -> str:
        shown: Json = {"kind": "location", "latitude": latitude, "longitude": longitude, "place": name}
        return self.post.send(account, customer, payloads.place(latitude, longitude, name, address), shown)

    def choose(self, account: MetaAccount, customer: PhoneCustomer, wamid: str, choice_id: str) -> str:
        """Tap a button or a row of a list that the business sent. Returns "" when there is no such choice."""
        offer = self.platform.world.messages.get(wamid)
        choice = next((choice for choice in offer.choices if choice.id == choice_id), None) if offer else None
        if offer is None or choice is None:
            return ""
        content = payloads.choice(offer.choice_kind, choice.id, choice.title, choice.description)
        self.platform.world.record(ChoiceTaken(wamid=wamid, choice=choice_id))
        return self.post.send(account, customer, content, {"kind": "choice", "text": choice.title}, quoted=wamid)

    def react(self, account: MetaAccount, customer: PhoneCustomer, wamid: str, emoji: str) -> str:
        """React to a message of the business; an empty emoji takes the reaction back."""
        self.platform.world.record(ReactionShown(wamid=wamid, emoji=emoji))
        return self.post.send(account, customer, payloads.reaction(wamid, emoji), None)

    def repeat(self, account: MetaAccount, customer: PhoneCustomer, *, note: str) -> bool:
        """Post the customer's last webhook once more, as Meta does when an answer got lost."""
        value = self.post.last_value(customer)
        if value is None:
            return False
        self.platform.courier.repeat(account, value, note=note)
        return True

    def close_window(self, customer: PhoneCustomer) -> None:
        """Let 24 hours pass on Meta's side, until the customer writes again (§9)."""
        faults = self.platform.world.faults
        closed = tuple({*faults.window_closed, customer.key})
        self.platform.world.record(FaultsChanged(faults=faults.model_copy(update={"window_closed": closed})))


def pieces(text: str, most: int) -> list[str]:
    """Break a sentence at its words into at most `most` pieces of about the same length."""
    words = text.split()
    count = min(most, len(words))
    return [" ".join(words[len(words) * n // count : len(words) * (n + 1) // count]) for n in range(count)]
