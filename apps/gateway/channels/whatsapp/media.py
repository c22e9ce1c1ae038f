"""Files: uploaded before they are sent, fetched with the token only from hosts that may see it."""

import time
from datetime import timedelta
from typing import IO
from urllib.parse import urljoin, urlsplit

from django.utils.translation import gettext as _

from apps.common import outgoing
from apps.contracts.errors import SendError, SendUnknown
from apps.contracts.people import ChannelAccountValue
from apps.gateway.channels.reading import text
from apps.gateway.channels.whatsapp import graph

MEDIA_HOSTS = frozenset({"graph.facebook.com", "lookaside.fbsbx.com"})
#: For all calls of one try together: a document of 100 MB over a slow line…
DOWNLOAD_DEADLINE_SECONDS = 90.0
#: …but a server that says nothing at all is left sooner, because a download shares its threads with what sends.
IDLE_SECONDS = 8.0
MOST_REDIRECTS = 3
RETRY_AFTER = timedelta(seconds=5)
#: Statuses of an address whose five minutes are over, as observed.
EXPIRED = frozenset({"media_http_404", "media_http_403", "media_http_401", "media_http_410"})


def download_into(account: ChannelAccountValue, *, media_id: str, url: str, limit_bytes: int, into: IO[bytes]) -> str:
    """Write a customer's file into `into` and give its declared type.

    Asked for at the webhook's short-lived address, or at a freshly resolved one; an address that has expired meanwhile
    is resolved once more. Raises SendError; its `retry_after` says whether asking again later can help.
    """
    until = time.monotonic() + DOWNLOAD_DEADLINE_SECONDS
    if url and is_trusted(account, url):
        try:
            return _fetch(account, url, limit_bytes, until, into)
        except SendError as refused:
            if refused.code == "media_too_large" or not media_id:
                raise
    try:
        return _fetch(account, _resolved(account, media_id, until), limit_bytes, until, into)
    except SendError as refused:
        if refused.code not in EXPIRED:
            raise
    return _fetch(account, _resolved(account, media_id, until), limit_bytes, until, into)


def is_trusted(account: ChannelAccountValue, url: str) -> bool:
    """Tell whether the token may go to this address: Meta's own hosts over https, or the configured Graph origin."""
    parts = urlsplit(url)
    configured = urlsplit(account.graph_url)
    if (parts.scheme, parts.hostname, _port(url)) == (configured.scheme, configured.hostname, _port(account.graph_url)):
        return True
    return (
        parts.scheme == "https"
        and parts.hostname in MEDIA_HOSTS
        and _port(url) == 443
        and outgoing.is_public_host(parts.hostname, 443)
    )


def _resolved(account: ChannelAccountValue, media_id: str, until: float) -> str:
    try:
        return text(graph.get_media(account, media_id, deadline_seconds=min(10.0, _seconds_left(until))), "url")
    except SendUnknown as error:
        raise _later("media_unavailable") from error


def _fetch(account: ChannelAccountValue, url: str, limit_bytes: int, until: float, into: IO[bytes]) -> str:
    for _hop in range(MOST_REDIRECTS):
        if not is_trusted(account, url):
            raise SendError("media_untrusted_address", _("O endereço do arquivo não é do WhatsApp."))
        # An earlier try may have written a part.
        into.seek(0)
        into.truncate()
        try:
            answer = outgoing.download(
                url,
                into=into,
                deadline_seconds=_seconds_left(until),
                idle_seconds=IDLE_SECONDS,
                limit_bytes=limit_bytes,
                headers=graph.authorization(account),
            )
        except outgoing.TooLarge as error:
            raise SendError("media_too_large", _("O arquivo é grande demais.")) from error
        except (outgoing.NotSent, outgoing.NoAnswer) as error:
            raise _later("media_unavailable") from error
        if answer.status in (301, 302, 303, 307, 308):
            url = urljoin(url, answer.headers.get("location", ""))
            continue
        if answer.status == 200:
            return str(answer.headers.get("content-type", "")).split(";")[0].strip().lower()
        raise _refused(answer.status)
    raise SendError("media_redirects", _("O endereço do arquivo muda sem parar."))


def _seconds_left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise _later("media_unavailable")
    return left


def _refused(status: int) -> SendError:
    if status == 429 or status >= 500:
        return _later("media_unavailable")
    return SendError(f"media_http_{status}", _("O WhatsApp não entregou o arquivo."))


def _later(code: str) -> SendError:
    return SendError(code, _("O arquivo não pôde ser baixado agora."), retry_after=RETRY_AFTER)


def _port(url: str) -> int | None:
    parts = urlsplit(url)
    try:
        return parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return None
