"""The tag that draws one message template for who administers: as the customer sees it, and what is to be filled in."""

from typing import Any

from django import template

from apps.console.template_forms import with_examples
from apps.gateway import selectors as gateway
from apps.gateway.models import MessageTemplate

register = template.Library()


@register.inclusion_tag("administration/_template_page.html")
def template_page(row: MessageTemplate) -> dict[str, Any]:
    found = gateway.template(row.tenant_id, row.account.slug, f"{row.name}:{row.language}")
    return {"filling": with_examples(found) if found else None}
