"""decode: converts a media file to samples, by ffmpeg under resource limits."""

from dataclasses import replace
from pathlib import Path

from whisperfarm_contract.media import SNIFF_BYTES, sniff
from whisperfarm_contract.problems import (
    AudioEmpty,
    AudioUnreadable,
    NoAudioTrack,
)
from whisperfarm_store.fsync import translate_disk_full
from whisperfarm_worker.attempt.monitor import AttemptMonitor
from whisperfarm_worker.pipeline.audio.ffmpeg import Input, command, sanitize
from whisperfarm_worker.pipeline.audio.pcm_buffer import PcmBuffer
from whisperfarm_worker.pipeline.audio.subprocess_runner import (
    OutputTimeout,
    ProcessResult,
    ResourceLimits,
    run,
)
from whisperfarm_worker.pipeline.audio.wav import read_header
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.state import PipelineState

_WAV_HEADER_BYTES = 1 << 16
_TRUNCATION_TOLERANCE_S = 0.1
"""A WAV file that is shorter than its header says by more than this causes a warning."""

_MEMORY_BYTES = 1 << 30
_OUTPUT_TIMEOUT_S = 60.0


def decode(state: PipelineState, context: StageContext, monitor: AttemptMonitor) -> PipelineState:
    """Set `waveform`. Raises the `Audio...` problems, `InvalidOption` for too many channels, and
    `StorageFull`."""
    source = _input(state)
    samples = context.folder / "samples.f32"
    disk_full = translate_disk_full(
        f"the disk of {context.folder} has no space left for decoded audio"
    )
    with disk_full, samples.open("wb") as file:
        downmix = not state.speaker_per_channel
        pcm = PcmBuffer(file=file, max_audio_s=context.max_audio_s, downmix=downmix)
        result = _run(source, pcm, context=context, monitor=monitor)
        pcm.flush()
    if not pcm.frames:
        raise AudioEmpty("the audio is empty: its header is valid, but no samples follow it")
    monitor.report_duration(pcm.seconds)
    return replace(state, waveform=pcm.to_waveform(samples)).warn(
        *_truncation_warnings(source, pcm.seconds),
        *_decoder_warnings(source, result),
        *_downmix_warnings(pcm.inverted_s),
    )


def _input(state: PipelineState) -> Input:
    options = state.options
    if options.encoding is not None:
        return Input(path=state.file, encoding=options.encoding, sample_rate_hz=options.sample_rate)
    header = _first_bytes(state.file, SNIFF_BYTES)
    if not header:
        raise AudioEmpty("the file is empty")
    container = sniff(header)
    if container is None:
        raise AudioUnreadable(
            "the file's first bytes do not belong to a supported audio or video format; for"
            " headerless audio, set encoding and sample_rate"
        )
    return Input(path=state.file, container=container, sample_rate_hz=options.sample_rate)


def _run(
    source: Input, pcm: PcmBuffer, *, context: StageContext, monitor: AttemptMonitor
) -> ProcessResult:
    argv = command(context.ffmpeg, source, max_audio_s=context.max_audio_s)
    # One second of CPU for a minute of audio is many times what any codec needs.
    limits = ResourceLimits(
        cpu_s=60 + round(context.max_audio_s / 60),
        memory_bytes=_MEMORY_BYTES,
        output_timeout_s=_OUTPUT_TIMEOUT_S,
    )
    try:
        result = run(
            argv,
            on_output=pcm.append,
            limits=limits,
            on_poll=lambda: monitor.report_progress("decode", 0.0),
        )
    except OutputTimeout as error:
        raise AudioUnreadable(f"the decoder hung: {error}") from error
    if result.code != 0:
        raise _problem(source, result)
    return result


def _problem(source: Input, result: ProcessResult) -> AudioUnreadable | NoAudioTrack:
    if "matches no streams" in result.stderr_tail:
        return NoAudioTrack("the file has no audio track")
    if result.code < 0:
        return AudioUnreadable(
            f"decoding was stopped by signal {-result.code}: the file needs more CPU time or"
            " memory than the decoder may use"
        )
    return AudioUnreadable(f"the audio cannot be decoded: {sanitize(result.last_line, source)}")


def _truncation_warnings(source: Input, found_s: float) -> list[str]:
    """Return a warning if a WAV file is shorter than its header says."""
    if source.container is None or source.container.name != "wav":
        return []
    header = read_header(_first_bytes(source.path, _WAV_HEADER_BYTES))
    header_s = header.seconds(sample_rate_hz=source.sample_rate_hz) if header else None
    if header_s is None or header_s - found_s <= _TRUNCATION_TOLERANCE_S:
        return []
    return [
        f"the file is truncated: it has {found_s:.1f} s of audio, and {header_s:.1f} s according to"
        " its header"
    ]


def _decoder_warnings(source: Input, result: ProcessResult) -> list[str]:
    line = sanitize(result.last_line, source)
    return [f"the decoder reported an error, so parts may be missing: {line}"] if line else []


def _downmix_warnings(inverted_s: float) -> list[str]:
    if not inverted_s:
        return []
    return [
        f"channels cancel each other in {inverted_s:.1f} s of the audio because their polarity is"
        " opposed; one of them was inverted there"
    ]


def _first_bytes(path: Path, size_bytes: int) -> bytes:
    with path.open("rb") as file:
        return file.read(size_bytes)
