"""The demo business: deterministic, repeatable, refused outside DEBUG."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from apps.tenants import models
from apps.tenants.roles import ADMINISTRATOR, ATTENDANT, SUPERVISOR
from apps.tenants.services import new_secret, sync_roles

TENANT = "default"
SIMULATOR = "simulator"

#: login, first name, last name, role, supervises, serves the queues
PEOPLE = (
    ("admin", "Renata", "Albuquerque", ADMINISTRATOR, True, False),
    ("ana", "Ana", "Lacerda", ATTENDANT, False, True),
    ("bruno", "Bruno", "Tavares", ATTENDANT, False, True),
    ("sofia", "Sofia", "Medeiros", SUPERVISOR, True, True),
)

#: slug, name, colour, is the default queue
QUEUES = (
    ("projetos", "Projetos", "q1", True),
    ("fachada", "Fachada e pintura", "q2", False),
    ("pos-venda", "Pós-venda", "q3", False),
)

#: What an attendant needs to know, by the names under which the assistant writes it down.
WANTED_FACTS = {"projetos": "Serviço\nCômodo\nLargura\nComprimento\nCidade", "fachada": "Serviço\nLargura\nCidade"}

QUICK_REPLIES = (
    ("oi", "Saudação", "Oi, {primeiro_nome}! Aqui é {atendente}, da Urbana. Já li a conversa e sigo com você."),
    (
        "fotos",
        "Pedir fotos e medidas",
        "Para começar, me mande fotos ou vídeos do ambiente, a largura e o comprimento, e conte o que você imagina.",
    ),
    ("medidas", "Como medir", "Meça de parede a parede, largura × comprimento, em metros. Pode ser aproximado."),
    ("protocolo", "Número do protocolo", "O protocolo deste atendimento é {protocolo}."),
    ("tchau", "Despedida", "Obrigada pela conversa, {primeiro_nome}! Qualquer dúvida é só chamar por aqui."),
)

HANDOFF_RULES = (
    ("Pede uma pessoa", "", "falar com uma pessoa\nfalar com alguém\nfalar com um atendente\natendimento humano"),
    ("Reclamação", "pos-venda", "quero reclamar\nquero fazer uma reclamação\nvou no procon"),
    ("Já sou cliente", "pos-venda", "meu projeto atrasou\nsobre o meu projeto em andamento"),
)


@transaction.atomic
def seed_tenants() -> None:
    """Create the demo business where it does not exist yet; what somebody edited since stays edited.

    Raises ImproperlyConfigured unless DEBUG is on: the demo passwords are public.
    """
    if not settings.DEBUG:
        raise ImproperlyConfigured("Demo data has public passwords: it is created only with DEBUG on.")
    sync_roles()
    tenant, _created = models.Tenant.objects.get_or_create(slug=TENANT, defaults={"name": "Urbana do Brasil"})
    models.ReplyLimits.objects.get_or_create(tenant=tenant)
    queues = [_seed_queue(tenant, position, *row) for position, row in enumerate(QUEUES)]
    for row in PEOPLE:
        _seed_person(tenant, queues, *row)
    _seed_rules(tenant)
    _seed_simulator(tenant)


def _seed_queue(
    tenant: models.Tenant, position: int, slug: str, name: str, colour: str, is_default: bool
) -> models.Queue:
    has_default = models.Queue.objects.filter(tenant=tenant, is_default=True).exists()
    queue, _created = models.Queue.objects.get_or_create(
        tenant=tenant,
        slug=slug,
        defaults={
            "name": name,
            "colour": colour,
            "position": position,
            "is_default": is_default and not has_default,
            "is_always_open": True,
            "wanted_facts": WANTED_FACTS.get(slug, ""),
        },
    )
    return queue


def _seed_person(
    tenant: models.Tenant,
    queues: list[models.Queue],
    login: str,
    first_name: str,
    last_name: str,
    role: str,
    is_supervisor: bool,
    serves: bool,
) -> None:
    is_administrator = role == ADMINISTRATOR
    user, is_new = models.User.objects.get_or_create(
        username=login,
        defaults={
            "first_name": first_name,
            "last_name": last_name,
            "tenant": tenant,
            "is_staff": is_administrator,
            "is_superuser": is_administrator,
        },
    )
    if is_new:
        user.set_password(login)
        user.save(update_fields=["password"])
        user.groups.add(Group.objects.get(name=role))
    attendant, has_no_profile = models.Attendant.objects.get_or_create(
        user=user,
        defaults={"tenant": tenant, "name": first_name, "is_supervisor": is_supervisor, "capacity": 50},
    )
    if has_no_profile and serves:
        for queue in queues:
            models.QueueMember.objects.get_or_create(queue=queue, attendant=attendant)


def _seed_rules(tenant: models.Tenant) -> None:
    for shortcut, title, body in QUICK_REPLIES:
        models.QuickReply.objects.get_or_create(
            tenant=tenant, shortcut=shortcut, attendant=None, defaults={"title": title, "body": body}
        )
    for position, (name, queue_slug, phrases) in enumerate(HANDOFF_RULES):
        queue = models.Queue.objects.filter(tenant=tenant, slug=queue_slug).first()
        models.HandoffRule.objects.get_or_create(
            tenant=tenant, name=name, defaults={"phrases": phrases, "queue": queue, "position": position}
        )


def _seed_simulator(tenant: models.Tenant) -> None:
    """The account that the phone in the browser owns. Its secrets are made here and known nowhere else."""
    account, is_new = models.ChannelAccount.objects.get_or_create(
        slug=SIMULATOR,
        defaults={
            "tenant": tenant,
            "kind": "whatsapp",
            "name": "Urbana do Brasil",
            "display_number": "+55 83 3333-0350",
            "phone_number_id": "106540352242922",
            "business_account_id": "102290129340398",
            "access_token": new_secret(),
            "app_secret": new_secret(),
            "verify_token": new_secret(),
        },
    )
    graph_url = f"http://127.0.0.1:{settings.PORT}/simulator/graph"
    # The port may differ at the next start, the secrets may not.
    if is_new or account.graph_url != graph_url:
        account.graph_url = graph_url
        account.save()
