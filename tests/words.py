"""The customer's side of a test: messages as a channel adapter hands them over."""

import itertools
import time
from datetime import datetime, timedelta

from apps.common import clock
from apps.contracts.content import Content, text_content
from apps.contracts.messages import InboundMessage, Sender

_numbers = itertools.count(1)

CARLA = "5583988887777"
DIEGO = "5583988886666"


def says(
    what: str | Content,
    *,
    who: str = CARLA,
    name: str = "Carla",
    external_id: str = "",
    tenant_id: str = "default",
    account: str = "simulator",
    sent_at: datetime | None = None,
    ago: timedelta = timedelta(),
) -> InboundMessage:
    """Give one normalised inbound message; each call is a new message unless `external_id` repeats one."""
    now = clock.now()
    sent = sent_at or now - ago
    index = next(_numbers)
    return InboundMessage(
        tenant_id=tenant_id,
        account=account,
        channel="whatsapp",
        external_id=external_id or f"wamid.TEST.{time.time_ns()}.{index}",
        sender=Sender(identities=(f"wa:{who}",), address=who, name=name, phone=who),
        content=text_content(what) if isinstance(what, str) else what,
        sent_at=sent,
        received_at=now,
        order=f"{int(sent.timestamp()):012d}.{time.time_ns():020d}.{index % 10_000:04d}",
    )
