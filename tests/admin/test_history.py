"""Who changed what."""

from apps.tenants import models


def test_a_change_is_logged_with_its_author_and_both_values(admin, projetos):
    rule = models.HandoffRule.objects.create(tenant=projetos.tenant, name="Pessoa", phrases="falar com alguém")

    admin.post(
        f"/admin/tenants/handoffrule/{rule.pk}/change/",
        {"name": "Pessoa", "phrases": "quero gente", "queue": "", "position": 0, "is_active": "on"},
    )

    entry = models.AuditEntry.objects.get(action="changed")
    assert (entry.actor_name, entry.tenant_id, entry.target_name) == ("Renata", "default", "Pessoa")
    assert entry.before == {"phrases": "falar com alguém"}
    assert entry.after == {"phrases": "quero gente"}


def test_saving_without_a_change_logs_nothing(admin, projetos):
    rule = models.HandoffRule.objects.create(tenant=projetos.tenant, name="Pessoa", phrases="gente")

    admin.post(
        f"/admin/tenants/handoffrule/{rule.pk}/change/",
        {"name": "Pessoa", "phrases": "gente", "queue": "", "position": 0, "is_active": "on"},
    )

    assert not models.AuditEntry.objects.exists()


def test_a_changed_secret_is_logged_as_changed_and_not_as_itself(admin, projetos):
    from tests.tenants.factories import make_account

    account = make_account("loja")
    fields = {
        "name": account.name, "is_active": "on", "messages_per_second": 80, "pair_interval_seconds": 6, "settings": "{}",
        "phone_number_id": account.phone_number_id, "app_secret": "brand new",
    }  # fmt: skip

    admin.post(f"/admin/tenants/channelaccount/{account.pk}/change/", fields)

    entry = models.AuditEntry.objects.get()
    assert set(entry.after) == {"app_secret"}
    assert "brand new" not in str(entry.after)


def test_the_log_itself_cannot_be_changed(admin, projetos):
    admin.post(f"/admin/tenants/queue/{projetos.pk}/delete/", {"post": "yes"})
    entry = models.AuditEntry.objects.get()

    admin.post(f"/admin/tenants/auditentry/{entry.pk}/delete/", {"post": "yes"})
    admin.post(f"/admin/tenants/auditentry/{entry.pk}/change/", {"actor_name": "Outra"})

    assert models.AuditEntry.objects.get().actor_name == "Renata"
    assert admin.get(f"/admin/tenants/auditentry/{entry.pk}/change/").status_code == 200
