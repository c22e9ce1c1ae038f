"""What a file really is: its first bytes decide, never the name or the type that came with it."""

OCTETS = "application/octet-stream"
EXTENSIONS: dict[str, str] = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/mp4": "m4a",
    "video/mp4": "mp4",
    "video/3gpp": "3gp",
    "application/pdf": "pdf",
    "application/zip": "zip",
    "text/plain": "txt",
}
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf1", "audio/aac"),
    (b"\xff\xf9", "audio/aac"),
    (b"#!AMR", "audio/amr"),
    (b"%PDF-", "application/pdf"),
)
#: Office files are archives; which one is only known from what the sender said.
_OFFICE = "application/vnd.openxmlformats-officedocument."


def sniff(content: bytes, *, declared: str) -> str:
    """Name the type of a file; what is not recognised, or could run in a browser, becomes plain octets."""
    for beginning, mime_type in _BEGINNINGS:
        if content.startswith(beginning):
            return mime_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp":
        return _iso_media(content[8:12], declared)
    if content.startswith(b"PK\x03\x04"):
        return declared if declared.startswith(_OFFICE) else "application/zip"
    return "text/plain" if declared == "text/plain" and b"\x00" not in content and b"<" not in content else OCTETS


def extension(mime_type: str) -> str:
    return EXTENSIONS.get(mime_type, "bin")


def _iso_media(brand: bytes, declared: str) -> str:
    if brand.startswith(b"3g"):
        return "video/3gpp"
    return "audio/mp4" if brand.startswith(b"M4A") or declared.startswith("audio/") else "video/mp4"
