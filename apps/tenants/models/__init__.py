"""What a person configures about a business, one module per subject."""

from apps.tenants.models.audit import AuditEntry
from apps.tenants.models.channels import ChannelAccount
from apps.tenants.models.configured import (
    Configured,
    ConfiguredManager,
    ConfiguredQuerySet,
    ConfigVersion,
    raise_config_version,
)
from apps.tenants.models.people import Attendant, Tenant, User
from apps.tenants.models.replies import Flag, QuickReply, ReplyLimits
from apps.tenants.models.service import BusinessHours, HandoffRule, Holiday, Queue, QueueMember

__all__ = [
    "Attendant",
    "AuditEntry",
    "BusinessHours",
    "ChannelAccount",
    "ConfigVersion",
    "Configured",
    "ConfiguredManager",
    "ConfiguredQuerySet",
    "Flag",
    "HandoffRule",
    "Holiday",
    "Queue",
    "QueueMember",
    "QuickReply",
    "ReplyLimits",
    "Tenant",
    "User",
    "raise_config_version",
]
