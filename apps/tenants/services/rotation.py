"""A new SECRET_KEY: every stored secret moves under it, and none is lost on the way."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models, transaction

from apps.contracts.base import Value
from apps.tenants.encryption import EncryptedTextField, KeyAge, age_of_key, decrypt


class SecretsReport(Value):
    """How many secrets stand under the present key, how many were moved or still need a former one, and which are lost.

    `lost` names each secret that no key opens, "tenants.ChannelAccount 3 access_token".
    """

    present: int = 0
    former: int = 0
    lost: tuple[str, ...] = ()


class _Stored(NamedTuple):
    model: type[models.Model]
    field: str
    pk: Any
    text: str

    @property
    def name(self) -> str:
        return f"{self.model._meta.label} {self.pk} {self.field}"


def rotate_secrets(*, only_look: bool = False) -> SecretsReport:
    """Encrypt again, under the present SECRET_KEY, what only one of SECRET_KEY_FALLBACKS opens.

    Safe to repeat and while the product runs: a secret is replaced only if it still is what was read, so one saved a
    moment ago stays. What no key opens is left as it is and named. With `only_look` nothing is written.
    """
    present, former, lost = 0, 0, []
    for stored in _every_secret():
        age = age_of_key(stored.text)
        if age is KeyAge.LOST:
            lost.append(stored.name)
        elif age is KeyAge.PRESENT:
            present += 1
        else:
            former += 1
            if not only_look:
                _move(stored)
    return SecretsReport(present=present, former=former, lost=tuple(lost))


def _every_secret() -> Iterator[_Stored]:
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, EncryptedTextField):
                rows = _rows(model, field.name).exclude(text_at_rest="").order_by("pk")
                for pk, text in rows.values_list("pk", "text_at_rest"):
                    yield _Stored(model, field.name, pk, text)


def _move(stored: _Stored) -> None:
    with transaction.atomic():
        # The condition is the text as it was read: whoever saved since then has encrypted it anew already.
        rows = _rows(stored.model, stored.field).filter(pk=stored.pk, text_at_rest=stored.text)
        rows.update(**{stored.field: decrypt(stored.text)})


def _rows(model: type[models.Model], field: str) -> models.QuerySet[Any]:
    """Every row with the field as the database holds it, past the decryption."""
    at_rest = models.ExpressionWrapper(models.F(field), output_field=models.TextField())
    return model._default_manager.annotate(text_at_rest=at_rest)
