"""Parts of diarization that need no model: linkage, masks and reconstruction."""

import numpy as np
import pytest
from pyannote.core import SlidingWindow
from scipy.cluster import hierarchy

from whisperfarm_worker.engines.whisperx.diarization.linkage import linkage
from whisperfarm_worker.engines.whisperx.diarization.local_speakers import (
    LocalSpeakers,
    count_active,
    embedding_masks,
)
from whisperfarm_worker.engines.whisperx.diarization.reconstruction import reconstruct

pytestmark = pytest.mark.slow  # pyannote takes seconds to import


@pytest.mark.parametrize("count", [2, 3, 300])
@pytest.mark.parametrize("spread", [0.1, 1.0])
def test_dendrogram_equals_that_of_scipy(count: int, spread: float) -> None:
    random = np.random.default_rng(count)
    voices = random.normal(size=(4, 64))
    embeddings = voices[random.integers(0, 4, count)] + random.normal(size=(count, 64)) * spread
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    expected = hierarchy.linkage(embeddings, method="centroid", metric="euclidean")
    found = linkage(embeddings, method="centroid", metric="euclidean")
    assert np.array_equal(found[:, [0, 1, 3]], expected[:, [0, 1, 3]])
    assert np.allclose(found, expected, rtol=0, atol=1e-12)


def test_other_linkages_are_those_of_scipy() -> None:
    embeddings = np.random.default_rng(0).normal(size=(20, 8))
    expected = hierarchy.linkage(embeddings, method="average", metric="cosine")
    assert np.array_equal(linkage(embeddings, method="average", metric="cosine"), expected)


def test_speaker_is_embedded_from_frames_without_others() -> None:
    active = np.array([[[1, 0], [1, 0], [1, 1], [0, 1]]], bool)
    assert embedding_masks(active, min_frames=0).astype(int).tolist() == [
        [[1, 1, 0, 0], [0, 0, 0, 1]]
    ]
    assert embedding_masks(active, min_frames=1).astype(int).tolist() == [
        [[1, 1, 0, 0], [0, 0, 1, 1]]
    ]
    assert embedding_masks(active, min_frames=None).astype(int).tolist() == [
        [[1, 1, 1, 0], [0, 0, 1, 1]]
    ]


def test_loudest_clusters_are_active_in_each_frame() -> None:
    scores = np.array([[[0.9, 0.6], [0.9, 0.6]], [[0.2, 0.8], [0.2, 0.8]]], np.float32)
    speakers = LocalSpeakers(
        scores=scores,
        active=scores > 0.5,
        chunks=SlidingWindow(start=0.0, duration=2.0, step=2.0),
        frames=SlidingWindow(start=0.0, duration=1.0, step=1.0),
    )
    count = count_active(speakers)
    assert count.data[:, 0].tolist()[:4] == [2, 2, 1, 1]
    count.data = np.minimum(count.data, 1)
    active = reconstruct(speakers, np.array([[1, 0], [-2, 0]]), count)
    assert active.data.tolist()[:4] == [[0, 1], [0, 1], [1, 0], [1, 0]]
