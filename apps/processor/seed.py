"""Demo rules of the processor. None acts on rate: a customer who writes a lot is not spam."""

from django.db import transaction

from apps.processor.models import RoutingRule, SpamRule
from apps.tenants.models import Tenant


@transaction.atomic
def seed_rules(tenant: Tenant) -> None:
    """Write the demo rules of a tenant that are not there yet; what a person changed stays."""
    for name, sign, pattern, score in _SPAM:
        SpamRule.objects.get_or_create(
            tenant=tenant, name=name, defaults={"sign": sign, "pattern": pattern, "score": score}
        )
    for name, values in _ROUTING:
        RoutingRule.objects.get_or_create(tenant=tenant, name=name, defaults=values)


_SPAM = (
    (
        "Renda fácil",
        "phrase",
        "ganhe dinheiro * em casa\nrenda extra garantida\nmultiplique seu dinheiro\ngrupo vip de investimento",
        1,
    ),
    ("Empréstimo e aposta", "phrase", "emprestimo aprovado\nbonus * aposta\ncassino online\ntigrinho", 1),
    ("Encurtador de link", "link", "bit.ly\ntinyurl.com\ncutt.ly", 0.6),
    ("Texto repetido", "repetition", "", 0.4),
)

_ROUTING: tuple[tuple[str, dict[str, object]], ...] = (
    (
        "Parcerias e imprensa",
        {
            "position": 10,
            "phrases": "proposta de parceria\nassessoria de imprensa\nsou da imprensa",
            "action": "tag",
            "tag": "parceria",
            "stops": False,
        },
    ),
    ("Reclamações", {"position": 20, "intent": "complaint", "action": "tag", "tag": "reclamação", "stops": False}),
)
