"""decode: converts a media file to samples, by ffmpeg under resource limits."""

from dataclasses import replace
from pathlib import Path

from whisperfarm_contract.media import SNIFF_BYTES, sniff
from whisperfarm_contract.problems import (
    AudioEmpty,
    AudioUnreadable,
    AudioWithoutSound,
)
from whisperfarm_store.fsync import full_named
from whisperfarm_worker.attempt.monitor import Watch
from whisperfarm_worker.pipeline.audio.ffmpeg import Input, command, plain
from whisperfarm_worker.pipeline.audio.pcm_buffer import Recording
from whisperfarm_worker.pipeline.audio.subprocess_runner import Ending, Limits, Silent, run
from whisperfarm_worker.pipeline.audio.wav import read_head
from whisperfarm_worker.pipeline.context import Tools
from whisperfarm_worker.pipeline.state import Work

_WAV_HEAD_BYTES = 1 << 16
_MISSING_S = 0.1
"""A WAV file that is shorter than its header says by more than this causes a warning."""

_MEMORY_BYTES = 1 << 30
_SILENT_S = 60.0


def decode(work: Work, tools: Tools, watch: Watch) -> Work:
    """Set `sound`. Raises the `Audio...` problems, `OptionWrong` for too many channels, and
    `StorageFull`."""
    source = _input(work)
    samples = tools.folder / "samples.f32"
    room = full_named(f"the disk of {tools.folder} has no space left for decoded audio")
    with room, samples.open("wb") as file:
        mix = not work.speaker_per_channel
        recording = Recording(file=file, longest_s=tools.longest_s, mix=mix)
        ending = _run(source, recording, tools=tools, watch=watch)
    if not recording.frames:
        raise AudioEmpty("the audio is empty: its header is valid, but no samples follow it")
    watch.measured(recording.seconds)
    return replace(work, sound=recording.sound(samples)).warn(
        *_missing(source, recording.seconds), *_complaint(source, ending)
    )


def _input(work: Work) -> Input:
    options = work.options
    if options.encoding is not None:
        return Input(path=work.file, encoding=options.encoding, sample_rate_hz=options.sample_rate)
    head = _start(work.file, SNIFF_BYTES)
    if not head:
        raise AudioEmpty("the file is empty")
    container = sniff(head)
    if container is None:
        raise AudioUnreadable(
            "the file's first bytes do not belong to a supported audio or video format; for"
            " headerless audio, set encoding and sample_rate"
        )
    return Input(path=work.file, container=container, sample_rate_hz=options.sample_rate)


def _run(source: Input, recording: Recording, *, tools: Tools, watch: Watch) -> Ending:
    asked = command(tools.ffmpeg, source, longest_s=tools.longest_s)
    # One second of CPU for a minute of audio is many times what any codec needs.
    limits = Limits(
        cpu_s=60 + round(tools.longest_s / 60), memory_bytes=_MEMORY_BYTES, silent_s=_SILENT_S
    )
    try:
        ending = run(
            asked, take=recording.take, limits=limits, look=lambda: watch.report("decode", 0.0)
        )
    except Silent as error:
        raise AudioUnreadable(f"the decoder hung: {error}") from error
    if ending.code != 0:
        raise _problem(source, ending)
    return ending


def _problem(source: Input, ending: Ending) -> AudioUnreadable | AudioWithoutSound:
    if "matches no streams" in ending.last_words:
        return AudioWithoutSound("the file has no audio track")
    if ending.code < 0:
        return AudioUnreadable(
            f"decoding was stopped by signal {-ending.code}: the file needs more CPU time or"
            " memory than the decoder may use"
        )
    return AudioUnreadable(f"the audio cannot be decoded: {plain(ending.last_line, source)}")


def _missing(source: Input, found_s: float) -> list[str]:
    """Return a warning if a WAV file is shorter than its header says."""
    if source.container is None or source.container.name != "wav":
        return []
    head = read_head(_start(source.path, _WAV_HEAD_BYTES))
    said_s = head.seconds(sample_rate_hz=source.sample_rate_hz) if head else None
    if said_s is None or said_s - found_s <= _MISSING_S:
        return []
    return [
        f"the file is truncated: it has {found_s:.1f} s of audio, and {said_s:.1f} s according to"
        " its header"
    ]


def _complaint(source: Input, ending: Ending) -> list[str]:
    line = plain(ending.last_line, source)
    return [f"the decoder reported an error, so parts may be missing: {line}"] if line else []


def _start(path: Path, size_bytes: int) -> bytes:
    with path.open("rb") as file:
        return file.read(size_bytes)
