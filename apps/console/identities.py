"""Who a customer is, besides their name: other numbers, who seems to be the same person, what they accept."""

from dataclasses import dataclass

from apps.contracts.conversations import ConsentValue, CustomerValue, MergeValue
from apps.conversations.selectors import people

PHONE = "wa:"


@dataclass(frozen=True)
class Identity:
    """What the customer pane offers to settle. `numbers` are further ones under which the customer wrote."""

    numbers: list[str]
    same: list[CustomerValue]
    merges: list[MergeValue]
    consents: list[ConsentValue]


def identity_of(customer: CustomerValue) -> Identity:
    named = (one.removeprefix(PHONE) for one in customer.identities if one.startswith(PHONE))
    return Identity(
        numbers=[number for number in named if number != customer.phone],
        same=people.same_as(customer.tenant_id, customer.id),
        merges=people.merges_of(customer.tenant_id, customer.id),
        consents=people.consents_of(customer.tenant_id, customer.id),
    )
