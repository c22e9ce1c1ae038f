"""The Graph API's calls about an account: its numbers, templates, subscription, blocked people (§1, §13)."""

import base64
from typing import Any
from urllib.parse import urlencode

from apps.simulator.meta.account import MetaAccount
from apps.simulator.meta.blocking import Blocking
from apps.simulator.meta.definitions import LISTED_FIELDS, as_listed
from apps.simulator.meta.errors import GraphError
from apps.simulator.meta.payloads import Json
from apps.simulator.meta.platform import MetaPlatform
from apps.simulator.phone.changes import BusinessChanged
from apps.simulator.wire import WireRequest, parameters

NUMBER_DEFAULTS = ["verified_name", "code_verification_status", "display_phone_number", "quality_rating"]
NUMBER_DEFAULTS += ["platform_type", "throughput", "id"]
BUSINESS_DEFAULTS = ["id", "name", "timezone_id", "message_template_namespace"]
PROFILE_FIELDS = ("about", "address", "description", "email", "vertical", "websites")
PAGE = 25
LARGEST_PAGE = 1_000


class Management:
    """Answers for one platform. Every method raises GraphError."""

    def __init__(self, platform: MetaPlatform) -> None:
        self.platform = platform
        self._blocking = Blocking(platform)

    async def answer(self, account: MetaAccount, request: WireRequest, edge: str) -> Json:
        """`/<business account id>/<edge>`; "" for the account itself."""
        match (request.method, edge):
            case ("GET", ""):
                return chosen(self._business(account), request, BUSINESS_DEFAULTS, "WhatsAppBusinessAccount")
            case ("GET", "phone_numbers"):
                number = chosen(self._number(account), request, NUMBER_DEFAULTS, "WhatsAppBusinessPhoneNumber")
                return paged([number], account, request)
            case ("GET", "message_templates"):
                return self._templates(account, request)
            case ("GET", "subscribed_apps"):
                return {"data": self._subscribed(account)}
            case ("POST", "subscribed_apps"):
                return await self._subscribe(account, parameters(request))
            case ("DELETE", "subscribed_apps"):
                self._change(is_subscribed=False, callback_url="")
                return {"success": True}
        raise unknown(edge)

    async def answer_number(self, account: MetaAccount, request: WireRequest, edge: str) -> Json:
        """`/<phone number id>/<edge>`; "" for the number itself."""
        match (request.method, edge):
            case ("GET", ""):
                return chosen(self._number(account), request, NUMBER_DEFAULTS, "WhatsAppBusinessPhoneNumber")
            case ("POST", ""):
                return await self._redirect_number(request)
            case ("GET", "whatsapp_business_profile"):
                about = {name: self.platform.world.business.about.get(name, "") for name in PROFILE_FIELDS}
                return {"data": [{"messaging_product": "whatsapp", **about}]}
            case ("POST", "whatsapp_business_profile"):
                return self._describe(parameters(request))
            case (method, "block_users"):
                return self._blocking.answer(method, request)
        raise unknown(edge)

    def _number(self, account: MetaAccount) -> Json:
        state = self.platform.world.business
        return {
            "id": account.phone_number_id,
            "display_phone_number": account.display_number,
            "verified_name": account.name or "Urbana do Brasil",
            "quality_rating": state.quality,
            "platform_type": "CLOUD_API",
            "is_on_biz_app": False,
            "throughput": {"level": state.throughput},
            "status": state.number_status,
            "name_status": state.name_status,
            "code_verification_status": state.code_verification,
            "whatsapp_business_manager_messaging_limit": state.messaging_limit,
            "account_mode": "LIVE",
            "is_official_business_account": False,
            "webhook_configuration": self._callbacks(account),
        }

    def _business(self, account: MetaAccount) -> Json:
        state = self.platform.world.business
        return {
            "id": account.business_account_id,
            "name": account.name or "Urbana do Brasil",
            "timezone_id": "25",
            "currency": "BRL",
            "country": "BR",
            "message_template_namespace": "c0ffee00_c0ff_ee00_c0ff_ee00c0ffee00",
            "account_review_status": "APPROVED",
            "business_verification_status": "verified",
            "ownership_type": "SELF",
            "status": "DISABLED" if state.is_locked else "ACTIVE",
        }

    def _callbacks(self, account: MetaAccount) -> Json:
        override = self.platform.world.business.callback_url
        number = self.platform.world.business.number_callback_url
        return {
            "application": account.webhook_url,
            **({"whatsapp_business_account": override} if override else {}),
            **({"phone_number": number} if number else {}),
        }

    def _templates(self, account: MetaAccount, request: WireRequest) -> Json:
        """One page, filtered by name, status, language or category when asked."""
        wanted = fields_of(request)
        refuse_fields(wanted, LISTED_FIELDS, "WhatsAppMessageTemplate")
        found = list(self.platform.world.templates.values())
        for name in ("name", "status", "language", "category"):
            if asked := request.query.get(name):
                found = [template for template in found if getattr(template, name) == asked]
        return paged([as_listed(template, wanted) for template in found], account, request)

    def _subscribed(self, account: MetaAccount) -> list[Json]:
        state = self.platform.world.business
        if not state.is_subscribed:
            return []
        app: Json = {
            "whatsapp_business_api_data": {
                "id": account.app_id,
                "name": "Urbana Connect",
                "link": f"https://www.facebook.com/games/?app_id={account.app_id}",
            }
        }
        return [{**app, **({"override_callback_uri": state.callback_url} if state.callback_url else {})}]

    async def _subscribe(self, account: MetaAccount, given: Json) -> Json:
        """Subscribe the app; with an address of its own only after that address has answered the handshake (§1)."""
        callback_url, verify_token = str(given.get("override_callback_uri", "")), str(given.get("verify_token", ""))
        if not callback_url:
            self._change(is_subscribed=True, callback_url="")
            return {"success": True}
        if not self.platform.world.business.is_subscribed:
            details = "Before override the current callback uri, your app must be subscribed to receive messages"
            raise GraphError(100, details, rule="§1")
        if not verify_token:
            raise GraphError(100, "verify_token is required with override_callback_uri", rule="§1")
        if fault := await self.platform.courier.shake_hands(callback_url, verify_token):
            raise GraphError(2200, f"Callback verification failed with the following errors: {fault}", rule="§1")
        self._change(callback_url=callback_url)
        return {"success": True}

    async def _redirect_number(self, request: WireRequest) -> Json:
        """Give the number a callback of its own, after the handshake; an empty one takes it back (§1)."""
        given = parameters(request).get("webhook_configuration")
        if not isinstance(given, dict):
            raise GraphError(100, "webhook_configuration is required", rule="§1")
        callback_url, verify_token = str(given.get("override_callback_uri", "")), str(given.get("verify_token", ""))
        if callback_url and not verify_token:
            raise GraphError(100, "verify_token is required with override_callback_uri", rule="§1")
        if callback_url and (fault := await self.platform.courier.shake_hands(callback_url, verify_token)):
            raise GraphError(2200, f"Callback verification failed with the following errors: {fault}", rule="§1")
        self._change(number_callback_url=callback_url)
        return {"success": True}

    def _describe(self, given: Json) -> Json:
        if given.get("messaging_product") != "whatsapp":
            raise GraphError(100, "messaging_product must be whatsapp", rule="§7")
        about = {name: given[name] for name in PROFILE_FIELDS if name in given}
        self._change(about={**self.platform.world.business.about, **about})
        return {"success": True}

    def _change(self, **changes: Any) -> None:
        business = self.platform.world.business.model_copy(update=changes)
        self.platform.world.record(BusinessChanged(business=business))


