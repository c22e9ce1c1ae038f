"""What a button carries: at most 64 bytes. A longer id of ours is found again in the message that offered it."""

import base64
import hashlib

from apps.contracts.content import Choice
from apps.contracts.people import ChannelAccountValue
from apps.conversations.selectors import message_by_external_id
from apps.gateway.channels.telegram.limits import CHOICE_BYTES

#: Begins what stands for an id that does not fit, and nothing else.
MARK = "~"
_DIGEST_CHARACTERS = 43


def data_for(choice_id: str) -> str:
    """What the button of this choice carries: the id itself when it fits, else its digest."""
    if len(choice_id.encode()) <= CHOICE_BYTES and not choice_id.startswith(MARK):
        return choice_id
    digest = hashlib.sha256(choice_id.encode()).digest()
    return MARK + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def chosen(account: ChannelAccountValue, data: str, *, title: str, offered_by: str) -> Choice:
    """The choice behind a tapped button. `offered_by` is the external id of our message that had it.

    Reads the store only for an id that did not fit into the button.
    """
    if not data.startswith(MARK) or len(data) != 1 + _DIGEST_CHARACTERS:
        return Choice(id=data, title=title or data)
    offer = message_by_external_id(account.tenant_id, account.slug, offered_by)
    for choice in offer.content.choices if offer is not None else ():
        if data_for(choice.id) == data:
            return choice
    return Choice(id=data, title=title or data)
