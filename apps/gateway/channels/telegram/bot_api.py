"""Calls to the Bot API. Every address holds the token, so no address, and no exception that knows one, leaves this file."""

import json
from typing import IO, Any
from urllib.parse import quote

from apps.common import outgoing
from apps.contracts.people import ChannelAccountValue
from apps.gateway.channels.reading import is_true, mapping
from apps.gateway.channels.telegram.errors import no_token, refusal, unknown_outcome, unreachable

PUBLIC_URL = "https://api.telegram.org"
#: The account's own setting for a self-hosted server; "graph_url" is another vendor's and never sees this token.
URL_SETTING = "api_url"
DEADLINE_SECONDS = 10.0
#: Showing that somebody writes is a courtesy: it must not hold what sends.
COURTESY_DEADLINE_SECONDS = 3.0
LARGEST_ANSWER_BYTES = 1_000_000
#: A file may take its time as long as it comes.
IDLE_SECONDS = 10.0

Params = dict[str, Any]
#: Field name → (file name, content, type).
Files = dict[str, tuple[str, bytes, str]]


def call(
    account: ChannelAccountValue,
    method: str,
    params: Params,
    *,
    files: Files | None = None,
    deadline_seconds: float = DEADLINE_SECONDS,
) -> Any:
    """Call one method and give its `result`. Raises SendError when refused, SendUnknown when nobody can tell."""
    body: dict[str, Any] = {"data": _form(params), "files": files} if files else {"json": params}
    try:
        answer = outgoing.request(
            "POST",
            f"{_root(account)}/bot{_token(account)}/{method}",
            deadline_seconds=deadline_seconds,
            limit_bytes=LARGEST_ANSWER_BYTES,
            **body,
        )
    except outgoing.NotSent:
        raise unreachable() from None
    except (outgoing.NoAnswer, outgoing.TooLarge):
        raise unknown_outcome("no_answer") from None
    content = _decoded(answer)
    if answer.status != 200 or not is_true(content, "ok"):
        raise refusal(http_status=answer.status, body=mapping({"found": content}, "found"))
    return content.get("result")


def fetch(
    account: ChannelAccountValue, path: str, *, into: IO[bytes], limit_bytes: int, deadline_seconds: float
) -> outgoing.Answer:
    """Write a file into `into` by the path that getFile gave, as it comes. Raises NotSent, NoAnswer or TooLarge."""
    try:
        return outgoing.download(
            f"{_root(account)}/file/bot{_token(account)}/{quote(path)}",
            into=into,
            deadline_seconds=deadline_seconds,
            idle_seconds=IDLE_SECONDS,
            limit_bytes=limit_bytes,
        )
    except (outgoing.NotSent, outgoing.NoAnswer) as error:
        raise type(error)(*error.args) from None


def _root(account: ChannelAccountValue) -> str:
    return (account.settings.get(URL_SETTING) or PUBLIC_URL).rstrip("/")


def _token(account: ChannelAccountValue) -> str:
    token = account.access_token.get_secret_value().strip()
    if not token:
        raise no_token()
    return quote(token, safe=":")


def _form(params: Params) -> dict[str, str]:
    """The fields of a multipart form: what is no text travels as JSON."""
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in params.items()}


def _decoded(answer: outgoing.Answer) -> Any:
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
