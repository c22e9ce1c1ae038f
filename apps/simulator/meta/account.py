"""The business account as Meta's side knows it."""

import re
from dataclasses import dataclass

from apps.contracts.people import ChannelAccountValue

GRAPH_PATH = "/simulator/graph"


@dataclass(frozen=True)
class MetaAccount:
    """One phone number with its credentials. `graph_url` is where this stand-in listens, `webhook_url` where it posts."""

    phone_number_id: str
    business_account_id: str
    display_number: str
    access_token: str
    app_secret: str
    graph_url: str
    webhook_url: str
    verify_token: str = ""
    name: str = ""
    app_id: str = "660000000000010"
    tenant_id: str = "default"
    slug: str = "simulator"


def meta_account(configured: ChannelAccountValue) -> MetaAccount:
    """Read the credentials of a configured account; its webhook stands beside its Graph address."""
    graph_url = configured.graph_url.rstrip("/")
    origin = graph_url.removesuffix(GRAPH_PATH)
    return MetaAccount(
        phone_number_id=configured.phone_number_id,
        business_account_id=configured.business_account_id,
        display_number=re.sub(r"\D", "", configured.display_number),
        access_token=configured.access_token.get_secret_value(),
        app_secret=configured.app_secrets[0].get_secret_value() if configured.app_secrets else "",
        verify_token=configured.verify_token.get_secret_value(),
        graph_url=graph_url,
        webhook_url=f"{origin}/webhooks/{configured.kind}/{configured.slug}",
        name=configured.name,
        tenant_id=configured.tenant_id,
        slug=configured.slug,
    )
