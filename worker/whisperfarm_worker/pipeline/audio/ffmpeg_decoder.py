"""Decodes any file by ffmpeg, a child process under resource limits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from whisperfarm_contract.problems import AudioUnreadable, NoAudioTrack
from whisperfarm_worker.pipeline.audio import frame_gaps, media_info
from whisperfarm_worker.pipeline.audio.decoder_log import DecoderLog
from whisperfarm_worker.pipeline.audio.ffmpeg import Input, command, inspect_command, sanitize
from whisperfarm_worker.pipeline.audio.frame_gaps import Gap, GapClock
from whisperfarm_worker.pipeline.audio.media_info import MediaInfo
from whisperfarm_worker.pipeline.audio.pcm_buffer import PcmBuffer
from whisperfarm_worker.pipeline.audio.subprocess_runner import (
    OutputTimeout,
    ProcessResult,
    ResourceLimits,
    run,
)
from whisperfarm_worker.pipeline.audio.wav_stream import WavStream
from whisperfarm_worker.pipeline.scratch_space import ScratchSpace

_MEMORY_BYTES = 1 << 30
_OUTPUT_TIMEOUT_S = 60.0
_MAX_DESCRIPTION_BYTES = 1 << 22


@dataclass(frozen=True, slots=True, kw_only=True)
class FfmpegDecoder:
    """An ffmpeg that reads a recording of at most `max_audio_s` seconds.

    `on_poll` is called several times a second; if it raises, ffmpeg is killed. `scratch` is the
    path of a copy without what is not audio, which is written if the file has such parts. Methods
    raise `AudioUnreadable` and `NoAudioTrack`.
    """

    source: Input
    ffmpeg: str
    max_audio_s: float
    on_poll: Callable[[], None]
    scratch: Path

    def inspect(self) -> MediaInfo:
        """Return what the container states. Headerless audio states nothing."""
        if self.source.container is None:
            return MediaInfo()
        description = bytearray()

        def keep(data: bytes) -> None:
            description.extend(data[: _MAX_DESCRIPTION_BYTES - len(description)])

        argv = inspect_command(self.ffmpeg, self.source)
        self._run(argv, on_output=lambda _: None, on_stderr=keep)
        return media_info.parse(description.decode(errors="replace"))

    def decode(self, pcm: PcmBuffer, *, track: int = 0) -> list[str]:
        """Decode an audio track into `pcm`. Returns warnings for the caller."""
        gaps = frame_gaps.find(self.source, max_audio_s=self.max_audio_s, on_poll=self.on_poll)
        source = self._without(gaps, pcm.space)
        log = DecoderLog(
            on_frame=GapClock(pcm.timeline.add, gaps).add if pcm.timeline else None,
            ends_with_error=_ends_with_error(source),
        )
        argv = command(self.ffmpeg, source, max_audio_s=self.max_audio_s, track=track)
        stream = WavStream(pcm=pcm)
        result = self._run(argv, on_output=stream.append, on_stderr=log.append)
        log.flush()
        pcm.flush()
        if result.code != 0 or (log.errors and not pcm.frames):
            raise _problem(source, result.code, log)
        return [*frame_gaps.warnings(gaps), *_warnings(sanitize(log.last_error, source))]

    def _without(self, gaps: Sequence[Gap], space: ScratchSpace) -> Input:
        """Return the file, or its copy without the gaps."""
        if not gaps:
            return self.source
        space.check(self.source.path.stat().st_size)
        frame_gaps.copy_without(gaps, self.source, self.scratch)
        return replace(self.source, path=self.scratch, offset=0)

    def _run(
        self,
        argv: list[str],
        *,
        on_output: Callable[[bytes], None],
        on_stderr: Callable[[bytes], None],
    ) -> ProcessResult:
        # One second of CPU for a minute of audio is many times what any codec needs.
        limits = ResourceLimits(
            cpu_s=60 + round(self.max_audio_s / 60),
            memory_bytes=_MEMORY_BYTES,
            output_timeout_s=_OUTPUT_TIMEOUT_S,
        )
        try:
            return run(
                argv,
                on_output=on_output,
                on_stderr=on_stderr,
                limits=limits,
                on_poll=self.on_poll,
            )
        except OutputTimeout as error:
            raise AudioUnreadable(f"the decoder hung: {error}") from error


def _ends_with_error(source: Input) -> bool:
    """Whether ffmpeg's demuxer of the container reports an error at the end of every file."""
    return source.container is not None and source.container.name == "gxf"


def _warnings(error: str) -> list[str]:
    return [f"the decoder reported an error, so parts may be missing: {error}"] if error else []


def _problem(source: Input, code: int, log: DecoderLog) -> AudioUnreadable | NoAudioTrack:
    if any("matches no streams" in error for error in log.errors):
        return NoAudioTrack("the file has no audio track")
    if code < 0:
        return AudioUnreadable(
            f"decoding was stopped by signal {-code}: the file needs more CPU time or memory than"
            " the decoder may use"
        )
    return AudioUnreadable(f"the audio cannot be decoded: {sanitize(log.last_error, source)}")
