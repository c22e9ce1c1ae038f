"""What other apps read of a business, and that they never read the neighbour's."""

from apps.contracts.handoff import Unaccepted
from apps.tenants import models
from apps.tenants import selectors as tenants
from tests.tenants.factories import make_account, make_attendant, make_queue, make_tenant


def test_each_business_sees_its_own_queues_people_and_phrases(projetos, ana):
    other = make_queue("obras", tenant_id="vizinha", is_default=True)
    make_attendant("vera", other, tenant_id="vizinha")
    models.HandoffRule.objects.create(tenant_id="vizinha", name="Pessoa", phrases="me passa o dono")

    assert [queue.slug for queue in tenants.queues("default")] == ["projetos"]
    assert [person.name for person in tenants.attendants("default")] == ["Ana"]
    assert tenants.handoff_phrases("default") == ()
    assert tenants.handoff_phrases("vizinha") == ("me passa o dono",)
    assert tenants.attendant("default", str(models.Attendant.objects.get(name="Vera").pk)) is None


def test_a_queue_says_who_serves_it_and_what_happens_when_nobody_accepts(projetos, ana):
    projetos.unaccepted = "return"
    projetos.wanted_facts = "comodo\n\n largura \n"
    projetos.save()

    found = tenants.queue("default", "projetos")

    assert found is not None
    assert found.attendant_ids == (str(ana.pk),)
    assert found.unaccepted is Unaccepted.RETURN
    assert found.wanted_facts == ("comodo", "largura")
    assert tenants.default_queue("default") == found


def test_without_a_marked_queue_the_first_one_receives(default):
    make_queue("b", position=2)
    make_queue("a", position=1)

    found = tenants.default_queue("default")

    assert found is not None
    assert found.slug == "a"


def test_a_login_leads_to_its_attendant_and_an_inactive_one_to_nobody(ana):
    assert tenants.attendant_for_user(ana.user_id).name == "Ana"

    ana.is_active = False
    ana.save()

    assert tenants.attendant_for_user(ana.user_id) is None
    assert tenants.queue("default", "projetos").attendant_ids == ()


def test_the_webhook_reads_every_account_in_one_query(default, vizinha, django_assert_num_queries):
    make_account("um")
    make_account("dois", tenant_id="vizinha", is_active=False)

    with django_assert_num_queries(2):  # the version and the rows
        found = tenants.webhook_accounts()

    assert set(found) == {"um", "dois"}
    assert [account.slug for account in tenants.accounts()] == ["um"]
    assert tenants.account_by_phone_number_id(found["um"].phone_number_id) == found["um"]
    assert tenants.account_by_phone_number_id("") is None


def test_an_account_without_an_address_of_its_own_uses_the_servers(settings):
    make_account()
    make_account("proxy", graph_url="http://127.0.0.1:9/graph", graph_version="v30.0")

    assert tenants.account("simulator").graph_url == settings.WHATSAPP_GRAPH_URL
    assert tenants.account("proxy").graph_url == "http://127.0.0.1:9/graph"
    assert tenants.account("proxy").graph_version == "v30.0"


def test_an_attendant_sees_own_quick_replies_first_and_nobody_elses(projetos, ana):
    bruno = make_attendant("bruno")
    for shortcut, fields in {
        "todos": {}, "minha": {"attendant": ana}, "dele": {"attendant": bruno}, "fila": {"queue": projetos},
        "outra": {"queue": make_queue("outra")},
    }.items():  # fmt: skip
        models.QuickReply.objects.create(tenant=projetos.tenant, shortcut=shortcut, title=shortcut, body="Oi", **fields)

    found = tenants.quick_replies("default", str(ana.pk))

    assert [(reply.shortcut, reply.scope) for reply in found] == [
        ("minha", "mine"),
        ("fila", "queue"),
        ("todos", "everyone"),
    ]


def test_limits_of_a_business_replace_the_servers(settings, default):
    settings.ASSISTANT_TURNS_PER_CUSTOMER_HOUR = 7
    assert tenants.reply_limits("default").turns_per_customer_hour == 7

    models.ReplyLimits.objects.create(tenant=default, turns_per_customer_hour=0, max_failed_replies=4)

    assert tenants.reply_limits("default").turns_per_customer_hour == 0
    assert tenants.reply_limits("default").max_failed_replies == 4


def test_a_flag_is_off_until_somebody_switches_it_on_for_this_business(default):
    make_tenant("vizinha")
    assert not tenants.flag("nova-lista", "default")

    models.Flag.objects.create(tenant=default, name="nova-lista", is_on=True)

    assert tenants.flag("nova-lista", "default")
    assert not tenants.flag("nova-lista", "vizinha")


def test_a_percentage_is_stable_for_a_subject_and_near_what_was_asked(default):
    models.Flag.objects.create(tenant=default, name="canario", is_on=True, percentage=30, logins="ana")

    on = [subject for subject in map(str, range(500)) if tenants.flag("canario", "default", subject=subject)]

    assert 100 < len(on) < 200
    assert all(tenants.flag("canario", "default", subject=subject) for subject in on)
    assert tenants.flag("canario", "default", login="ana")
