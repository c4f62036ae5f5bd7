"""The dependencies of the stages."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from pathlib import Path

from whisperfarm_worker.attempt.checkpoint import Checkpoint, NoCheckpoint
from whisperfarm_worker.attempt.voices import NoVoices, Voices
from whisperfarm_worker.engines.port import Engine
from whisperfarm_worker.pipeline.scratch_space import ScratchSpace


@dataclass(frozen=True, slots=True, kw_only=True)
class StageContext:
    """The engine and the other dependencies of an attempt.

    `fetch(key, to)` returns a local file with the recording: `to`, or one that exists already.
    `folder` belongs to the attempt and is removed after it. Recordings longer than `max_audio_s`
    seconds are rejected, and those whose channels together are longer than `max_channel_s`.
    `scratch_reserve_bytes` is as in `ScratchSpace`. From `speaker_threshold` on, a speaker gets the
    name of an enrolled voice.
    """

    engine: Engine
    fetch: Callable[[str, Path], Path]
    ffmpeg: str
    folder: Path
    max_audio_s: float
    max_channel_s: float = inf
    scratch_reserve_bytes: int | None = 0
    checkpoint: Checkpoint = field(default_factory=NoCheckpoint)
    voices: Voices = field(default_factory=NoVoices)
    speaker_threshold: float = 1.0

    @property
    def space(self) -> ScratchSpace:
        """The disk of `folder`."""
        return ScratchSpace(folder=self.folder, reserve_bytes=self.scratch_reserve_bytes)
