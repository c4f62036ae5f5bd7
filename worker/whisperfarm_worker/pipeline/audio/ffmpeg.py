"""ffmpeg: which one, and what it is told. The container is said by us, never guessed by it."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from whisperfarm_contract.media import Container
from whisperfarm_contract.problems import SettingsWrong
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ

_ADDRESS = re.compile(r"\[[^\]]*\] ?")


def locate(setting: str | None) -> str:
    """The ffmpeg to use: the one that is set, the one on the PATH, or the bundled one.

    Raises `SettingsWrong` when there is none.
    """
    found = shutil.which(setting or "ffmpeg") or (None if setting else _bundled())
    if found is None:
        raise SettingsWrong(
            f"WHISPERFARM_FFMPEG: there is no program {setting!r}; name one, or unset it"
            if setting
            else "no ffmpeg was found; install it, or name one in WHISPERFARM_FFMPEG"
        )
    return found


def _bundled() -> str | None:
    try:
        from imageio_ffmpeg import get_ffmpeg_exe

        return str(get_ffmpeg_exe())
    except (ImportError, RuntimeError):
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A file as ffmpeg is to read it. `container` or `encoding` is there, not both.

    `sample_rate_hz` is the true rate: of headerless samples, or in place of a header that is wrong.
    """

    path: Path
    container: Container | None = None
    encoding: str | None = None
    sample_rate_hz: int | None = None


def command(ffmpeg: str, source: Input, *, longest_s: float) -> list[str]:
    """The command that writes the first sound track to its standard output.

    It comes as WAV (whose header tells the number of channels), 16 kHz, 16 bits, all channels, and
    is cut a second past `longest_s`. 16 bits are what WhisperX itself decodes to.
    """
    return [
        ffmpeg,
        *("-nostdin", "-hide_banner", "-loglevel", "error", "-threads", "1"),
        *_reading(source),
        *("-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1"),
        *_right_rate(source),
        *("-ar", str(SAMPLE_RATE_HZ), "-t", f"{longest_s + 1:.3f}"),
        *("-c:a", "pcm_s16le", "-bitexact", "-f", "wav", "pipe:1"),
    ]


def plain(line: str, source: Input) -> str:
    """A line of ffmpeg's without addresses in its memory and without our path to the file."""
    name = f"file:{source.path.absolute()}"
    return _ADDRESS.sub("", line).replace(f"{name}: ", "").replace(name, "the file").strip()


def _reading(source: Input) -> list[str]:
    options = ["-protocol_whitelist", "file,pipe", "-f"]
    if source.encoding is not None:
        options += [source.encoding, "-sample_rate", str(source.sample_rate_hz)]
    elif source.container is not None:
        options += [source.container.demuxer]
    return [*options, "-i", f"file:{source.path.absolute()}"]


def _right_rate(source: Input) -> list[str]:
    """Take the samples for what they are, whatever rate the header says."""
    if source.encoding is not None or source.sample_rate_hz is None:
        return []
    return ["-af", f"asetrate={source.sample_rate_hz}"]
