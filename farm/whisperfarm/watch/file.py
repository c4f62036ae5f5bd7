"""A file of the intake folder."""

from typing import NamedTuple

from whisperfarm.watch.scan import Version
from whisperfarm.watch.wav_header import WavHeader


class File(NamedTuple):
    """A file that is not finished. `is_settled`: it is complete, as far as one can see."""

    path: str
    version: Version
    is_settled: bool
    unchanged_s: float = 0.0
    header: WavHeader | None = None
