"""The Graph API's paths: who is asking, for what, and the call as it shows in the traffic."""

import asyncio
import hashlib
import hmac
import json
import re
import secrets
import time

from apps.simulator.meta.account import MetaAccount
from apps.simulator.meta.courier import pretty
from apps.simulator.meta.errors import GraphError
from apps.simulator.meta.management import Management, unknown
from apps.simulator.meta.media import UPLOADED_SECONDS, StoredFile, check_upload, new_media_id
from apps.simulator.meta.payloads import Json
from apps.simulator.meta.platform import MetaPlatform
from apps.simulator.meta.tokens import MANAGEMENT, MESSAGING
from apps.simulator.phone.changes import Call, CallMade
from apps.simulator.wire import WireRequest, WireResponse, json_response, multipart

#: The 5 minutes for which a download address works (§8.3).
DOWNLOAD_SECONDS = 300
DOWNLOAD = "download"
VERSION = re.compile(r"v\d+\.\d+")


class Graph:
    """Answers one account's calls. `shows_calls` keeps each for the traffic pane."""

    def __init__(self, platform: MetaPlatform, *, shows_calls: bool = True) -> None:
        self.platform = platform
        self.management = Management(platform)
        self._shows_calls = shows_calls

    async def answer(self, account: MetaAccount, request: WireRequest) -> WireResponse:
        """Answer any call. `request.path` is "<version>/<id>[/<edge>]" or a download address."""
        began = time.time()
        rule = ""
        await asyncio.sleep(self.platform.world.faults.slow_seconds)
        try:
            response = await self._route(account, request)
        except GraphError as error:
            rule = error.rule
            response = json_response(error.body(), status=error.status)
        except ConnectionResetError:
            response = WireResponse(0, b"", is_reset=True)
        if self._shows_calls:
            self._show(request, response, began, rule)
        return response

    async def _route(self, account: MetaAccount, request: WireRequest) -> WireResponse:
        parts = [part for part in request.path.split("/") if part]
        if not parts or not (VERSION.fullmatch(parts[0]) or parts[0] == DOWNLOAD):
            raise GraphError(2500, f"Unknown path components: /{'/'.join(parts)}", rule="§7")
        self._check_proof(account, request)
        if parts[1:] == ["debug_token"]:
            asked = request.query.get("input_token", "")
            return json_response(self.platform.tokens.describe(account, request.bearer, asked))
        match parts:
            case [_, business, *edge] if business == account.business_account_id:
                self.platform.tokens.check(account, request.bearer, scope=MANAGEMENT)
                self.platform.limits.check_management()
                answer = await self.management.answer(account, request, "/".join(edge))
                return json_response(answer, headers=self._usage(account))
            case [_, number, *edge] if number == account.phone_number_id and edge not in (["messages"], ["media"]):
                scope = MESSAGING if edge == ["block_users"] else MANAGEMENT
                self.platform.tokens.check(account, request.bearer, scope=scope)
                return json_response(await self.management.answer_number(account, request, "/".join(edge)))
        # Every call and every download carries a token that may send messages (§7, §8.3).
        self.platform.tokens.check(account, request.bearer, scope=MESSAGING)
        return await self._talk(account, request, parts)

    def _check_proof(self, account: MetaAccount, request: WireRequest) -> None:
        """A proof that is given must be right: HMAC-SHA256 of the token keyed by the app secret (§7)."""
        given = request.query.get("appsecret_proof")
        right = hmac.new(account.app_secret.encode(), request.bearer.encode(), hashlib.sha256).hexdigest()
        if given is not None and not hmac.compare_digest(given.encode(), right.encode()):
            raise GraphError(100, "Invalid appsecret_proof provided in the API argument", rule="§7")

    async def _talk(self, account: MetaAccount, request: WireRequest, parts: list[str]) -> WireResponse:
        """The calls that carry messages and files."""
        match (request.method, parts):
            case ("POST", [_, number, "messages"]) if number == account.phone_number_id:
                return json_response(await self.platform.send_message(account, self._json(request)))
            case ("POST", [_, number, "media"]) if number == account.phone_number_id:
                return json_response(self._upload(request))
            case ("GET", [kind, media_id]) if kind == DOWNLOAD:
                return self._download(request, media_id)
            case ("GET", [_, media_id]):
                return json_response(self._resolve(account, request, media_id))
            case ("DELETE", [_, media_id]) if self.platform.shelf.drop(media_id):
                return json_response({"success": True})
        raise unknown(request.path)

    def _usage(self, account: MetaAccount) -> tuple[tuple[str, str], ...]:
        """How much of the hour's management calls is spent (§10)."""
        usage = {
            "type": "whatsapp_business_management",
            "call_count": self.platform.limits.management_percent(),
            "total_cputime": 1,
            "total_time": 1,
            "estimated_time_to_regain_access": 0,
        }
        return (("X-Business-Use-Case-Usage", json.dumps({account.business_account_id: [usage]})),)

    def _json(self, request: WireRequest) -> Json:
        try:
            body = request.json()
        except ValueError:
            raise GraphError(100, "The body is not JSON", rule="§7") from None
        if not isinstance(body, dict):
            raise GraphError(100, "The body must be a JSON object", rule="§7")
        return body

    def _upload(self, request: WireRequest) -> Json:
        """`POST /<phone number id>/media`, multipart (§8.1)."""
        try:
            parts = multipart(request)
        except ValueError:
            raise GraphError(100, "The body must be multipart/form-data", rule="§8.1") from None
        if "file" not in parts or "messaging_product" not in parts:
            raise GraphError(131008, "file and messaging_product are required", rule="§8.1")
        file = parts["file"]
        mime_type = parts["type"].value.decode() if "type" in parts else file.content_type
        if not mime_type:
            raise GraphError(131008, "type is required", rule="§8.1")
        check_upload(mime_type, len(file.value))
        minutes = parts["ttl_minutes"].value.decode() if "ttl_minutes" in parts else ""
        seconds = int(minutes) * 60 if minutes.isdigit() else UPLOADED_SECONDS
        expires_at = self.platform.clock() + min(seconds, UPLOADED_SECONDS)
        stored = StoredFile(new_media_id(), mime_type, file.value, file.filename, expires_at)
        self.platform.shelf.put(stored)
        return {"id": stored.id}

    def _resolve(self, account: MetaAccount, request: WireRequest, media_id: str) -> Json:
        """`GET /<media id>`: where the file can be fetched for five minutes (§8.2)."""
        if request.query.get("phone_number_id", account.phone_number_id) != account.phone_number_id:
            raise unknown(media_id)
        file = self.platform.shelf.get(media_id)
        if file is None or (file.expires_at and self.platform.clock() >= file.expires_at):
            raise unknown(media_id)
        return {
            "messaging_product": "whatsapp",
            "id": file.id,
            "mime_type": file.mime_type,
            "file_size": len(file.content),
            "sha256": file.sha256_hex,
            "url": download_url(account, file.id, until=self.platform.clock() + DOWNLOAD_SECONDS),
        }

    def _download(self, request: WireRequest, media_id: str) -> WireResponse:
        """The file itself; 404 once the address has expired (§8.3)."""
        file = self.platform.shelf.get(media_id)
        until = request.query.get("ext", "0")
        if file is None or not until.isdigit() or int(until) < self.platform.clock():
            return json_response({"error": {"message": "Media not found or address expired"}}, status=404)
        return WireResponse(200, file.content, content_type=file.mime_type)

    def _show(self, request: WireRequest, response: WireResponse, began: float, rule: str) -> None:
        is_text = request.headers.get("content-type", "").startswith("application/json")
        is_json = response.content_type == "application/json"
        call = Call(
            id=secrets.token_hex(6),
            at=began,
            is_inbound=False,
            method=request.method,
            path="/" + request.path.strip("/"),
            status=response.status,
            duration_ms=round((time.time() - began) * 1000),
            request=pretty(request.body) if is_text else (f"{len(request.body)} bytes" if request.body else ""),
            response=pretty(response.body) if is_json else f"{response.content_type}, {len(response.body)} bytes",
            note=_note(request, rule),
        )
        self.platform.world.record(CallMade(call=call))


def download_url(account: MetaAccount, media_id: str, *, until: float) -> str:
    return f"{account.graph_url}/{DOWNLOAD}/{media_id}?ext={int(until)}"


def _note(request: WireRequest, rule: str) -> str:
    """What the call is about, in a word for the page: a broken rule, or a read mark with or without typing."""
    if rule:
        return f"rule:{rule}"
    if b'"status"' in request.body and b'"read"' in request.body:
        return "typing" if b"typing_indicator" in request.body else "read"
    return ""
