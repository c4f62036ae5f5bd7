"""Parts of a recording that are not silent."""

import numpy as np
import pytest

from whisperfarm_worker.pipeline.audio.sound_blocks import SoundBlocks


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("piece", [1, 85, 160, 1000, 100_000])
def test_count_does_not_depend_on_the_pieces(piece: int, channels: int) -> None:
    frames = np.zeros((3200, channels), dtype=np.float32)
    frames[1600:, -1] = -0.5
    frames[:1600] = 0.0009
    blocks = SoundBlocks(enough=100)
    for at in range(0, len(frames), piece):
        blocks.append(frames[at : at + piece])
    assert blocks.count == 10


def test_counting_stops_at_enough_blocks() -> None:
    blocks = SoundBlocks(enough=3)
    for _ in range(5):
        blocks.append(np.full((160, 1), 0.5, dtype=np.float32))
    assert blocks.count == 3
