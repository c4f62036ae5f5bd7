"""When the legs of a call start, by the times of their files.

A recorder writes a leg until it ends, so the leg starts its own length before the time of its
file.
"""

from collections.abc import Sequence

from whisperfarm.watch.file import File


def is_known(leg: File) -> bool:
    """Whether the leg has audio whose length its header reveals."""
    return leg.header is not None and leg.header.seconds > 0


def offsets_s(legs: Sequence[File]) -> tuple[float, ...]:
    """Return the seconds between the start of the call and that of each leg.

    They are all 0 if a leg would start after the others have ended: then the times are not those of
    the recorder, but of a copy.
    """
    lengths = [leg.header.seconds if leg.header else 0.0 for leg in legs]
    starts = [
        leg.version.mtime_ns / 1e9 - length for leg, length in zip(legs, lengths, strict=True)
    ]
    offsets = [round(start - min(starts), 3) for start in starts]
    return (0.0,) * len(legs) if max(offsets) > max(lengths) else tuple(offsets)
