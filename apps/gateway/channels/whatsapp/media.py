"""Files: uploaded before they are sent, fetched with the token only from hosts that may see it."""

import time
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from apps.common import outgoing
from apps.contracts.content import Content
from apps.contracts.errors import SendError, SendUnknown
from apps.contracts.messages import OutboundMessage
from apps.contracts.people import ChannelAccountValue
from apps.gateway.channels.reading import text
from apps.gateway.channels.whatsapp import graph, limits

MEDIA_HOSTS = frozenset({"graph.facebook.com", "lookaside.fbsbx.com"})
#: For all calls of one try together: a download shares its thread pool with what sends.
DOWNLOAD_DEADLINE_SECONDS = 10.0
MOST_REDIRECTS = 3
#: Meta keeps an upload for 30 days.
UPLOAD_KEPT_SECONDS = 25 * 86_400
RETRY_AFTER = timedelta(seconds=5)


def uploaded_id(account: ChannelAccountValue, message: OutboundMessage) -> str:
    """Give the channel's id of a message's file, uploading it unless that was done before."""
    media = message.content.media
    if media is None or not (media.channel_media_id or media.file):
        raise limits.refuse(_("O arquivo não existe."))
    if media.channel_media_id:
        return media.channel_media_id
    cache_key = f"upload:{account.tenant_id}:{account.slug}:{media.file}"
    known: str | None = cache.get(cache_key)
    if known:
        return known
    content = _stored_file(media.file)
    limits.check_media_size(message.content.kind.value, len(content))
    media_id = graph.post_media(
        account, content=content, filename=media.filename or "arquivo", mime_type=_type_of(message.content)
    )
    cache.set(cache_key, media_id, UPLOAD_KEPT_SECONDS)
    return media_id


def download(account: ChannelAccountValue, *, media_id: str, url: str, limit_bytes: int) -> tuple[bytes, str]:
    """Fetch a customer's file and its declared type: by the webhook's short-lived address, or a freshly resolved one.

    Raises SendError; its `retry_after` says whether asking again later can help.
    """
    until = time.monotonic() + DOWNLOAD_DEADLINE_SECONDS
    if url and is_trusted(account, url):
        try:
            return _fetch(account, url, limit_bytes, until)
        except SendError as refused:
            # An expired address is normal after five minutes: resolve the id once.
            if refused.code == "media_too_large" or not media_id:
                raise
    try:
        resolved = text(graph.get_media(account, media_id, deadline_seconds=_seconds_left(until)), "url")
    except SendUnknown as error:
        raise _later("media_unavailable") from error
    return _fetch(account, resolved, limit_bytes, until)


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


def _fetch(account: ChannelAccountValue, url: str, limit_bytes: int, until: float) -> tuple[bytes, str]:
    for _hop in range(MOST_REDIRECTS):
        if not is_trusted(account, url):
            raise SendError("media_untrusted_address", _("O endereço do arquivo não é do WhatsApp."))
        try:
            answer = outgoing.request(
                "GET",
                url,
                deadline_seconds=_seconds_left(until),
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
            return answer.body, answer.headers.get("content-type", "").split(";")[0].strip().lower()
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


def _stored_file(name: str) -> bytes:
    try:
        with default_storage.open(name, "rb") as file:
            content: bytes = file.read()
            return content
    except OSError as error:
        raise limits.refuse(_("O arquivo não existe mais.")) from error


def _type_of(content: Content) -> str:
    return content.media.mime_type if content.media and content.media.mime_type else "application/octet-stream"


def _port(url: str) -> int | None:
    parts = urlsplit(url)
    try:
        return parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return None
