"""CSV in and out, inside one business."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.tenants import models
from apps.tenants import selectors as tenants
from tests.tenants.factories import make_attendant, make_queue, make_tenant


def import_csv(client: Client, path: str, text: str) -> str:
    """Upload, then confirm the preview, as a person does."""
    preview = client.post(
        f"{path}import/", {"import_file": SimpleUploadedFile("rows.csv", text.encode()), "format": "0", "resource": ""}
    )
    assert preview.status_code == 200
    if "confirm_form" not in preview.context or preview.context["confirm_form"] is None:
        return preview.text
    confirmed = client.post(f"{path}process_import/", preview.context["confirm_form"].initial, follow=True)
    return confirmed.text


def test_quick_replies_come_in_by_csv_and_are_offered_at_once(admin):
    person = make_attendant("ana")
    models.QuickReply.objects.create(tenant=make_tenant(), shortcut="oi", title="Oi", body="velho")

    import_csv(
        admin, "/admin/tenants/quickreply/",
        "tenant,shortcut,attendant,title,body,is_active\ndefault,oi,,Oi,Olá!,1\ndefault,pix,,Pix,A chave é o CNPJ,1\n",
    )  # fmt: skip

    found = {reply.shortcut: reply.body for reply in tenants.quick_replies("default", str(person.pk))}
    assert found == {"oi": "Olá!", "pix": "A chave é o CNPJ"}


def test_what_goes_out_comes_back_unchanged(admin):
    models.HandoffRule.objects.create(tenant=make_tenant(), name="Pessoa", phrases="gente\nhumano")
    exported = admin.post(
        "/admin/tenants/handoffrule/export/", _export_form(admin, "/admin/tenants/handoffrule/export/")
    )
    text = exported.content.decode()
    assert "gente" in text

    models.HandoffRule.objects.all().delete()
    import_csv(admin, "/admin/tenants/handoffrule/", text)

    assert tenants.handoff_phrases("default") == ("gente", "humano")


def test_an_import_cannot_write_into_the_business_next_door(manager):
    make_tenant("default")

    import_csv(
        manager,
        "/admin/tenants/handoffrule/",
        "tenant,name,phrases,position,is_active\ndefault,Minha,agora sou eu,0,1\n",
    )

    assert tenants.handoff_phrases("default") == ()


def test_an_import_without_a_tenant_column_goes_to_ones_own(manager):
    import_csv(manager, "/admin/tenants/handoffrule/", "name,phrases,position,is_active\nDono,chama o dono,0,1\n")

    assert tenants.handoff_phrases("vizinha") == ("chama o dono",)


def test_an_import_cannot_point_at_the_neighbours_queue(manager):
    queue = make_queue("projetos")

    import_csv(
        manager, "/admin/tenants/handoffrule/", f"name,phrases,queue,position,is_active\nObra,obra,{queue.pk},0,1\n"
    )

    assert tenants.handoff_rules("vizinha") == ()


def test_accounts_with_their_secrets_are_never_exported(admin):
    make_tenant()

    assert admin.get("/admin/tenants/channelaccount/export/").status_code == 403


def _export_form(client: Client, path: str) -> dict[str, object]:
    form = client.get(path).context["form"]
    chosen = {name: "on" for name, field in form.fields.items() if type(field).__name__ == "BooleanField"}
    return {"format": "0", "resource": "", **chosen}
