"""Finds ffmpeg and builds its command. The command names the container: ffmpeg never guesses it."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from whisperfarm_contract.media import Container
from whisperfarm_contract.media.headerless import ENCODINGS, Encoding
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ

_LOG_ARGS = ("-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+info")
_MEMORY_ADDRESS = re.compile(r"\[[^\]]*\] ?")


def find_ffmpeg(setting: str | None) -> str:
    """Return the path of the configured ffmpeg, else of the one on the PATH, else the bundled one.

    Raises `InvalidSettings` if there is none.
    """
    found = shutil.which(setting or "ffmpeg") or (None if setting else _bundled())
    if found is None:
        raise InvalidSettings(
            f"WHISPERFARM_FFMPEG: there is no program {setting!r}; set another, or unset it"
            if setting
            else "ffmpeg was not found; install it, or set WHISPERFARM_FFMPEG to its path"
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
    """A file and how ffmpeg reads it. Either `container` or `encoding` (headerless) is set.

    The container starts at `offset`, after tags, or after the rest of a frame that was cut.
    `sample_rate_hz` is the rate of headerless samples, or overrides the rate in a header.
    """

    path: Path
    container: Container | None = None
    offset: int = 0
    encoding: str | None = None
    sample_rate_hz: int | None = None


def command(ffmpeg: str, source: Input, *, max_audio_s: float, track: int = 0) -> list[str]:
    """Return the command that writes an audio track to standard output, as WAV.

    The output has 16 kHz and all channels, whose number is in the header. It has 16 bits, as in
    WhisperX, and ends one second after `max_audio_s`. Standard error has the time stamp of each
    frame; `decoder_log` reads it.
    """
    return [
        ffmpeg,
        *_LOG_ARGS,
        # Otherwise ffmpeg closes holes, and counts from the first time stamp of this track.
        *("-threads", "1", "-copyts"),
        *_input_args(source),
        *("-map", f"0:a:{track}", "-vn", "-sn", "-dn", "-map_metadata", "-1"),
        *("-af", ",".join(_filters(source, max_audio_s))),
        *("-ar", str(SAMPLE_RATE_HZ)),
        *("-c:a", "pcm_s16le", "-bitexact", "-f", "wav", "pipe:1"),
    ]


def inspect_command(ffmpeg: str, source: Input) -> list[str]:
    """Return the command that describes the file on standard error; `media_info` reads it."""
    return [ffmpeg, *_LOG_ARGS, *_input_args(source)]


def sanitize(line: str, source: Input) -> str:
    """Remove memory addresses and the path of the file from a line of ffmpeg's output."""
    name = f"file:{source.path.absolute()}"
    return _MEMORY_ADDRESS.sub("", line).replace(f"{name}: ", "").replace(name, "the file").strip()


def _input_args(source: Input) -> list[str]:
    return [
        *("-protocol_whitelist", "file,pipe"),
        *_demuxer_args(source),
        *("-i", f"file:{source.path.absolute()}"),
    ]


def _demuxer_args(source: Input) -> list[str]:
    if source.encoding is not None:
        return _headerless_args(ENCODINGS[source.encoding], source.sample_rate_hz)
    if source.container is None:
        return []
    skip = ["-skip_initial_bytes", str(source.offset)] if source.offset else []
    return ["-f", source.container.demuxer, *skip]


def _headerless_args(encoding: Encoding, sample_rate_hz: int | None) -> list[str]:
    has_rate = encoding.sample_rate_hz is None
    return [
        *("-f", encoding.demuxer),
        *(("-sample_rate", str(sample_rate_hz)) if has_rate else ()),
        *(("-c:a", encoding.codec) if encoding.codec else ()),
    ]


def _filters(source: Input, max_audio_s: float) -> list[str]:
    # The option -t would count from the time stamp 0.
    limit = f"atrim=duration={max_audio_s + 1:.3f}"
    filters = [f"aresample={SAMPLE_RATE_HZ}", limit, "ashowinfo"]
    if source.encoding is not None or source.sample_rate_hz is None:
        return filters
    return [f"asetrate={source.sample_rate_hz}", *filters]  # replaces the header's sample rate
