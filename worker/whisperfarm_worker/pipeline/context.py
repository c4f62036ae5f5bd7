"""The dependencies of the stages."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from whisperfarm_worker.attempt.checkpoint import Checkpoint, NoCheckpoint
from whisperfarm_worker.engines.port import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class StageContext:
    """The engine and the other dependencies of an attempt.

    `fetch(key, to)` returns a local file with the recording: `to`, or one that exists already.
    `folder` belongs to the attempt and is removed after it. Recordings longer than `max_audio_s`
    seconds are rejected.
    """

    engine: Engine
    fetch: Callable[[str, Path], Path]
    ffmpeg: str
    folder: Path
    max_audio_s: float
    checkpoint: Checkpoint = field(default_factory=NoCheckpoint)
