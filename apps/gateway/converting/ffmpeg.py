"""Runs ffmpeg on files that strangers made: without a shell, network, playlists, or more time and memory than is fair."""

import contextlib
import importlib.util
import logging
import os
import re
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path

from django.conf import settings

log = logging.getLogger(__name__)

#: One conversion; the task that waits for it ends at 120 s.
DEADLINE_SECONDS = 75
CPU_SECONDS = 120
MEMORY_BYTES = 3 * 1024**3
LARGEST_RESULT_BYTES = 200 * 1024**2
MOST_READ_BYTES = 64 * 1024
#: Below whoever answers requests on this machine.
NICENESS = 10
#: Containers that hold sound and film. Playlists and pictures stay out: the former make ffmpeg open other addresses.
CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,ogg,mp3,wav,aac,amr,flac,avi,caf,gif"
_STREAM = re.compile(r"Stream #\d+:\d+.*?: (Video|Audio): (\w+)")
_PIXELS = re.compile(r"\b(yuvj?420p)\b")
_DURATION = re.compile(r"Duration: (\d+):(\d+):(\d+(?:\.\d+)?)")
_CHANNELS = re.compile(r"Audio: .*?\b(mono|stereo|[\d.]+ channels|5\.1)")


class NoConverter(Exception):
    """There is no ffmpeg on this machine."""


class Failed(Exception):
    """ffmpeg did not make a file of it. The message is its last line, for the log only."""


class Streams:
    """What ffmpeg says is inside a file. `codecs` by "Video" and "Audio"."""

    def __init__(self, said: str) -> None:
        self.codecs: dict[str, list[str]] = {}
        for what, codec in _STREAM.findall(said):
            self.codecs.setdefault(what, []).append(codec)
        self.is_plain_colour = _PIXELS.search(said) is not None
        self.is_mono = [found == "mono" for found in _CHANNELS.findall(said)] == [True]
        found = _DURATION.search(said)
        self.seconds = int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3]) if found else 0.0


def program() -> str:
    """The ffmpeg to run: the configured one, the one on the path, or the one of the Python package. "" when there is none."""
    return _find(str(settings.FFMPEG))


@cache
def _find(configured: str) -> str:
    if configured:
        return shutil.which(configured) or ""
    on_path = shutil.which("ffmpeg")
    if on_path or importlib.util.find_spec("imageio_ffmpeg") is None:
        return on_path or ""
    with contextlib.suppress(RuntimeError):
        return str(import_module("imageio_ffmpeg").get_ffmpeg_exe())
    return ""


def look_into(source: Path) -> Streams:
    """Say which streams a file has. Raises NoConverter."""
    # Asked for no output ffmpeg always ends with an error, after it described the input.
    return Streams(_run([*_input(source)])[1])


def make(source: Path, target: Path, options: Sequence[str]) -> None:
    """Write `target` from `source`. Raises NoConverter, or Failed when nothing of use came out."""
    ended_well, said = _run([*_input(source), *options, "-map_metadata", "-1", "-y", str(target)])
    if not ended_well or not target.exists() or not target.stat().st_size:
        raise Failed(said.strip().rpartition("\n")[2][:200])


def _input(source: Path) -> list[str]:
    return ["-protocol_whitelist", "file", "-format_whitelist", CONTAINERS, "-i", f"file:{source}"]


def _run(arguments: Sequence[str]) -> tuple[bool, str]:
    found = program()
    if not found:
        raise NoConverter
    command = [found, "-hide_banner", "-nostdin", "-nostats", "-threads", "2", "-filter_threads", "1", *arguments]
    # What it says about a damaged file may be endless, so it goes through the disk and only its beginning is read.
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said, process_group=0, env={}
        ) as process:
            _confine(process.pid)
            try:
                process.wait(DEADLINE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                return False, "it took too long"
        said.seek(0)
        return process.returncode == 0, said.read(MOST_READ_BYTES).decode(errors="replace")


def _confine(pid: int) -> None:
    """Limit a process that has just begun. One that is gone already needs no limit."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        resource.prlimit(pid, resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.prlimit(pid, resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (LARGEST_RESULT_BYTES, LARGEST_RESULT_BYTES))
        os.setpriority(os.PRIO_PROCESS, pid, NICENESS)
