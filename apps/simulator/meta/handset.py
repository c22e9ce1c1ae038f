"""What a customer can do with a phone. Each act becomes a signed webhook; nothing else reaches the product."""

from collections import OrderedDict

from apps.simulator.meta import payloads
from apps.simulator.meta.account import MetaAccount
from apps.simulator.meta.courier import Parcel
from apps.simulator.meta.graph import DOWNLOAD_SECONDS, download_url
from apps.simulator.meta.media import StoredFile, media_kind
from apps.simulator.meta.payloads import Json
from apps.simulator.meta.platform import MetaPlatform, new_wamid
from apps.simulator.phone.changes import (
    ChoiceTaken,
    CustomerJoined,
    FaultsChanged,
    MessageShown,
    PhoneCustomer,
    PhoneMessage,
    ReactionShown,
    TickChanged,
)

BURST_PIECES = 6
REMEMBERED = 1_000


class Handset:
    """Writes as any customer of one platform. Call it on the platform's event loop."""

    def __init__(self, platform: MetaPlatform) -> None:
        self.platform = platform
        #: The last webhook of each customer, for the redelivery that Meta's retries cause.
        self._last_values: OrderedDict[str, Json] = OrderedDict()

    def join(self, customer: PhoneCustomer) -> None:
        self.platform.world.record(CustomerJoined(customer=customer))

    def write(self, account: MetaAccount, customer: PhoneCustomer, text: str, *, quoted: str = "") -> str:
        """Send a text. Returns its wamid."""
        return self._send(account, customer, payloads.text(text), {"text": text}, quoted=quoted)

    def burst(self, account: MetaAccount, customer: PhoneCustomer, text: str) -> list[str]:
        """Send one sentence the way people do: in up to six hurried pieces."""
        return [self.write(account, customer, piece) for piece in pieces(text, BURST_PIECES)]

    def send_file(
        self, account: MetaAccount, customer: PhoneCustomer, file: StoredFile, *, caption: str = "", voice: bool = False
    ) -> str:
        """Send a picture, recording, film or document; it can be fetched with the account's token (§3, §8)."""
        kind = media_kind(file.mime_type)
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
        shown: Json = {
            "kind": kind,
            "text": caption,
            "media_id": file.id,
            "mime_type": file.mime_type,
            "filename": file.filename,
            "voice": voice,
        }
        return self._send(account, customer, {"type": kind, kind: part}, shown)

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
        return self._send(account, customer, payloads.place(latitude, longitude, name, address), shown)

    def choose(self, account: MetaAccount, customer: PhoneCustomer, wamid: str, choice_id: str) -> str:
        """Tap a button or a row of a list that the business sent. Returns "" when there is no such choice."""
        offer = self.platform.world.messages.get(wamid)
        choice = next((choice for choice in offer.choices if choice.id == choice_id), None) if offer else None
        if offer is None or choice is None:
            return ""
        content = payloads.choice(offer.choice_kind, choice.id, choice.title, choice.description)
        self.platform.world.record(ChoiceTaken(wamid=wamid, choice=choice_id))
        return self._send(account, customer, content, {"kind": "choice", "text": choice.title}, quoted=wamid)

    def react(self, account: MetaAccount, customer: PhoneCustomer, wamid: str, emoji: str) -> str:
        """React to a message of the business; an empty emoji takes the reaction back."""
        self.platform.world.record(ReactionShown(wamid=wamid, emoji=emoji))
        own = new_wamid()
        element = payloads.message(customer, own, self.platform.clock(), payloads.reaction(wamid, emoji))
        value = payloads.message_value(customer, [element])
        self.platform.courier.send(Parcel(account, value, keeps_order=True))
        return own

    def repeat(self, account: MetaAccount, customer: PhoneCustomer, *, note: str) -> bool:
        """Post the customer's last webhook once more, as Meta does when an answer got lost."""
        value = self._last_values.get(customer.key)
        if value is None:
            return False
        self.platform.courier.repeat(account, value, note=note)
        return True

    def close_window(self, customer: PhoneCustomer) -> None:
        """Let 24 hours pass on Meta's side, until the customer writes again (§9)."""
        faults = self.platform.world.faults
        closed = tuple({*faults.window_closed, customer.key})
        self.platform.world.record(FaultsChanged(faults=faults.model_copy(update={"window_closed": closed})))

    def _send(
        self, account: MetaAccount, customer: PhoneCustomer, content: Json, shown: Json, *, quoted: str = ""
    ) -> str:
        world, at = self.platform.world, self.platform.clock()
        wamid = new_wamid()
        context = {"from": account.display_number, "id": quoted} if quoted else None
        element = payloads.message(customer, wamid, at, content, context=context)
        value = payloads.message_value(customer, [element])
        message = PhoneMessage(
            wamid=wamid, customer=customer.key, is_mine=True, at=at, status="sent", quoted=quoted, **shown
        )
        if customer.key not in world.customers:
            self.join(customer)
        world.record(MessageShown(message=message))
        self._open_window(customer)
        self._remember(customer, value)
        if customer.key in self.platform.world.business.blocked:
            return wamid
        acknowledged = TickChanged(wamid=wamid, status="delivered")
        self.platform.courier.send(Parcel(account, value, keeps_order=True, done=lambda: world.record(acknowledged)))
        return wamid

    def _remember(self, customer: PhoneCustomer, value: Json) -> None:
        self._last_values[customer.key] = value
        self._last_values.move_to_end(customer.key)
        if len(self._last_values) > REMEMBERED:
            self._last_values.popitem(last=False)

    def _open_window(self, customer: PhoneCustomer) -> None:
        faults = self.platform.world.faults
        if customer.key in faults.window_closed:
            left = tuple(key for key in faults.window_closed if key != customer.key)
            self.platform.world.record(FaultsChanged(faults=faults.model_copy(update={"window_closed": left})))


def pieces(text: str, most: int) -> list[str]:
    """Break a sentence at its words into at most `most` pieces of about the same length."""
    words = text.split()
    count = min(most, len(words))
    return [" ".join(words[len(words) * n // count : len(words) * (n + 1) // count]) for n in range(count)]
