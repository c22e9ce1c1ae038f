"""What customers read about ratings, in the business's language."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from apps.contracts.content import Choice, Content, text_content
from apps.contracts.words import MessageKind
from apps.insights.domain import RATINGS, rating_id


def rating_request(conversation_id: str, customer_name: str) -> Content:
    """A list of five faces, the best first."""
    with translation.override(settings.LANGUAGE_CODE):
        faces = {
            5: gettext("😍 Excelente"),
            4: gettext("🙂 Bom"),
            3: gettext("😐 Mais ou menos"),
            2: gettext("🙁 Ruim"),
            1: gettext("😡 Péssimo"),
        }
        first = customer_name.split()[0] if customer_name.split() else ""
        text = render_to_string("insights/customer/ask.txt", {"customer": first if first.isalpha() else ""})
        return Content(
            kind=MessageKind.LIST,
            text=text.strip(),
            list_button=gettext("Avaliar"),
            choices=tuple(Choice(id=rating_id(conversation_id, rating), title=faces[rating]) for rating in RATINGS),
        )


def thanks(rating: int) -> Content:
    with translation.override(settings.LANGUAGE_CODE):
        return text_content(render_to_string("insights/customer/thanks.txt", {"rating": rating}).strip())
