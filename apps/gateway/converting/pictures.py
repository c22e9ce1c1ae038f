"""Pictures: whatever a phone or a browser gives becomes a JPEG or PNG that fits, or a sticker."""

import warnings
from pathlib import Path

import pillow_heif
from PIL import Image, ImageOps, UnidentifiedImageError

pillow_heif.register_heif_opener()

#: Only these decoders are tried; Pillow knows many more, each a door.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF", "AVIF")
#: A picture unfolds to four bytes a pixel: 64 million are 256 MB.
MOST_PIXELS = 64_000_000
LONGEST_SIDE = 4096
STICKER_SIDE = 512
STICKER_BYTES = 100 * 1024
QUALITIES = (88, 80, 70, 60)


class NotAPicture(Exception):
    """The file cannot be opened as a picture, or is too large to unfold."""


def is_fit(source: Path, *, limit_bytes: int) -> bool:
    """Tell whether a JPEG or PNG can be sent as it is: small enough, and of plain colours."""
    with _opened(source) as picture:
        plain = picture.mode in {"JPEG": ("RGB", "L"), "PNG": ("RGB", "RGBA")}.get(str(picture.format), ())
        return plain and source.stat().st_size <= limit_bytes


def make_fit(source: Path, folder: Path, *, limit_bytes: int) -> tuple[Path, str]:
    """Write a picture that fits into `folder`; give it with its type. Raises NotAPicture."""
    with _opened(source) as opened:
        picture = _upright(opened)
    if _is_transparent(picture):
        target = folder / "picture.png"
        picture.convert("RGBA").save(target, "PNG", optimize=True)
        if target.stat().st_size <= limit_bytes:
            return target, "image/png"
        picture = _on_white(picture)
    target = folder / "picture.jpg"
    picture = picture.convert("RGB")
    for quality in QUALITIES:
        picture.save(target, "JPEG", quality=quality, optimize=True)
        if target.stat().st_size <= limit_bytes:
            return target, "image/jpeg"
        picture.thumbnail((picture.width * 3 // 4, picture.height * 3 // 4))
    raise NotAPicture


def is_sticker(source: Path, *, limit_bytes: int) -> bool:
    """Tell whether a file is a sticker already: WebP, 512 by 512, small enough for whether it moves."""
    with _opened(source) as picture:
        longest = limit_bytes if getattr(picture, "is_animated", False) else STICKER_BYTES
        is_square = picture.size == (STICKER_SIDE, STICKER_SIDE)
        return picture.format == "WEBP" and is_square and source.stat().st_size <= longest


def make_sticker(source: Path, folder: Path) -> tuple[Path, str]:
    """Write a still sticker of the picture into `folder`. Raises NotAPicture."""
    with _opened(source) as opened:
        picture = _upright(opened).convert("RGBA")
    picture = ImageOps.contain(picture, (STICKER_SIDE, STICKER_SIDE))
    canvas = Image.new("RGBA", (STICKER_SIDE, STICKER_SIDE), (0, 0, 0, 0))
    canvas.paste(picture, ((STICKER_SIDE - picture.width) // 2, (STICKER_SIDE - picture.height) // 2))
    target = folder / "sticker.webp"
    for quality in (90, 75, 50, 25, 5):
        canvas.save(target, "WEBP", quality=quality, method=4)
        if target.stat().st_size <= STICKER_BYTES:
            return target, "image/webp"
    raise NotAPicture


def _opened(source: Path) -> Image.Image:
    try:
        with warnings.catch_warnings():
            # Pillow's own limit only warns; ours, below, refuses.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(source, formats=FORMATS)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotAPicture(type(error).__name__) from error
    if picture.width * picture.height > MOST_PIXELS:
        picture.close()
        raise NotAPicture("too many pixels")
    return picture


def _upright(picture: Image.Image) -> Image.Image:
    """The picture turned as its camera meant it, of a size that channels show."""
    try:
        if picture.format == "JPEG":
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        turned = ImageOps.exif_transpose(picture)
        turned.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        return turned.convert("RGBA" if _is_transparent(turned) else "RGB")
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise NotAPicture(type(error).__name__) from error


def _is_transparent(picture: Image.Image) -> bool:
    return picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info


def _on_white(picture: Image.Image) -> Image.Image:
    ground = Image.new("RGBA", picture.size, (255, 255, 255, 255))
    ground.alpha_composite(picture.convert("RGBA"))
    return ground
