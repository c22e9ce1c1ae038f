"""Connects an account: what an administrator gave is tried before it is kept, subscribed, and heard."""

from typing import cast

from django.utils.translation import gettext as _

from apps.common import clock, mongo
from apps.contracts.base import Moment, Value
from apps.contracts.channels import AccountCheck, ChannelAdapter, ManagedChannel, TemplatedChannel
from apps.contracts.content import Content
from apps.contracts.errors import SendError, SendUnknown, UrbanaError
from apps.contracts.messages import OutboundMessage
from apps.contracts.people import ChannelAccountValue
from apps.contracts.words import CheckState
from apps.gateway.channels.registry import adapter_for
from apps.gateway.services.breakers import try_account_now
from apps.gateway.services.health import check_account
from apps.tenants import selectors as tenants
from apps.tenants.services import AccountInput, account_as_given, record_audit, save_account


class Trial(Value):
    """What the vendor said about an account that is not kept yet. `problem` says why it could not be asked at all."""

    checks: tuple[AccountCheck, ...] = ()
    problem: str = ""

    @property
    def faults(self) -> dict[str, str]:
        """What is wrong with each field, with the next step."""
        bad = [check for check in self.checks if check.state is CheckState.BAD and check.field]
        return {check.field: f"{check.sentence} {check.next_step}".strip() for check in reversed(bad)}


class SentTest(Value):
    """A test message that the channel accepted. `to` shows only the end of the address."""

    external_id: str
    to: str
    at: Moment


def can_be_managed(kind: str) -> bool:
    return isinstance(adapter_for(kind), ManagedChannel)


def try_account(given: AccountInput) -> Trial:
    """Ask the vendor about an account as it would be, without keeping anything."""
    if not can_be_managed(given.kind):
        return Trial()
    adapter = adapter_for(given.kind)
    try:
        checks = cast(ManagedChannel, adapter).check_account(account_as_given(given))
    except (SendError, SendUnknown):
        checks = ()
    if all(check.state is CheckState.UNKNOWN for check in checks):
        title = adapter.abilities.title
        return Trial(
            problem=_("%(channel)s não respondeu, e os dados não puderam ser conferidos.") % {"channel": title}
        )
    return Trial(checks=checks)


def connect_account(*, given: AccountInput, trial: Trial, actor_id: str, actor_name: str) -> str:
    """Keep an account that was tried; the slug under which it answers. What waited for a better token is tried again."""
    slug = save_account(given=given, learned=learned_by(trial), actor_id=actor_id, actor_name=actor_name)
    account = tenants.account(slug)
    if account is not None:
        try_account_now(account)
    return slug


def subscribe_account(*, account: ChannelAccountValue, callback_url: str, actor_id: str, actor_name: str) -> None:
    """Make the vendor call our webhook, and look at the account again. Raises SendError or SendUnknown."""
    cast(ManagedChannel, adapter_for(account.kind)).subscribe(account, callback_url=callback_url)
    _audit(account, "subscribed", actor_id, actor_name, {"callback_url": callback_url})
    check_account(slug=account.slug)


def send_test(*, account: ChannelAccountValue, to: str, content: Content, actor_id: str, actor_name: str) -> SentTest:
    """Send one message outside of any conversation. Raises SendError or SendUnknown, whose message says what to do."""
    adapter = adapter_for(account.kind)
    address = _address(adapter, to)
    adapter.check_content(account, content)
    message = OutboundMessage(
        tenant_id=account.tenant_id,
        account=account.slug,
        conversation_id="",
        message_id=mongo.new_id(),
        attempt=1,
        address=address,
        content=content,
        claimed_at=clock.now(),
    )
    hidden = f"…{address[-4:]}"
    try:
        receipt = adapter.send(account, message)
    except UrbanaError as refused:
        _audit(account, "test_refused", actor_id, actor_name, {"to": hidden, "code": refused.code})
        raise
    _audit(account, "tested", actor_id, actor_name, {"to": hidden})
    return SentTest(external_id=receipt.external_id, to=hidden, at=message.claimed_at)


def learned_by(trial: Trial) -> dict[str, str]:
    return {name: value for check in trial.checks for name, value in check.learned.items()}


def _address(adapter: ChannelAdapter, typed: str) -> str:
    """What a person typed, as the channel wants it. Raises SendError when it cannot be anybody's."""
    if not isinstance(adapter, TemplatedChannel):
        return typed.strip()
    sender = adapter.sender_for(typed)
    if sender is None:
        raise SendError("no_number", _("Isto não é um número de telefone. Escreva com DDD, por exemplo 83 98888-8888."))
    return sender.address


def _audit(account: ChannelAccountValue, action: str, actor_id: str, actor_name: str, after: dict[str, str]) -> None:
    record_audit(
        tenant_id=account.tenant_id,
        actor_id=actor_id,
        actor_name=actor_name,
        action=action,
        target_kind="tenants.channelaccount",
        target_id=account.slug,
        target_name=account.name,
        after=after,
    )
