"""What the operator of a watcher chose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from whisperfarm.remote.recordings import EXTENSIONS

Disposal = Literal["leave", "move", "delete"]

AUDIO_GLOBS = tuple(f"*.{extension}" for extension in EXTENSIONS)


@dataclass(frozen=True, kw_only=True)
class WatchSettings:
    """The settings of one watcher. `options` are those of each job."""

    intake: Path
    output: Path
    formats: Sequence[str] = ("json",)
    layout: str = "plain"
    options: Mapping[str, str] = field(default_factory=dict)
    globs: Sequence[str] = AUDIO_GLOBS
    settle_s: float = 10.0
    abandoned_after_s: float = 3600.0
    legs_after_s: float = 120.0
    """How long a leg of a call waits for the file with all legs."""
    interval_s: float = 2.0
    retry_s: float = 60.0
    """Pause after a failure that another attempt may cure."""
    done: Disposal = "leave"
    failed: Disposal = "leave"
    at_once: int = 8
