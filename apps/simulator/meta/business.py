"""What Meta decides about the business: templates, quality, limits, locks. Each decision is told by webhook (§5)."""

from typing import Any

from apps.simulator.meta.account import MetaAccount
from apps.simulator.meta.courier import Parcel
from apps.simulator.meta.definitions import defined
from apps.simulator.meta.errors import status_error
from apps.simulator.meta.limits import HIGH_MESSAGES_PER_SECOND
from apps.simulator.meta.payloads import Json
from apps.simulator.meta.platform import MetaPlatform
from apps.simulator.phone.business import Template
from apps.simulator.phone.changes import BusinessChanged, TemplateChanged

WEEK_SECONDS = 7 * 24 * 3600


class Business:
    """Meta's reviewers and its machines. Call it on the platform's event loop."""

    def __init__(self, platform: MetaPlatform) -> None:
        self.platform = platform

    @property
    def templates(self) -> list[Template]:
        return list(self.platform.world.templates.values())

    def add_template(self, definition: Json) -> Template:
        """Take a definition as it stands, approved unless it says otherwise, without telling anybody."""
        template = defined(definition)
        self.platform.world.record(TemplateChanged(template=template))
        return template

    def remove_template(self, account: MetaAccount, name: str, language: str = "pt_BR") -> None:
        template = self._named(name, language)
        self.platform.world.record(TemplateChanged(template=template, is_gone=True))
        self._tell_template(account, template, "PENDING_DELETION", "NONE")

    def approve(self, account: MetaAccount, name: str, language: str = "pt_BR") -> None:
        self._decide(account, name, language, status="APPROVED", reason="NONE")

    def reject(
        self, account: MetaAccount, name: str, language: str = "pt_BR", *, reason: str = "INVALID_FORMAT"
    ) -> None:
        explained = {
            "rejection_info": {
                "reason": "Variáveis sem texto entre elas",
                "recommendation": "Ponha texto entre as variáveis",
            }
        }
        self._decide(account, name, language, status="REJECTED", reason=reason, **explained)

    def pause(self, account: MetaAccount, name: str, language: str = "pt_BR") -> None:
        """Customers gave it bad marks; it rests for three hours, then six, then it is disabled."""
        paused = {"other_info": {"title": "FIRST_PAUSE", "description": "Quality is low; paused for 3 hours"}}
        self._decide(account, name, language, status="PAUSED", reason="NONE", **paused)

    def disable(self, account: MetaAccount, name: str, language: str = "pt_BR") -> None:
        self._decide(account, name, language, status="DISABLED", reason="NONE")

    def mark_template(self, account: MetaAccount, name: str, quality: str, language: str = "pt_BR") -> None:
        """Change a template's quality: GREEN, YELLOW, RED or UNKNOWN."""
        template = self._named(name, language)
        changed = template.model_copy(update={"quality": quality})
        self.platform.world.record(TemplateChanged(template=changed))
        value = {
            "previous_quality_score": template.quality,
            "new_quality_score": quality,
            **_about(template),
        }
        self._send(account, "message_template_quality_update", value)

    def rewrite(self, account: MetaAccount, name: str, text: str, language: str = "pt_BR") -> None:
        """Change a template's body, as an editor at the business does in Meta's own pages."""
        template = self._named(name, language)
        components = tuple({**part, "text": text} if part["type"] == "BODY" else part for part in template.components)
        self.platform.world.record(TemplateChanged(template=template.model_copy(update={"components": components})))
        value = {**_about(template), "message_template_element": text}
        self._send(account, "message_template_components_update", value)

    def recategorise(self, account: MetaAccount, name: str, category: str, language: str = "pt_BR") -> None:
        """Find that a template is of another, perhaps dearer, category."""
        template = self._named(name, language)
        self.platform.world.record(TemplateChanged(template=template.model_copy(update={"category": category})))
        value = {**_about(template), "previous_category": template.category, "new_category": category}
        self._send(account, "template_category_update", value)

    def change_quality(self, account: MetaAccount, quality: str, *, limit: str = "TIER_2K") -> None:
        """The number's quality and the messaging limit that follows from it (§10)."""
        before = self.platform.world.business.messaging_limit
        self._change(quality=quality, messaging_limit=limit)
        value = {
            "display_phone_number": account.display_number,
            "event": "DOWNGRADE" if quality == "RED" else "UPGRADE",
            "old_limit": before,
            "current_limit": limit,
            "max_daily_conversations_per_business": limit,
        }
        self._send(account, "phone_number_quality_update", value)

    def upgrade_throughput(self, account: MetaAccount) -> None:
        """From 80 to 1,000 messages a second (§10)."""
        self._change(throughput="HIGH")
        self.platform.limits.raise_to(HIGH_MESSAGES_PER_SECOND)
        limit = self.platform.world.business.messaging_limit
        value = {
            "display_phone_number": account.display_number,
            "event": "THROUGHPUT_UPGRADE",
            "current_limit": limit,
            "max_daily_conversations_per_business": limit,
        }
        self._send(account, "phone_number_quality_update", value)

    def restrict(self, account: MetaAccount, *restrictions: str) -> None:
        """Forbid for a week what `restrictions` name; none given: only what the business begins."""
        kinds = restrictions or ("RESTRICTED_BIZ_INITIATED_MESSAGING",)
        self._change(restrictions=kinds)
        until = int(self.platform.clock() + WEEK_SECONDS)
        info = [{"restriction_type": kind, "expiration": until} for kind in kinds]
        self._send(account, "account_update", {"event": "ACCOUNT_RESTRICTION", "restriction_info": info})

    def lock(self, account: MetaAccount) -> None:
        """Ban the account: every send is refused from now on (§11 D)."""
        self._change(is_locked=True, number_status="BANNED")
        ban = {"waba_ban_state": "DISABLE", "waba_ban_date": "2026-11-22"}
        self._send(account, "account_update", {"event": "DISABLED_UPDATE", "ban_info": ban})

    def unlock(self, account: MetaAccount) -> None:
        self._change(is_locked=False, number_status="CONNECTED", restrictions=())
        ban = {"waba_ban_state": "REINSTATE", "waba_ban_date": "2026-11-22"}
        self._send(account, "account_update", {"event": "DISABLED_UPDATE", "ban_info": ban})

    def report_error(self, account: MetaAccount, code: int) -> None:
        """Tell of an error that belongs to no message (§3, `value.errors[]`)."""
        self._send(account, "messages", {"errors": [status_error(code, "Reported by the stand-in")]})

    def change(self, account: MetaAccount, **changes: Any) -> None:
        """Change fields of `phone.business.BusinessState` without a word to anybody."""
        self._change(**changes)

    def _change(self, **changes: Any) -> None:
        business = self.platform.world.business.model_copy(update=changes)
        self.platform.world.record(BusinessChanged(business=business))

    def _decide(
        self, account: MetaAccount, name: str, language: str, *, status: str, reason: str, **more: Json
    ) -> None:
        template = self._named(name, language)
        changed = template.model_copy(update={"status": status, "rejected_reason": reason})
        self.platform.world.record(TemplateChanged(template=changed))
        self._tell_template(account, changed, status, reason, **more)

    def _tell_template(self, account: MetaAccount, template: Template, event: str, reason: str, **more: Json) -> None:
        category = {"message_template_category": template.category}
        value = {"event": event, **_about(template), **category, "reason": reason, **more}
        self._send(account, "message_template_status_update", value)

    def _named(self, name: str, language: str) -> Template:
        template = self.platform.world.template(name, language)
        if template is None:
            raise KeyError(f"there is no template {name} in {language}")
        return template

    def _send(self, account: MetaAccount, field: str, value: Json) -> None:
        self.platform.courier.send(Parcel(account, value, field=field, note=f"field:{field}"))


def _about(template: Template) -> Json:
    return {
        "message_template_id": int(template.id),
        "message_template_name": template.name,
        "message_template_language": template.language,
    }
