"""Which files a browser may open by itself. Everything else is a download: an SVG or HTML file runs scripts."""

#: Types that no browser executes, by the first bytes that prove them. Audio and video containers carry no scripts.
SIGNATURES: dict[str, tuple[bytes, ...]] = {
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
    "audio/ogg": (b"OggS",),
    "audio/opus": (b"OggS",),
    "audio/mpeg": (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"),
    "audio/amr": (b"#!AMR",),
    "audio/wav": (b"RIFF",),
    "audio/x-wav": (b"RIFF",),
    "audio/aac": (b"\xff\xf1", b"\xff\xf9"),
    "application/pdf": (b"%PDF-",),
}
#: ISO media: the brand stands after a length of four bytes.
ISO_MEDIA = frozenset({"audio/mp4", "audio/m4a", "audio/x-m4a", "video/mp4", "video/3gpp", "video/quicktime"})


def plain_type(mime_type: str) -> str:
    """`audio/ogg; codecs=opus` is `audio/ogg`."""
    return mime_type.partition(";")[0].strip().lower()


def is_shown_inline(mime_type: str) -> bool:
    """Tell whether files of this declared type may be shown at all; `is_what_it_says` then looks inside."""
    return plain_type(mime_type) in SIGNATURES or plain_type(mime_type) in ISO_MEDIA


def is_what_it_says(mime_type: str, head: bytes) -> bool:
    """Tell whether the first bytes of a file prove its declared type."""
    kind = plain_type(mime_type)
    if kind in ISO_MEDIA:
        return head[4:8] == b"ftyp"
    return any(head.startswith(signature) for signature in SIGNATURES.get(kind, ()))
