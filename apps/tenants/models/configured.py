"""What a person configures, and the version that tells every process of a change."""

import secrets
import time
from collections.abc import Collection, Iterable
from functools import partial
from operator import attrgetter
from typing import Any, ClassVar, Self, TypeVar, cast

from django.db import models, transaction
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from apps.tenants.versions import EVERYONE, forget_version

M = TypeVar("M", bound="Configured")


class ConfigVersion(models.Model):
    """The number of the latest configuration of one tenant, or of all of them together (scope "*").

    A number is never given twice, even after a rolled back transaction, because caches are keyed by it.
    """

    scope = models.CharField(max_length=64, primary_key=True)
    number = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("versão da configuração")
        verbose_name_plural = _("versões da configuração")

    def __str__(self) -> str:
        return f"{self.scope} {self.number}"


def raise_config_version(tenant_ids: Collection[str]) -> None:
    """Tell every process that the configuration of these tenants changed, if the current transaction commits."""
    for scope in sorted({EVERYONE, *tenant_ids} - {""}):
        fresh = time.time_ns() + secrets.randbelow(1_000_000)
        changed = ConfigVersion.objects.filter(scope=scope).update(number=Greatest(models.F("number") + 1, fresh))
        if not changed:
            ConfigVersion.objects.update_or_create(scope=scope, defaults={"number": fresh})
        forget_version(scope)
    transaction.on_commit(partial(_forget, {EVERYONE, *tenant_ids}))


def _forget(scopes: Collection[str]) -> None:
    for scope in scopes:
        forget_version(scope)


class ConfiguredQuerySet(models.QuerySet[M]):
    """Raises the version of every tenant that a bulk change touches, in the same transaction."""

    def _tenants(self) -> set[str]:
        path = self.model.tenant_path
        return set(self.order_by().values_list(path, flat=True).distinct())

    def update(self, **values: Any) -> int:
        with transaction.atomic(using=self.db):
            tenants = self._tenants()
            changed = super().update(**values)
            raise_config_version(tenants)
        return changed

    def delete(self) -> tuple[int, dict[str, int]]:
        with transaction.atomic(using=self.db):
            tenants = self._tenants()
            deleted = super().delete()
            raise_config_version(tenants)
        return deleted

    def bulk_create(self, objs: Iterable[M], *args: Any, **options: Any) -> list[M]:
        rows = list(objs)
        with transaction.atomic(using=self.db):
            created = super().bulk_create(rows, *args, **options)
            raise_config_version({row.config_tenant for row in rows})
        return created

    def bulk_update(self, objs: Iterable[M], *args: Any, **options: Any) -> int:
        rows = list(objs)
        with transaction.atomic(using=self.db):
            changed = super().bulk_update(rows, *args, **options)
            raise_config_version({row.config_tenant for row in rows})
        return changed


class ConfiguredManager(models.Manager[M]):
    def get_queryset(self) -> ConfiguredQuerySet[M]:
        return ConfiguredQuerySet(self.model, using=self._db)

    def bulk_create(self, objs: Iterable[M], *args: Any, **options: Any) -> list[M]:
        return self.get_queryset().bulk_create(objs, *args, **options)

    def bulk_update(self, objs: Iterable[M], *args: Any, **options: Any) -> int:
        return self.get_queryset().bulk_update(objs, *args, **options)

    def update(self, **values: Any) -> int:
        return self.get_queryset().update(**values)


class Configured(models.Model):
    """The base of every editable row: any change raises the tenant's ConfigVersion in the same transaction.

    `tenant_path` leads from the row to its tenant's id. A row whose parent is deleted by the database's cascade
    is announced by the parent, so the parent of a Configured row must be Configured too (or PROTECT it).
    """

    tenant_path: ClassVar[str] = "tenant_id"
    objects: ClassVar[ConfiguredManager[Self]] = ConfiguredManager()

    class Meta:
        abstract = True

    @property
    def config_tenant(self) -> str:
        return cast(str, attrgetter(self.tenant_path.replace("__", "."))(self))

    def save(self, *args: Any, **options: Any) -> None:
        with transaction.atomic(using=options.get("using")):
            super().save(*args, **options)
            raise_config_version({self.config_tenant})

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic(using=options.get("using")):
            tenant_id = self.config_tenant
            deleted = super().delete(*args, **options)
            raise_config_version({tenant_id})
        return deleted
