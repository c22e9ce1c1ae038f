"""Files become what a channel takes: pictures always, sound and film with a real ffmpeg where there is one."""

import io
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from apps.contracts.words import MessageKind
from apps.gateway import converting
from apps.gateway.channels.whatsapp.limits import MEDIA_BYTES, MEDIA_TYPES
from apps.gateway.converting import CannotConvert, NoConverter, ffmpeg
from apps.gateway.converting.recipes import Made

needs_ffmpeg = pytest.mark.skipif(not ffmpeg.program(), reason="there is no ffmpeg on this machine")

Convert = Callable[..., Made]


@pytest.fixture
def convert(tmp_path: Path) -> Convert:
    """Convert a file as WhatsApp wants it."""
    folder = tmp_path / "made"
    folder.mkdir()

    def run(source: Path, kind: MessageKind, mime_type: str, *, voice: bool = False, limit_bytes: int = 0) -> Made:
        return converting.convert(
            source,
            folder,
            kind=kind,
            mime_type=mime_type,
            accepted=MEDIA_TYPES[kind.value],
            limit_bytes=limit_bytes or MEDIA_BYTES[kind.value],
            voice=voice,
        )

    return run


def picture(folder: Path, kind: str, *, mode: str = "RGB", size: tuple[int, int] = (64, 48), **options: object) -> Path:
    path = folder / f"source.{kind.lower()}"
    Image.new(mode, size, 120 if mode in ("L", "P") else (200, 90, 40, 120)[: len(mode)]).save(path, kind, **options)
    return path


def recorded(folder: Path, name: str, *options: str) -> Path:
    """A second of a test tone or picture, made by ffmpeg itself."""
    path = folder / name
    subprocess.run([ffmpeg.program(), "-v", "error", *options, str(path)], check=True, timeout=60)
    return path


TONE = ("-f", "lavfi", "-i", "sine=frequency=440:duration=1")
FILM = ("-f", "lavfi", "-i", "testsrc=duration=1:size=641x361:rate=10")


@pytest.mark.parametrize(
    ("kind", "mode", "becomes"),
    [
        ("WEBP", "RGB", "image/jpeg"),
        ("BMP", "RGB", "image/jpeg"),
        ("TIFF", "CMYK", "image/jpeg"),
        ("GIF", "P", "image/jpeg"),
        ("HEIF", "RGB", "image/jpeg"),
        ("AVIF", "RGB", "image/jpeg"),
        ("WEBP", "RGBA", "image/png"),
    ],
)
def test_any_picture_of_a_phone_becomes_one_that_whatsapp_takes(
    convert: Convert, tmp_path: Path, kind: str, mode: str, becomes: str
) -> None:
    made = convert(picture(tmp_path, kind, mode=mode), MessageKind.IMAGE, f"image/{kind.lower()}")

    assert made.mime_type == becomes
    with Image.open(made.path) as found:
        assert found.mode in ("RGB", "RGBA")
        assert found.size == (64, 48)


def test_a_picture_that_fits_is_not_touched(convert: Convert, tmp_path: Path) -> None:
    source = picture(tmp_path, "PNG")

    assert convert(source, MessageKind.IMAGE, "image/png").path == source


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "P"), ("JPEG", "CMYK")])
def test_colours_that_whatsapp_refuses_are_made_plain(convert: Convert, tmp_path: Path, kind: str, mode: str) -> None:
    made = convert(picture(tmp_path, kind, mode=mode), MessageKind.IMAGE, f"image/{kind.lower()}")

    with Image.open(made.path) as found:
        assert found.mode == "RGB"


def test_a_picture_that_is_too_large_is_made_smaller(convert: Convert, tmp_path: Path) -> None:
    source = tmp_path / "noise.png"
    Image.effect_noise((900, 900), 90).convert("RGB").save(source)

    made = convert(source, MessageKind.IMAGE, "image/png", limit_bytes=60_000)

    assert made.path.stat().st_size <= 60_000
    assert made.mime_type == "image/jpeg"


def test_a_photo_stands_as_its_camera_meant_it(convert: Convert, tmp_path: Path) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    source = picture(tmp_path, "WEBP", exif=turned)

    with Image.open(convert(source, MessageKind.IMAGE, "image/webp").path) as found:
        assert found.size == (48, 64)


