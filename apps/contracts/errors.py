"""Errors decided once, at the border. Delivery reads `retry_after` and `counts`, nothing else."""

from datetime import timedelta

from apps.contracts.words import Consequence


class UrbanaError(Exception):
    """An error that carries its own retry decision.

    `retry_after` is None when trying again cannot help. `counts` is False for waiting that is nobody's fault
    (a rate limit, an outage of a store), which never leads to the dead letters.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        retry_after: timedelta | None = None,
        counts: bool = True,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.retry_after = retry_after
        self.counts = counts


class SendError(UrbanaError):
    """A channel refused an outbound message before processing it, so sending again is safe.

    `retry_after` None means never; `blocks_account` means that no send of this account can succeed until a
    person acts (bad token, policy block). `too_fast` says whose pace the channel refused: "account", "customer", or "".
    `consequence` is what else follows from it.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        retry_after: timedelta | None = None,
        counts: bool = True,
        blocks_account: bool = False,
        too_fast: str = "",
        consequence: Consequence = Consequence.NOTHING,
    ) -> None:
        super().__init__(code, message, retry_after=retry_after, counts=counts)
        self.blocks_account = blocks_account
        self.too_fast = too_fast
        self.consequence = consequence


class SendUnknown(UrbanaError):
    """The outcome of a send is unknown (timeout, reset, 5xx): the customer may have it already."""


class ModelError(UrbanaError):
    """A language model did not answer; `retry_after` says when the same model is worth asking again."""


class AlreadyAssigned(UrbanaError):
    """Someone else took the conversation first: a lost race, explained and not an error."""

    def __init__(self, attendant_name: str) -> None:
        super().__init__("already_assigned", f"Already taken by {attendant_name}")
        self.attendant_name = attendant_name


class NotHolder(UrbanaError):
    """Only who holds the conversation may do this."""

    def __init__(self) -> None:
        super().__init__("not_holder", "Only the holder may do this")


class WindowClosed(UrbanaError):
    """The customer service window is closed: only an approved template reaches the customer."""

    def __init__(self) -> None:
        super().__init__("window_closed", "The customer service window is closed")


class CapacityReached(UrbanaError):
    """The attendant already holds as many conversations as they may."""

    def __init__(self, capacity: int) -> None:
        super().__init__("capacity_reached", f"Capacity of {capacity} reached")
        self.capacity = capacity


class TemplateRefused(UrbanaError):
    """A template cannot be sent like this. `fields` says what is wrong with each blank, by its key.

    The message says in a sentence what is wrong with the template itself and what to do, "" when only blanks are.
    """

    def __init__(self, message: str = "", *, fields: dict[str, str] | None = None) -> None:
        super().__init__("template_refused", message)
        self.fields = fields or {}


class OptedOut(UrbanaError):
    """The customer asked for no more messages: only who is asked may answer, nobody may begin."""

    def __init__(self) -> None:
        super().__init__("opted_out", "The customer opted out")


class ConversationOpen(UrbanaError):
    """There is an open conversation already: whoever wants to write does it there."""

    def __init__(self, conversation_id: str) -> None:
        super().__init__("conversation_open", "The customer has an open conversation")
        self.conversation_id = conversation_id


class MergeRefused(UrbanaError):
    """These two customers cannot be made one, or not be parted again, as things stand. The message says why."""

    def __init__(self, message: str) -> None:
        super().__init__("merge_refused", message)
