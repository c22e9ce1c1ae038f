"""The Bot API's addresses: whose token, which method, and the faults that were ordered."""

import asyncio
import json
import secrets
from dataclasses import dataclass

from apps.simulator.telegram.errors import BotApiError
from apps.simulator.telegram.faults import Fault
from apps.simulator.telegram.methods import CARRIERS, Files, Methods
from apps.simulator.telegram.platform import BotPlatform
from apps.simulator.telegram.rules import Json
from apps.simulator.wire import WireRequest, WireResponse, json_response, multipart


@dataclass(frozen=True)
class Called:
    """One call, for tests to look at. `rule` is what it broke."""

    method: str
    params: Json
    status: int
    rule: str = ""


class BotApi:
    """Answers `/bot<token>/<method>` and `/file/bot<token>/<path>`."""

    def __init__(self, platform: BotPlatform) -> None:
        self.platform = platform
        self.calls: list[Called] = []
        #: Where a download is sent instead of being answered, when set.
        self.redirects_to = ""
        self._methods = Methods(platform)

    async def answer(self, request: WireRequest) -> WireResponse:
        method, rule = request.path, ""
        params: Json = {}
        try:
            if request.path.startswith("/file/"):
                return self._download(request.path.removeprefix("/file"))
            method = self._method(request.path)
            params, files = _read(request)
            response = await self._play(method, params, files)
        except BotApiError as error:
            rule = error.rule
            response = json_response(error.body(), status=error.code)
        self.calls.append(Called(method, params, response.status, rule))
        return response

    async def _play(self, method: str, params: Json, files: Files) -> WireResponse:
        if not self._methods.knows(method):
            raise BotApiError(404, rule="§4")
        fault = self.platform.take_fault() if method in CARRIERS else Fault()
        if fault.is_accepted or not (fault.code or fault.hangs_seconds):
            result = self._methods.result(method, params, files)
        await asyncio.sleep(fault.hangs_seconds)
        if fault.code:
            raise BotApiError(fault.code, fault.details, parameters=fault.parameters)
        if fault.hangs_seconds:
            raise BotApiError(502)
        if fault.says_nothing:
            return WireResponse(200, b"<html>", content_type="text/html")
        response = json_response({"ok": True, "result": result})
        return WireResponse(200, response.body, cut_after=10) if fault.cuts else response

    def _method(self, path: str) -> str:
        """The token is part of the path: a malformed one is not found, a wrong one unauthorised (§1, §4)."""
        token, _, method = path.removeprefix("/bot").partition("/")
        self._check_token(path, token)
        return method

    def _check_token(self, path: str, token: str) -> None:
        number, colon, secret = token.partition(":")
        if not path.startswith("/bot") or not (number.isdigit() and colon and secret):
            raise BotApiError(404, rule="§4")
        if not secrets.compare_digest(token.encode(), self.platform.account.token.encode()):
            raise BotApiError(401, rule="§4")

    def _download(self, path: str) -> WireResponse:
        """The file itself, by the path that getFile named (§3)."""
        token, _, file_path = path.removeprefix("/bot").partition("/")
        try:
            self._check_token(path, token)
            file = self.platform.files.fetch(file_path, now=self.platform.clock())
        except BotApiError as error:
            return json_response(error.body(), status=error.code)
        if self.redirects_to:
            return WireResponse(302, b"", headers=(("Location", self.redirects_to),))
        return WireResponse(200, file.content, content_type="application/octet-stream")


def _read(request: WireRequest) -> tuple[Json, Files]:
    """Parameters as JSON, as a form with files, or in the address. Raises BotApiError."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == "multipart/form-data":
            parts = multipart(request)
            written = {name: part.value.decode() for name, part in parts.items() if not part.filename}
            files = {name: part for name, part in parts.items() if part.filename}
            return {name: _value(one) for name, one in written.items()}, files
        params = request.json() if request.body else {name: _value(one) for name, one in request.query.items()}
    except ValueError:
        raise BotApiError(400, "can't parse request", rule="§3") from None
    if not isinstance(params, dict):
        raise BotApiError(400, "can't parse request", rule="§3")
    return params, {}


def _value(written: str) -> object:
    """Objects and lists travel in a form as JSON; anything else is text."""
    return json.loads(written) if written[:1] in ("{", "[") else written
