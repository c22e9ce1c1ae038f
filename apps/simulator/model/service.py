"""`/v1/chat/completions`, `/v1/responses` and `/v1/models` of an OpenAI-compatible server (protocols/openai.md §2, §3)."""

import asyncio
import json
import secrets
import time
from typing import Any

from apps.simulator.model.answers import Mode, Schema, best_passage, by_schema
from apps.simulator.wire import WireRequest, WireResponse, json_response

HANG_SECONDS = 120
DRIP_SECONDS = 2
RETRY_AFTER_SECONDS = 1
REQUESTS_KEPT = 10_000
#: About four characters of Portuguese make a token (protocols/openai.md §9 D).
CHARACTERS_PER_TOKEN = 4


class ModelService:
    """Answers from what it is asked. `requests` keeps the bodies it was sent."""

    def __init__(self, *, mode: Mode = Mode.ANSWER, delay_seconds: float = 0) -> None:
        self.mode = mode
        self.delay_seconds = delay_seconds
        self.requests: list[dict[str, Any]] = []
        self._left: int | None = None
        self._next_mode = mode

    def play(self, mode: Mode, *, times: int | None = None) -> None:
        """Switch to a mode, for good or for the next `times` calls, then back to answering."""
        self.mode, self._left = mode, times

    async def answer(self, request: WireRequest) -> WireResponse:
        if request.path.endswith("/_mode") and request.method == "POST":
            return self._switch(request)
        if "/models" in request.path:
            return json_response({"object": "list", "data": []})
        if not request.bearer:
            return _error(401, "invalid_request_error", "invalid_api_key")
        try:
            body = request.json()
        except ValueError:
            return _error(400, "invalid_request_error", None)
        if len(self.requests) < REQUESTS_KEPT:
            self.requests.append(body)
        mode = self._take_mode()
        await asyncio.sleep(HANG_SECONDS if mode is Mode.HANG else self.delay_seconds)
        return _refused(mode) or self._completion(request, body, mode)

    def _switch(self, request: WireRequest) -> WireResponse:
        wanted = request.json()
        self.play(Mode(wanted["mode"]), times=wanted.get("times"))
        return json_response({"mode": self.mode, "calls": len(self.requests)})

    def _take_mode(self) -> Mode:
        mode = self.mode
        if self._left is not None:
            self._left -= 1
            if self._left <= 0:
                self.mode, self._left = Mode.ANSWER, None
        return mode

    def _completion(self, request: WireRequest, body: dict[str, Any], mode: Mode) -> WireResponse:
        text, arguments = _said(body, mode)
        if request.path.endswith("/responses"):
            content = _response_object(body, text)
        else:
            content = _chat_object(body, text, arguments, mode)
        headers = (("x-request-id", f"req_{secrets.token_hex(8)}"),)
        answer = json_response(content, headers=headers)
        if mode is Mode.CUT:
            return WireResponse(200, answer.body, headers=headers, cut_after=len(answer.body) // 2)
        if mode is Mode.DRIP:
            return WireResponse(200, answer.body, headers=headers, drip_seconds=DRIP_SECONDS)
        return answer


def _refused(mode: Mode) -> WireResponse | None:
    match mode:
        case Mode.RATE_LIMIT:
            headers = (("retry-after", str(RETRY_AFTER_SECONDS)),)
            return _error(429, "requests", "rate_limit_exceeded", headers=headers)
        case Mode.QUOTA:
            return _error(429, "insufficient_quota", "insufficient_quota")
        case Mode.ERROR:
            return _error(500, "server_error", None)
        case Mode.OVERLOADED:
            return _error(503, "server_error", "server_is_overloaded")
    return None


def _said(body: dict[str, Any], mode: Mode) -> tuple[str, str]:
    """The text of the answer and the name of the tool that carries it, "" for none."""
    system, question, everything = _heard(body)
    passage = best_passage(system, question) or best_passage(system, everything)
    schema, tool = _wanted(body)
    match mode:
        case Mode.NONSENSE:
            return secrets.token_urlsafe(60), ""
        case Mode.EMPTY | Mode.REFUSAL:
            return "", ""
        case Mode.WRONG_SCHEMA:
            return json.dumps({"unexpected": [1, 2, 3]}), tool
        case Mode.TOO_LONG:
            length = 100_000
            value = by_schema(schema, passage) if schema else question
            long = (
                {
                    key: (part * length)[:length]
                    if isinstance(part, str) and part and key in ("reply", "resposta")
                    else part
                    for key, part in value.items()
                }
                if isinstance(value, dict)
                else (str(value) * length)[:length]
            )
            return json.dumps(long), tool
    if schema is None:
        return (passage.text if passage else "-"), ""
    return json.dumps(by_schema(schema, passage), ensure_ascii=False), tool


def _heard(body: dict[str, Any]) -> tuple[str, str, str]:
    """What the system text says, what was written since the last answer, and all that was ever written."""
    turns = body.get("messages") or body.get("input") or []
    if isinstance(turns, str):
        return str(body.get("instructions", "")), turns, turns
    system = [str(body.get("instructions", ""))]
    burst: list[str] = []
    everything: list[str] = []
    for turn in turns:
        said = _plain(turn.get("content"))
        match turn.get("role"):
            case "system" | "developer":
                system.append(said)
            case "user":
                burst.append(said)
                everything.append(said)
            case _:
                burst = []
    return "\n\n".join(system), "\n".join(burst), "\n".join(everything)


def _plain(content: Any) -> str:
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return str(content or "")


def _wanted(body: dict[str, Any]) -> tuple[Schema | None, str]:
    """The schema that the answer must satisfy, and the tool that takes it."""
    asked = body.get("response_format") or (body.get("text") or {}).get("format") or {}
    if asked.get("type") == "json_schema":
        return asked.get("schema") or asked["json_schema"]["schema"], ""
    for tool in body.get("tools") or []:
        function = tool.get("function", tool)
        if "parameters" in function:
            return function["parameters"], function["name"]
    return None, ""


def _usage(body: dict[str, Any], text: str) -> tuple[int, int]:
    return len(json.dumps(body)) // CHARACTERS_PER_TOKEN, max(1, len(text) // CHARACTERS_PER_TOKEN)


def _chat_object(body: dict[str, Any], text: str, tool: str, mode: Mode) -> dict[str, Any]:
    asked, said = _usage(body, text)
    message: dict[str, Any] = {"role": "assistant", "content": text or None, "refusal": None, "annotations": []}
    reason = "length" if mode is Mode.TOO_LONG and body.get("max_completion_tokens") else "stop"
    if mode is Mode.REFUSAL:
        message["refusal"] = "refused on order"
    elif tool:
        call = {"id": f"call_{secrets.token_hex(6)}", "type": "function", "function": {"name": tool, "arguments": text}}
        message |= {"content": None, "tool_calls": [call]}
        reason = "tool_calls"
    return {
        "id": f"chatcmpl-{secrets.token_hex(8)}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": body.get("model", ""),
        "choices": [{"index": 0, "finish_reason": reason, "message": message}],
        "usage": {
            "prompt_tokens": asked,
            "completion_tokens": said,
            "total_tokens": asked + said,
            "prompt_tokens_details": {"cached_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0},
        },
    }


def _response_object(body: dict[str, Any], text: str) -> dict[str, Any]:
    asked, said = _usage(body, text)
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return {
        "id": f"resp_{secrets.token_hex(8)}",
        "object": "response",
        "created_at": int(time.time()),
        "status": "completed",
        "model": body.get("model", ""),
        "error": None,
        "output": [{"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": content}],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": {
            "input_tokens": asked,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": said,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": asked + said,
        },
    }


def _error(status: int, kind: str, code: str | None, *, headers: tuple[tuple[str, str], ...] = ()) -> WireResponse:
    content = {"error": {"message": "Fault on order", "type": kind, "param": None, "code": code}}
    return json_response(content, status=status, headers=headers)
