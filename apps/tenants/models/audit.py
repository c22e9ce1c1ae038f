"""Who did what."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One action of a person, kept as it was. Names are copied, because who did it may be deleted later.

    `before` and `after` hold the changed fields of a configuration row, never a secret.
    """

    tenant_id = models.CharField(_("empresa"), max_length=40, db_index=True)
    at = models.DateTimeField(_("quando"), db_index=True)
    actor_id = models.CharField(_("id do login"), max_length=40, blank=True)
    actor_name = models.CharField(_("quem"), max_length=150, blank=True)
    action = models.CharField(_("ação"), max_length=60, db_index=True)
    target_kind = models.CharField(_("o quê"), max_length=80, blank=True)
    target_id = models.CharField(_("id"), max_length=80, blank=True)
    target_name = models.CharField(_("nome"), max_length=200, blank=True)
    before = models.JSONField(_("antes"), default=dict, blank=True)
    after = models.JSONField(_("depois"), default=dict, blank=True)
    trace_id = models.CharField(_("rastro"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("registro de mudança")
        verbose_name_plural = _("mudanças")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["tenant_id", "target_kind", "target_id"], name="audit_target")]

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.action} {self.target_name}"
