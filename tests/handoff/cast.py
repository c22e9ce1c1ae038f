"""The cast at work: Ana and Bruno attend, Sofia supervises, and next door Vera does the same for `vizinha`."""

from collections.abc import Iterable

from apps.contracts.messages import Analysis
from apps.contracts.people import AttendantValue
from apps.conversations import selectors, services
from apps.events.delivery import deliver
from apps.events.documents import EventRecord
from apps.tenants import models
from apps.tenants import selectors as tenants
from tests.tenants import factories
from tests.words import says


def make_queue(tenant_id: str, slug: str = "geral", *, is_default: bool = True, **fields: object) -> models.Queue:
    queue = factories.make_queue(slug, tenant_id=tenant_id, is_default=is_default, **fields)
    make_account(tenant_id)
    return queue


def make_account(tenant_id: str) -> models.ChannelAccount:
    """The number that this tenant's customers write to."""
    slug = f"simulator-{tenant_id}"
    row, _is_new = models.ChannelAccount.objects.get_or_create(
        slug=slug, defaults={"tenant_id": tenant_id, "kind": "whatsapp", "name": slug, "phone_number_id": slug}
    )
    return row


def make_attendant(
    name: str, *queues: models.Queue, tenant_id: str = "default", is_supervisor: bool = False, capacity: int = 50
) -> AttendantValue:
    """Somebody who attends, as the value that services take."""
    row = factories.make_attendant(
        name.lower(), *queues, tenant_id=tenant_id, name=name, is_supervisor=is_supervisor, capacity=capacity
    )
    found = tenants.attendant(tenant_id, str(row.pk))
    assert found is not None
    return found


def ask_for_person(
    who: str = "Carla", *, phone: str = "5583988888888", queue: str = "", tenant_id: str = "default"
) -> str:
    """A customer asks for a person; gives the conversation's id. The event waits for its handler, as in a worker."""
    message = says(
        "Quero falar com uma pessoa", who=phone, name=who, tenant_id=tenant_id, account=f"simulator-{tenant_id}"
    )
    message_id = services.receive_message(message=message, analysis=Analysis(wants_person=True, queue=queue))
    found = selectors.message(tenant_id, message_id)
    assert found is not None
    return found.conversation_id


def sent_to_customer(conversation_id: str, tenant_id: str = "default") -> list[str]:
    """Everything the customer was told, oldest first."""
    thread: Iterable = selectors.messages(tenant_id, conversation_id)
    return [one.content.text for one in thread if one.direction.value == "outbound"]


def handle(to: str) -> int:
    """Run everything that waits for one handler of the pipeline, as a worker would; gives how many."""
    waiting = EventRecord.objects(pending__to=to).order_by("created_at")
    return sum(deliver(str(record.id), to) for record in waiting)
