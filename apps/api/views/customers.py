"""Who a customer is: who seems to be the same person, merging, and undoing it. For who sees the whole business."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.authentication import IsSupervisor
from apps.api.schemas import customers as shapes
from apps.api.schemas import outputs
from apps.api.views.base import Command, Endpoint, Query, answer, told
from apps.contracts.conversations import CustomerValue
from apps.conversations import selectors as conversations
from apps.conversations import services
from apps.conversations.selectors import people


class CustomerIdentity(Query):
    permission_classes = [IsSupervisor]

    @extend_schema(responses=shapes.CustomerIdentity)
    def get(self, request: Request, customer_id: str) -> Response:
        """Show who seems to be the same person, what was merged, and what the customer accepts."""
        found = _customer(self, customer_id)
        return answer(
            shapes.CustomerIdentity(
                customer=outputs.Customer.of(found),
                same_as=tuple(outputs.Customer.of(one) for one in people.same_as(found.tenant_id, found.id)),
                merges=tuple(shapes.Merge.of(one) for one in people.merges_of(found.tenant_id, found.id)),
                consents=tuple(shapes.Consent.of(one) for one in people.consents_of(found.tenant_id, found.id)),
            )
        )


class MergeCustomer(Command):
    permission_classes = [IsSupervisor]

    @extend_schema(request=shapes.MergeCommand, responses={201: shapes.Merged})
    def post(self, request: Request, customer_id: str) -> Response:
        """Make another customer part of this one. It can be undone."""
        kept = _customer(self, customer_id)
        command = told(request, shapes.MergeCommand)
        attendant = self.caller().attendant
        merge_id = services.merge_customers(
            tenant_id=kept.tenant_id,
            kept_id=kept.id,
            merged_id=command.customer_id,
            by_id=attendant.user_id,
            by=attendant.name,
        )
        merged = shapes.Merged(merge_id=merge_id, customer=outputs.Customer.of(_customer(self, kept.id)))
        return answer(merged, status=201)


class UndoMerge(Command):
    permission_classes = [IsSupervisor]

    @extend_schema(request=shapes.UndoMergeCommand, responses=outputs.Customer)
    def post(self, request: Request, customer_id: str) -> Response:
        """Part what a merge into this customer made one."""
        kept = _customer(self, customer_id)
        command = told(request, shapes.UndoMergeCommand)
        if command.merge_id not in {one.id for one in people.merges_of(kept.tenant_id, kept.id)}:
            raise Http404
        attendant = self.caller().attendant
        services.undo_merge(
            tenant_id=kept.tenant_id, merge_id=command.merge_id, by_id=attendant.user_id, by=attendant.name
        )
        return answer(outputs.Customer.of(_customer(self, kept.id)))


def _customer(endpoint: Endpoint, customer_id: str) -> CustomerValue:
    """The customer, if it is of the caller's tenant."""
    found = conversations.customer(endpoint.caller().tenant_id, customer_id)
    if found is None:
        raise Http404
    return found
