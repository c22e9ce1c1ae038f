"""What the API takes and gives about who a customer is."""

from apps.api.schemas.inputs import Id
from apps.api.schemas.outputs import Customer
from apps.contracts.base import Moment, Value
from apps.contracts.conversations import ConsentValue, MergeValue


class MergeCommand(Value):
    """`customer_id` becomes part of the customer in the address."""

    customer_id: Id


class UndoMergeCommand(Value):
    merge_id: Id


class Merged(Value):
    """`merge_id` is what undoing takes."""

    merge_id: str
    customer: Customer


class Merge(Value):
    id: str
    merged_id: str
    merged_name: str
    at: Moment
    by: str

    @classmethod
    def of(cls, value: MergeValue) -> "Merge":
        return cls(**{name: getattr(value, name) for name in cls.model_fields})


class Consent(Value):
    """One time that the customer said what they accept: `scope` "all" or "marketing", `source` "customer" or "channel"."""

    scope: str
    is_out: bool
    source: str
    at: Moment
    external_id: str

    @classmethod
    def of(cls, value: ConsentValue) -> "Consent":
        return cls(**{name: getattr(value, name) for name in cls.model_fields})


class CustomerIdentity(Value):
    """`same_as` are customers who seem to be the same person; `merges` can be undone; both newest first."""

    customer: Customer
    same_as: tuple[Customer, ...]
    merges: tuple[Merge, ...]
    consents: tuple[Consent, ...]
