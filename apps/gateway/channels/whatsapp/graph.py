"""Calls to Meta's Graph API: addresses, the token, and what an answer means."""

import json
from typing import IO, Any

from apps.common import outgoing
from apps.contracts.channels import SendReceipt
from apps.contracts.errors import SendUnknown
from apps.contracts.people import ChannelAccountValue
from apps.gateway.channels.reading import items, number, text
from apps.gateway.channels.whatsapp.errors import refusal, unknown_outcome, unreachable

DEADLINE_SECONDS = 10.0
#: A read mark is a courtesy: it must not hold what sends.
COURTESY_DEADLINE_SECONDS = 3.0
UPLOAD_DEADLINE_SECONDS = 20.0
#: On top of it, for every megabyte: the largest document then has 70 s.
UPLOAD_SECONDS_A_MEGABYTE = 0.5
LARGEST_ANSWER_BYTES = 1_000_000


def address_of(account: ChannelAccountValue, *path: str) -> str:
    return "/".join([account.graph_url.rstrip("/"), account.graph_version, *path])


def authorization(account: ChannelAccountValue) -> dict[str, str]:
    return {"Authorization": f"Bearer {account.access_token.get_secret_value()}"}


def post_message(
    account: ChannelAccountValue, body: dict[str, Any], *, longest_seconds: float | None = None
) -> SendReceipt:
    """Post one message. Raises SendError when it was refused, SendUnknown when nobody can tell."""
    deadline_seconds = min(DEADLINE_SECONDS, longest_seconds or DEADLINE_SECONDS)
    answer = _ask(account, "POST", account.phone_number_id, "messages", deadline_seconds=deadline_seconds, json=body)
    content = _decoded(answer)
    if answer.status == 200:
        external_id = text(next(iter(items(content, "messages")), {}), "id")
        if not external_id:
            # Accepted, by its status, but without the id that later statuses will carry.
            raise unknown_outcome("no_receipt")
        address = text(next(iter(items(content, "contacts")), {}), "wa_id")
        return SendReceipt(external_id=external_id, address=address, usage_percent=_usage_percent(answer))
    wait = _retry_after_seconds(answer) or _regain_seconds(answer)
    raise refusal(http_status=answer.status, body=content, retry_after_seconds=wait)


def post_read_mark(account: ChannelAccountValue, body: dict[str, Any]) -> None:
    answer = _ask(
        account, "POST", account.phone_number_id, "messages", deadline_seconds=COURTESY_DEADLINE_SECONDS, json=body
    )
    if answer.status != 200:
        raise refusal(http_status=answer.status, body=_decoded(answer))


def post_media(account: ChannelAccountValue, *, file: IO[bytes], size_bytes: int, filename: str, mime_type: str) -> str:
    """Upload one file and give its id, valid for 30 days. Raises SendError: whatever happens, nobody was sent anything.

    `file` is read as it is sent, so it must be one of this machine's.
    """
    try:
        answer = outgoing.request(
            "POST",
            address_of(account, account.phone_number_id, "media"),
            deadline_seconds=UPLOAD_DEADLINE_SECONDS + UPLOAD_SECONDS_A_MEGABYTE * size_bytes / 2**20,
            headers=authorization(account),
            data={"messaging_product": "whatsapp", "type": mime_type},
            files={"file": (filename, file, mime_type)},
        )
    except (outgoing.NotSent, outgoing.NoAnswer, outgoing.TooLarge) as error:
        raise unreachable() from error
    media_id = text(_decoded(answer), "id")
    if answer.status == 200 and media_id:
        return media_id
    error_of_ours = unreachable() if answer.status == 200 else refusal(http_status=answer.status, body=_decoded(answer))
    if isinstance(error_of_ours, SendUnknown):
        # An upload of unknown outcome harms nobody: it is simply done again.
        raise unreachable() from error_of_ours
    raise error_of_ours


def get_media(account: ChannelAccountValue, media_id: str, *, deadline_seconds: float) -> dict[str, Any]:
    """Resolve a media id to its short-lived address."""
    answer = _ask(
        account,
        "GET",
        media_id,
        deadline_seconds=deadline_seconds,
        params={"phone_number_id": account.phone_number_id},
    )
    content = _decoded(answer)
    if answer.status != 200:
        raise refusal(http_status=answer.status, body=content)
    return content if isinstance(content, dict) else {}


def get_list(account: ChannelAccountValue, *path: str, params: dict[str, str]) -> dict[str, Any]:
    """Read one page of a list. Raises SendError, with the wait that Meta names when it was asked too often."""
    answer = _ask(account, "GET", *path, params=params)
    content = _decoded(answer)
    if answer.status != 200:
        wait = _regain_seconds(answer) or _retry_after_seconds(answer)
        raise refusal(http_status=answer.status, body=content, retry_after_seconds=wait)
    return content if isinstance(content, dict) else {}


def post_setting(account: ChannelAccountValue, *path: str, setting: dict[str, Any]) -> None:
    """Change something about the account itself. Raises SendError or SendUnknown."""
    answer = _ask(account, "POST", *path, json=setting)
    if answer.status != 200:
        wait = _regain_seconds(answer) or _retry_after_seconds(answer)
        raise refusal(http_status=answer.status, body=_decoded(answer), retry_after_seconds=wait)


def _ask(
    account: ChannelAccountValue, method: str, *path: str, deadline_seconds: float = 0, **options: Any
) -> outgoing.Answer:
    try:
        return outgoing.request(
            method,
            address_of(account, *path),
            deadline_seconds=deadline_seconds or DEADLINE_SECONDS,
            limit_bytes=LARGEST_ANSWER_BYTES,
            headers=authorization(account),
            **options,
        )
    except outgoing.NotSent as error:
        raise unreachable() from error
    except (outgoing.NoAnswer, outgoing.TooLarge) as error:
        raise unknown_outcome("no_answer") from error


def _decoded(answer: outgoing.Answer) -> Any:
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}


def _retry_after_seconds(answer: outgoing.Answer) -> float | None:
    written = answer.headers.get("retry-after", "")
    return min(float(written), 600.0) if written.isdecimal() else None


def _usage_percent(answer: outgoing.Answer) -> float:
    """How much of its allowance Meta says is used up: the highest of all figures, as they are percentages (§10)."""
    entries = _usage_entries(answer, "x-business-use-case-usage") + _usage_entries(answer, "x-app-usage")
    figures = [number(one, name) or 0 for one in entries for name in ("call_count", "total_cputime", "total_time")]
    return min(float(max(figures, default=0)), 100.0)


def _usage_entries(answer: outgoing.Answer, header: str) -> list[dict[str, Any]]:
    try:
        usage = json.loads(answer.headers.get(header, ""))
    except (ValueError, RecursionError):
        return []
    if not isinstance(usage, dict):
        return []
    lists = [found for found in usage.values() if isinstance(found, list)]
    return [one for found in lists for one in found if isinstance(one, dict)] or [usage]


def _regain_seconds(answer: outgoing.Answer) -> float | None:
    """How long until Meta answers calls about the business account again; it says so in minutes (protocols §10)."""
    entries = _usage_entries(answer, "x-business-use-case-usage")
    minutes = [number(one, "estimated_time_to_regain_access") or 0 for one in entries]
    return min(max(minutes, default=0) * 60, 86_400.0) or None
