"""Diarization of the clips alone, with the recording's times."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from whisperfarm_contract.transcript import Turn
from whisperfarm_worker.engines.port import Diarizer, OnProgress
from whisperfarm_worker.pipeline.state import Samples, TimeSpan, cut


@dataclass(frozen=True, slots=True)
class ClippedDiarizer:
    """Diarizer of the clips of a recording, joined to one recording, so that a speaker has the
    same name in all of them."""

    diarizer: Diarizer
    clips: Sequence[TimeSpan]

    def turns(
        self,
        samples: Samples,
        *,
        num_speakers: int | None,
        min_speakers: int | None,
        max_speakers: int | None,
        on_progress: OnProgress,
    ) -> list[Turn]:
        """Return the turns with the recording's times, cut at the ends of the clips."""
        found = self.diarizer.turns(
            np.concatenate([cut(samples, clip) for clip in self.clips]),
            num_speakers=num_speakers,
            min_speakers=min_speakers,
            max_speakers=max_speakers,
            on_progress=on_progress,
        )
        return [part for turn in found for part in self._in_recording(turn)]

    def _in_recording(self, turn: Turn) -> Iterator[Turn]:
        joined_s = 0.0
        for clip in self.clips:
            start = max(turn.start - joined_s + clip.start, clip.start)
            end = min(turn.end - joined_s + clip.start, clip.end)
            if start < end:
                yield replace(turn, start=start, end=end)
            joined_s += clip.end - clip.start


def clipped_diarizer(diarizer: Diarizer, clips: Sequence[TimeSpan]) -> Diarizer:
    """Return a diarizer of the clips, or the diarizer itself if there are none."""
    return ClippedDiarizer(diarizer, clips) if clips else diarizer
