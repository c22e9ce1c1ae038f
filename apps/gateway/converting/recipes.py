"""Which file becomes what: the targets are what every channel we know takes."""

import logging
from dataclasses import dataclass
from pathlib import Path

from apps.contracts.words import MessageKind
from apps.gateway.converting import ffmpeg, pictures

log = logging.getLogger(__name__)

#: Types we can make the kind's target of.
SOURCES: dict[MessageKind, frozenset[str]] = {
    MessageKind.IMAGE: frozenset(
        {"image/jpeg", "image/png", "image/webp", "image/gif", "image/bmp", "image/tiff", "image/heic", "image/avif"}
    ),
    MessageKind.AUDIO: frozenset(
        {"audio/ogg", "audio/mpeg", "audio/aac", "audio/amr", "audio/mp4", "audio/wav", "audio/flac", "audio/webm"}
    )
    | {"video/webm", "video/mp4", "video/3gpp"},
    MessageKind.VIDEO: frozenset({"video/mp4", "video/3gpp", "video/quicktime", "video/webm", "video/x-msvideo"})
    | {"image/gif"},
}
SOURCES[MessageKind.STICKER] = SOURCES[MessageKind.IMAGE]
BY_FFMPEG = frozenset({MessageKind.AUDIO, MessageKind.VIDEO})
VOICE_TYPE = "audio/ogg"

_VOICE = ("-vn", "-ac", "1", "-ar", "48000", "-c:a", "libopus", "-b:a", "32k", "-application", "voip", "-f", "ogg")
_SOUND = ("-c:a", "aac", "-b:a", "96k", "-ac", "2")
#: At most 1280 by 1280, both sides even as H.264 wants them.
_FITS = "scale=w='min(1280,iw)':h='min(1280,ih)':force_original_aspect_ratio=decrease:force_divisible_by=2"
_FILM = (
    "-map",
    "0:v:0",
    "-map",
    "0:a:0?",
    "-vf",
    _FITS,
    "-c:v",
    "libx264",
    "-preset",
    "veryfast",
    "-pix_fmt",
    "yuv420p",
)
_QUALITY = 26
_AUDIO_BITS = 96_000


class CannotConvert(Exception):
    """The file is damaged, or cannot be made small enough."""


@dataclass(frozen=True)
class Made:
    """A file as the channel wants it. `path` is the source itself when nothing had to be done."""

    path: Path
    mime_type: str


def convertible(kind: MessageKind, mime_type: str) -> bool:
    return mime_type in SOURCES.get(kind, frozenset())


def needs_ffmpeg(kind: MessageKind) -> bool:
    return kind in BY_FFMPEG


def convert(
    source: Path,
    folder: Path,
    *,
    kind: MessageKind,
    mime_type: str,
    accepted: frozenset[str],
    limit_bytes: int,
    voice: bool,
) -> Made:
    """Make of `source` what can be sent as `kind`, in `folder`, or leave it when it is that already.

    Raises CannotConvert, or NoConverter when ffmpeg is needed and missing.
    """
    is_taken = mime_type in accepted and source.stat().st_size <= limit_bytes
    try:
        match kind:
            case MessageKind.IMAGE:
                if is_taken and pictures.is_fit(source, limit_bytes=limit_bytes):
                    return Made(source, mime_type)
                return Made(*pictures.make_fit(source, folder, limit_bytes=limit_bytes))
            case MessageKind.STICKER:
                if is_taken and pictures.is_sticker(source, limit_bytes=limit_bytes):
                    return Made(source, mime_type)
                return Made(*pictures.make_sticker(source, folder))
            case MessageKind.AUDIO:
                return _audio(source, folder, mime_type, is_taken=is_taken, limit_bytes=limit_bytes, voice=voice)
            case MessageKind.VIDEO:
                return _video(source, folder, mime_type, is_taken=is_taken, limit_bytes=limit_bytes)
            case _:
                return Made(source, mime_type)
    except (pictures.NotAPicture, ffmpeg.Failed) as error:
        log.warning("not_converted", extra={"kind": kind.value, "type": mime_type, "reason": str(error)})
        raise CannotConvert from error


def _audio(source: Path, folder: Path, mime_type: str, *, is_taken: bool, limit_bytes: int, voice: bool) -> Made:
    """Recorded speech becomes Opus in one channel, which shows as a voice note; other sound stays if it is taken."""
    if is_taken and not (voice or mime_type == VOICE_TYPE):
        return Made(source, mime_type)
    if is_taken and (not ffmpeg.program() or _is_voice(source)):
        # Without ffmpeg nobody can look inside; what is named so is nearly always what it says.
        return Made(source, mime_type)
    target = folder / "sound.ogg"
    ffmpeg.make(source, target, _VOICE)
    return _fitting(target, VOICE_TYPE, limit_bytes)


def _is_voice(source: Path) -> bool:
    streams = ffmpeg.look_into(source)
    return streams.codecs == {"Audio": ["opus"]} and streams.is_mono


def _video(source: Path, folder: Path, mime_type: str, *, is_taken: bool, limit_bytes: int) -> Made:
    if not ffmpeg.program() and is_taken:
        return Made(source, mime_type)
    streams = ffmpeg.look_into(source)
    if is_taken and _is_plain_film(streams):
        return Made(source, mime_type)
    target = folder / "film.mp4"
    ffmpeg.make(source, target, [*_FILM, *_rate(streams.seconds, limit_bytes), *_SOUND, "-movflags", "+faststart"])
    return _fitting(target, "video/mp4", limit_bytes)


def _is_plain_film(streams: ffmpeg.Streams) -> bool:
    sound = streams.codecs.get("Audio", [])
    return streams.codecs.get("Video") == ["h264"] and sound in ([], ["aac"]) and streams.is_plain_colour


def _rate(seconds: float, limit_bytes: int) -> list[str]:
    """As good as looks good, and never more bits than fit into the limit with a margin."""
    quality = ["-crf", str(_QUALITY)]
    if seconds <= 0:
        return quality
    most = max(100_000, int(limit_bytes * 8 * 0.9 / seconds) - _AUDIO_BITS)
    return [*quality, "-maxrate", str(most), "-bufsize", str(most)]


def _fitting(path: Path, mime_type: str, limit_bytes: int) -> Made:
    if path.stat().st_size > limit_bytes:
        raise CannotConvert
    return Made(path, mime_type)
