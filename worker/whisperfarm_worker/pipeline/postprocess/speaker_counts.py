"""Warnings about the number of speakers that the caller asked for."""

from collections.abc import Iterable

from whisperfarm_contract.options import Options
from whisperfarm_contract.transcript import Segment


def count_warnings(options: Options, segments: Iterable[Segment]) -> list[str]:
    """Return a warning for each requested number that the speakers with words do not match."""
    found = len({word.speaker for segment in segments for word in segment.words} - {None})
    missed = {
        "num_speakers": options.num_speakers not in (None, found),
        "min_speakers": found < (options.min_speakers or 0),
        "max_speakers": found > (options.max_speakers or found),
    }
    return [
        f"{name}: {getattr(options, name)} speakers were requested, and words of {found} were found"
        for name, is_missed in missed.items()
        if is_missed
    ]


def ignored_counts(options: Options) -> list[str]:
    """Return a warning for each requested number, if no diarizer runs."""
    names = ("num_speakers", "min_speakers", "max_speakers")
    ignored = [name for name in names if getattr(options, name) is not None]
    return [f"{name} has no effect without diarize=true" for name in ignored]
