"""The enumerations that every app shares: statuses, authors, kinds, reasons."""

from enum import IntEnum, StrEnum


class ConversationStatus(StrEnum):
    ACTIVE = "active"
    WAITING_HUMAN = "waiting_human"
    WITH_HUMAN = "with_human"
    CLOSED = "closed"


class HolderKind(StrEnum):
    """Who may speak next. `attendant` and `queue` carry an id, see `Holder`."""

    ASSISTANT = "assistant"
    QUEUE = "queue"
    ATTENDANT = "attendant"
    NOBODY = "nobody"


class Author(StrEnum):
    CUSTOMER = "customer"
    ASSISTANT = "assistant"
    ATTENDANT = "attendant"
    SYSTEM = "system"


class Direction(StrEnum):
    """`note` is written by a person for the team and never leaves the house."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    NOTE = "note"


class DeliveryStatus(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    UNCONFIRMED = "unconfirmed"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


class DeliveryRank(IntEnum):
    """A status only ever raises the rank; `played` counts as `read`."""

    NONE = 0
    SENT = 1
    DELIVERED = 2
    READ = 3


class MessageKind(StrEnum):
    TEXT = "text"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACTS = "contacts"
    BUTTON_REPLY = "button_reply"
    LIST_REPLY = "list_reply"
    FLOW_REPLY = "flow_reply"
    BUTTONS = "buttons"
    LIST = "list"
    REACTION = "reaction"
    EDIT = "edit"
    REVOKE = "revoke"
    ORDER = "order"
    SYSTEM = "system"
    TEMPLATE = "template"
    WELCOME = "welcome"
    UNSUPPORTED = "unsupported"
    #: Something that happened to the conversation itself, shown small in the thread, never sent: `content.fields`
    #: holds "event" ("taken", "transferred", "handed_off", "returned", "closed", …) and who, to whom, why.
    EVENT = "event"


MEDIA_KINDS = frozenset(
    {
        MessageKind.IMAGE,
        MessageKind.AUDIO,
        MessageKind.VIDEO,
        MessageKind.DOCUMENT,
        MessageKind.STICKER,
    }
)


class HandoffReason(StrEnum):
    ASKED_FOR_PERSON = "asked_for_person"
    RULE = "rule"
    ASSISTANT_DECIDED = "assistant_decided"
    ASSISTANT_FAILED = "assistant_failed"
    MODEL_UNAVAILABLE = "model_unavailable"
    BUDGET_SPENT = "budget_spent"
    SAFETY = "safety"
    ATTENDANT_TRANSFERRED = "attendant_transferred"
    ATTENDANT_LEFT = "attendant_left"
    TAKEN_BY_ATTENDANT = "taken_by_attendant"


class HandoffOutcome(StrEnum):
    """How the attendant ended their part."""

    CLOSED = "closed"
    RETURNED = "returned"


class SilenceReason(StrEnum):
    """Why nobody answers a message; each is recorded on the message and shown in its timeline."""

    HELD_BY_PERSON = "held_by_person"
    WAITING_FOR_PERSON = "waiting_for_person"
    SPAM = "spam"
    REACTION = "reaction"
    OPTED_OUT = "opted_out"
    NOTHING_TO_ANSWER = "nothing_to_answer"
    TOO_OLD = "too_old"
    RATING = "rating"
    RULE = "rule"
    ANSWERED_WITH_BURST = "answered_with_burst"
    TURN_LIMIT = "turn_limit"
    LOOP = "loop"


class Action(StrEnum):
    ANSWER = "answer"
    ASK = "ask"
    HAND_OFF = "hand_off"
    RESOLVE = "resolve"


class TemplateStatus(StrEnum):
    """Only an approved template may be sent."""

    APPROVED = "approved"
    PENDING = "pending"
    REJECTED = "rejected"
    PAUSED = "paused"
    DISABLED = "disabled"
    DELETED = "deleted"


class Consequence(StrEnum):
    """What a refusal of the channel says beyond the one message that it is about.

    other_address: the person may be known under another form of the same number. account_held: nothing of this account
    can be sent until somebody acts.
    """

    NOTHING = "nothing"
    OTHER_ADDRESS = "other_address"
    WINDOW_CLOSED = "window_closed"
    OPTED_OUT = "opted_out"
    ACCOUNT_HELD = "account_held"


class AccountNewsKind(StrEnum):
    TEMPLATE_STATUS = "template_status"
    TEMPLATE_QUALITY = "template_quality"
    TEMPLATE_CHANGED = "template_changed"
    NUMBER_QUALITY = "number_quality"
    PACE = "pace"
    RESTRICTION = "restriction"
    OTHER = "other"


class CheckState(StrEnum):
    """`unknown` is no alarm: alarms only on evidence."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"
    UNKNOWN = "unknown"


class Gap(StrEnum):
    """Why webhooks of an account could not be taken: the stores were away (503), a wrong signature, the account was switched
    off, or nobody listened."""

    REFUSED = "refused"
    WRONG_SIGNATURE = "wrong_signature"
    SWITCHED_OFF = "switched_off"
    DOWN = "down"