def chosen(everything: Json, request: WireRequest, defaults: list[str], node: str) -> Json:
    """What `fields` asks for, the usual ones otherwise. A field that the node does not have is refused (§11 D)."""
    wanted = fields_of(request)
    refuse_fields(wanted, everything, node)
    return {name: everything[name] for name in (*(wanted or defaults), "id")}


def fields_of(request: WireRequest) -> list[str]:
    return [name.strip() for name in request.query.get("fields", "").split(",") if name.strip()]


def refuse_fields(wanted: list[str], known: Any, node: str) -> None:
    for name in wanted:
        if name not in known:
            raise GraphError(100, f"Tried accessing nonexisting field ({name}) on node type ({node})", rule="§11 D")


def paged(rows: list[Json], account: MetaAccount, request: WireRequest) -> Json:
    """One page of a list, with the cursors and, when there is more, the address of the next one."""
    limit, start = request.query.get("limit", str(PAGE)), _offset(request.query.get("after", ""))
    if not limit.isdigit() or not 1 <= int(limit) <= LARGEST_PAGE:
        raise GraphError(100, f"limit must be 1 to {LARGEST_PAGE}", rule="§13")
    end = start + int(limit)
    page: Json = {"data": rows[start:end], "paging": {}}
    if page["data"]:
        page["paging"]["cursors"] = {"before": _cursor(start), "after": _cursor(min(end, len(rows)))}
    if end < len(rows):
        query = urlencode({**request.query, "after": _cursor(end)})
        page["paging"]["next"] = f"{account.graph_url}/{request.path.strip('/')}?{query}"
    return page


def _cursor(offset: int) -> str:
    return base64.urlsafe_b64encode(f"row:{offset}".encode()).decode().rstrip("=")


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        name, _, offset = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition(":")
    except ValueError:
        name, offset = "", ""
    if name != "row" or not offset.isdigit():
        raise GraphError(100, "after is not a cursor of this list", rule="§13")
    return int(offset)


def unknown(what: str) -> GraphError:
    return GraphError(100, f"Object {what} does not exist or this token may not see it", rule="§11 D")
