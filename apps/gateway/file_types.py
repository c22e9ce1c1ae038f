"""What a file really is: its first bytes decide, never the name or the type that came with it."""

from apps.contracts.words import MessageKind

OCTETS = "application/octet-stream"
#: So much of a file's beginning is enough for every type we know.
HEAD_BYTES = 4096
EXTENSIONS: dict[str, str] = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/bmp": "bmp",
    "image/tiff": "tif",
    "image/heic": "heic",
    "image/avif": "avif",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/mp4": "m4a",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "audio/webm": "weba",
    "video/mp4": "mp4",
    "video/3gpp": "3gp",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "video/x-msvideo": "avi",
    "application/pdf": "pdf",
    "application/zip": "zip",
    "text/plain": "txt",
    "text/csv": "csv",
}
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf1", "audio/aac"),
    (b"\xff\xf9", "audio/aac"),
    (b"#!AMR", "audio/amr"),
    (b"%PDF-", "application/pdf"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1")
_MATROSKA = b"\x1aE\xdf\xa3"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Office files are archives; which one is only known from what the sender said.
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OLD_OFFICE = frozenset({"application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"})
_PLAIN_TEXTS = frozenset({"text/plain", "text/csv"})


def sniff(content: bytes, *, declared: str) -> str:
    """Name the type of a file by its beginning; what is not recognised, or could run in a browser, becomes plain octets."""
    for beginning, mime_type in _BEGINNINGS:
        if content.startswith(beginning):
            return mime_type
    if content[:4] == b"RIFF" and content[8:12] in _RIFF:
        return _RIFF[content[8:12]]
    if content[:2] == b"BM" and content[6:10] == b"\x00\x00\x00\x00":
        return "image/bmp"
    if content[4:8] == b"ftyp":
        return _iso_media(content[8:12], declared)
    if content.startswith(_MATROSKA):
        return "audio/webm" if declared.startswith("audio/") else "video/webm"
    if content.startswith(b"PK\x03\x04"):
        return declared if declared.startswith(_OFFICE) else "application/zip"
    if content.startswith(_OLE):
        return declared if declared in _OLD_OFFICE else OCTETS
    return declared if declared in _PLAIN_TEXTS and b"\x00" not in content and b"<" not in content else OCTETS


def extension(mime_type: str) -> str:
    return EXTENSIONS.get(mime_type, "bin")


def kind_of(mime_type: str) -> MessageKind:
    """What a file is sent as when nobody says otherwise."""
    match mime_type.partition("/")[0]:
        case "image":
            return MessageKind.IMAGE
        case "audio":
            return MessageKind.AUDIO
        case "video":
            return MessageKind.VIDEO
        case _:
            return MessageKind.DOCUMENT


def _iso_media(brand: bytes, declared: str) -> str:
    if brand.startswith(b"3g"):
        return "video/3gpp"
    if brand in _HEIC_BRANDS:
        return "image/heic"
    if brand.startswith(b"avi"):
        return "image/avif"
    if brand == b"qt  ":
        return "video/quicktime"
    return "audio/mp4" if brand.startswith(b"M4A") or declared.startswith("audio/") else "video/mp4"
