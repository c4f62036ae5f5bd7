"""What the stages work with."""

from dataclasses import dataclass, field
from pathlib import Path

from whisperfarm_worker.attempt.checkpoint import Checkpoint, NoCheckpoint
from whisperfarm_worker.engines.port import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The engine, and what else an attempt may use. `folder` is its own, and is removed after it.

    `longest_s` is the longest recording that is taken.
    """

    engine: Engine
    ffmpeg: str
    folder: Path
    longest_s: float
    checkpoint: Checkpoint = field(default_factory=NoCheckpoint)
