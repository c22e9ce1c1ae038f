from django.db import migrations, models


def keep_paces_that_people_set(apps, schema_editor):
    """A pace other than the former default was somebody's decision: it does not follow the channel's tier."""
    accounts = apps.get_model("tenants", "ChannelAccount")
    accounts._base_manager.exclude(messages_per_second=80).update(is_pace_fixed=True)


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="channelaccount",
            name="app_secret_changed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="segredo trocado em"),
        ),
        migrations.AddField(
            model_name="channelaccount",
            name="access_token_changed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="chave trocada em"),
        ),
        migrations.AddField(
            model_name="channelaccount",
            name="is_pace_fixed",
            field=models.BooleanField(
                default=False,
                help_text="Desmarcado: o ritmo acompanha o nível que o canal informa para o número.",
                verbose_name="ritmo fixo",
            ),
        ),
        migrations.RunPython(keep_paces_that_people_set, migrations.RunPython.noop, elidable=True),
    ]
