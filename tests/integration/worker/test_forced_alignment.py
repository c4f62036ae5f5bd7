"""Our forced alignment equals WhisperX's, on random probabilities."""

import numpy as np
import pytest

from whisperfarm_worker.engines import ctc


@pytest.mark.parametrize(
    ("frames", "tokens"), [(60, 20), (200, 3), (40, 40), (41, 40), (300, 120), (5, 1), (3, 4)]
)
def test_ctc_alignment_matches_whisperx(frames: int, tokens: int) -> None:
    import torch
    from whisperx.alignment import backtrack, get_trellis, merge_repeats

    rng = np.random.default_rng(frames * tokens)
    logs = np.log(rng.dirichlet(np.ones(12), size=frames)).astype(np.float32)
    text = rng.integers(1, 12, size=tokens)
    (ours,) = ctc.align([ctc.CtcInput(blank=logs[:, 0], tokens=logs[:, text])])

    emission = torch.from_numpy(logs)
    path = backtrack(get_trellis(emission, text.tolist(), 0), emission, text.tolist(), 0)
    if path is None:
        assert ours is None
        return
    theirs = merge_repeats(path, "x" * tokens)
    assert ours is not None
    assert [(span.start, span.end) for span in ours] == [(one.start, one.end) for one in theirs]
    assert [span.score for span in ours] == pytest.approx([one.score for one in theirs], abs=1e-5)
