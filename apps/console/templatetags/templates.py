"""The tag that draws one message template for who administers: as the customer sees it, and what is to be filled in."""

from typing import Any

from django import template

from apps.console.template_forms import with_examples
from apps.gateway.models import MessageTemplate
from apps.gateway.selectors import template_value

register = template.Library()


@register.inclusion_tag("administration/_template_page.html")
def template_page(row: MessageTemplate) -> dict[str, Any]:
    return {"filling": with_examples(template_value(row))}
