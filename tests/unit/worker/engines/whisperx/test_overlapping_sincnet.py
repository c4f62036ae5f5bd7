"""The first layer of a segmentation model, computed once for overlapping chunks."""

import pytest
import torch
from pyannote.audio.models.blocks.sincnet import SincNet
from pyannote.audio.models.segmentation import PyanNet
from torch import Tensor, nn

from whisperfarm_worker.engines.whisperx.overlapping_sincnet import (
    OverlappingSincNet,
    share_first_layer,
)

pytestmark = pytest.mark.slow  # pyannote takes seconds to import

CHUNK, STEP = 4000, 1000


@pytest.fixture
def trained() -> SincNet:
    """Return a SincNet with random weights, also those of its normalizations."""
    torch.manual_seed(0)
    made = SincNet(stride=10).eval()
    for norm in (made.wav_norm1d, *made.norm1d):
        assert isinstance(norm, nn.InstanceNorm1d)
        nn.init.normal_(norm.weight)
        nn.init.normal_(norm.bias)
    return made


@pytest.mark.parametrize("chunks", [1, 5])
@pytest.mark.parametrize(
    ("gain", "mean"), [(1.0, 0.0), (0.01, 0.0), (0.1, 0.5), (0.0, 0.0)],
    ids=["loud", "quiet", "with a constant part", "silent"],
)  # fmt: skip
def test_features_are_those_of_each_chunk_alone(
    trained: SincNet, chunks: int, gain: float, mean: float
) -> None:
    audio = torch.randn(CHUNK + (chunks - 1) * STEP) * gain + mean
    shared = OverlappingSincNet(trained, chunk=CHUNK, step=STEP).eval()
    with torch.inference_mode():
        expected = trained(audio.unfold(0, CHUNK, STEP)[:, None])
        found: Tensor = shared(audio[None, None])
    assert found.shape == expected.shape
    assert torch.allclose(found, expected, atol=1e-3)


def test_other_steps_and_models_are_left_alone() -> None:
    model = PyanNet()
    assert not share_first_layer(model, chunk=CHUNK, step=1005)
    assert type(model.sincnet) is SincNet
    assert share_first_layer(model, chunk=CHUNK, step=1000)
    assert type(model.sincnet) is OverlappingSincNet