def test_a_photo_becomes_a_sticker(convert: Convert, tmp_path: Path) -> None:
    made = convert(picture(tmp_path, "JPEG", size=(1200, 800)), MessageKind.STICKER, "image/jpeg")

    with Image.open(made.path) as found:
        assert (found.format, found.size) == ("WEBP", (512, 512))
        assert found.convert("RGBA").getpixel((0, 0))[3] == 0, "around the picture it is transparent"
    assert made.path.stat().st_size <= 100 * 1024
    assert convert(made.path, MessageKind.STICKER, "image/webp").path == made.path


def bomb() -> bytes:
    file = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n" + b"x" * 500, b"", bomb()], ids=["damaged", "empty", "bomb"])
def test_what_is_no_picture_is_refused_and_harms_nobody(convert: Convert, tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "source.png"
    source.write_bytes(content)

    with pytest.raises(CannotConvert):
        convert(source, MessageKind.IMAGE, "image/webp")


@needs_ffmpeg
@pytest.mark.parametrize("name", ["a.webm", "a.mp3", "a.m4a", "a.wav"])
def test_a_recording_becomes_a_voice_note(convert: Convert, tmp_path: Path, name: str) -> None:
    sound = recorded(tmp_path, name, *TONE, "-ac", "2")

    made = convert(sound, MessageKind.AUDIO, "audio/webm", voice=True)

    found = ffmpeg.look_into(made.path)
    assert made.mime_type == "audio/ogg"
    assert (found.codecs, found.is_mono) == ({"Audio": ["opus"]}, True)


@needs_ffmpeg
def test_a_voice_note_is_not_made_twice(convert: Convert, tmp_path: Path) -> None:
    sound = recorded(tmp_path, "a.ogg", *TONE, "-ac", "1", "-c:a", "libopus")

    assert convert(sound, MessageKind.AUDIO, "audio/ogg", voice=True).path == sound


@needs_ffmpeg
@pytest.mark.parametrize("name", ["a.mov", "a.webm", "a.avi"])
def test_a_film_becomes_one_that_whatsapp_plays(convert: Convert, tmp_path: Path, name: str) -> None:
    film = recorded(tmp_path, name, *FILM, *TONE, "-pix_fmt", "yuv420p", "-vf", "scale=640:360", "-shortest")

    made = convert(film, MessageKind.VIDEO, "video/quicktime")

    found = ffmpeg.look_into(made.path)
    assert found.codecs == {"Video": ["h264"], "Audio": ["aac"]}
    assert found.is_plain_colour
    assert convert(made.path, MessageKind.VIDEO, "video/mp4").path == made.path, "and is then left alone"


@needs_ffmpeg
def test_an_mp4_that_whatsapp_could_not_play_is_converted(convert: Convert, tmp_path: Path) -> None:
    film = recorded(tmp_path, "a.mp4", *FILM, "-c:v", "mpeg4", "-vf", "scale=640:360")

    made = convert(film, MessageKind.VIDEO, "video/mp4")

    assert ffmpeg.look_into(made.path).codecs["Video"] == ["h264"]


@needs_ffmpeg
@pytest.mark.parametrize(
    "playlist",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile /etc/passwd\n",
    ],
    ids=["hls", "concat"],
)
def test_a_file_cannot_make_us_open_another(convert: Convert, tmp_path: Path, playlist: str) -> None:
    source = tmp_path / "source.mp4"
    source.write_text(playlist)

    with pytest.raises(CannotConvert):
        convert(source, MessageKind.VIDEO, "video/quicktime")


@needs_ffmpeg
def test_a_conversion_that_takes_too_long_is_ended(
    convert: Convert, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = recorded(tmp_path, "a.mov", *FILM)
    monkeypatch.setattr(ffmpeg, "DEADLINE_SECONDS", 0.001)

    with pytest.raises(CannotConvert):
        convert(film, MessageKind.VIDEO, "video/quicktime")


def test_without_ffmpeg_it_says_so(convert: Convert, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "a.weba"
    source.write_bytes(b"\x1aE\xdf\xa3")
    monkeypatch.setattr(ffmpeg, "program", lambda: "")

    with pytest.raises(NoConverter):
        convert(source, MessageKind.AUDIO, "audio/webm", voice=True)
