"""The delays between all pairs of channels that have speech at the same time."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

from whisperfarm_worker.pipeline.crosstalk.delays import (
    BLOCK_SAMPLES,
    EQUAL_LEVEL_DB,
    Delay,
    block_delays,
    block_spectrum,
    strongest,
)
from whisperfarm_worker.pipeline.crosstalk.spectrogram import HOP_SAMPLES
from whisperfarm_worker.pipeline.runs import Mask
from whisperfarm_worker.pipeline.state import Waveform

_BLOCK_FRAMES = BLOCK_SAMPLES // HOP_SAMPLES
_STEP_FRAMES = _BLOCK_FRAMES // 2
_MIN_SPEECH_FRAMES = 8
_MAX_DELAYS = 2

Pair = tuple[int, int]


@dataclass(slots=True)
class PairDelays:
    """Delays by pair of channels and by block. In a pair, the first channel is the lower one."""

    _found: dict[Pair, list[tuple[int, Delay]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, pair: Pair, frame: int, delay: Delay) -> None:
        """Add a delay of the block that starts at a frame."""
        self._found[pair].append((frame, delay))

    def __bool__(self) -> bool:
        return bool(self._found)

    def between(self, channel: int, source: int, first: int, last: int) -> list[float]:
        """Return by how many seconds `channel` is later than `source` from one frame to another.

        Only blocks count in which the channel is not louder than the source. Delays found in these
        frames are preferred to those of other parts of the recording.
        """
        found = self._of_copies(channel, source)
        near = [delay for frame, delay in found if first < frame + _BLOCK_FRAMES and frame < last]
        kept = strongest(near, _MAX_DELAYS) or strongest((one for _, one in found), _MAX_DELAYS)
        return [one.seconds for one in kept]

    def _of_copies(self, channel: int, source: int) -> list[tuple[int, Delay]]:
        found = self._found.get((min(channel, source), max(channel, source)), [])
        oriented = found if channel < source else [(frame, -delay) for frame, delay in found]
        return [(frame, delay) for frame, delay in oriented if delay.level_db <= EQUAL_LEVEL_DB]


def find_delays(waveform: Waveform, active: Mask, on_progress: Callable[[], None]) -> PairDelays:
    """Compare all channels that have speech at the same time, in blocks of two seconds.

    `active` has the shape (channels, frames). `on_progress` is called for each block.
    """
    delays = PairDelays()
    for frame, channels in _blocks(active):
        on_progress()
        at = frame * HOP_SAMPLES
        spectra = {
            channel: block_spectrum(waveform.samples[channel][at : at + BLOCK_SAMPLES])
            for channel in channels
        }
        for pair in combinations(channels, 2):
            for delay in block_delays(spectra[pair[0]], spectra[pair[1]]):
                delays.add(pair, frame, delay)
    return delays


def _blocks(active: Mask) -> Iterator[tuple[int, list[int]]]:
    """Yield the first frame of each block, and the channels with speech in it, if several."""
    for frame in range(0, active.shape[1], _STEP_FRAMES):
        counts = active[:, frame : frame + _BLOCK_FRAMES].sum(axis=1)
        channels = [number for number, count in enumerate(counts) if count >= _MIN_SPEECH_FRAMES]
        if len(channels) > 1:
            yield frame, channels
