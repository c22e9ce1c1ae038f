"""Makes of a file what a channel takes: pictures with Pillow, sound and film with ffmpeg."""

from apps.gateway.converting.ffmpeg import NoConverter
from apps.gateway.converting.recipes import CannotConvert, convert, convertible, needs_ffmpeg

__all__ = ["CannotConvert", "NoConverter", "convert", "convertible", "needs_ffmpeg"]
