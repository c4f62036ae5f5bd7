"""Turns of the speakers of a recording from its local speakers and their clusters."""

import numpy as np
from numpy.typing import NDArray
from pyannote.audio.pipelines import SpeakerDiarization
from pyannote.core import Annotation, SlidingWindowFeature

from whisperfarm_contract.transcript import Turn
from whisperfarm_worker.engines.whisperx.diarization.local_speakers import LocalSpeakers


def reconstruct(
    speakers: LocalSpeakers, clusters: NDArray[np.integer], count: SlidingWindowFeature
) -> SlidingWindowFeature:
    """Return who is active in each frame, of shape (frames, clusters): 1 or 0.

    In a frame in which `count` speakers are active, these are the ones with the highest sum of
    scores over the chunks that contain it. `clusters` has shape (chunks, speakers).
    """
    activations = _sums_of_scores(speakers, clusters, count)
    missing = int(count.data.max()) - activations.shape[1]
    activations = np.pad(activations, ((0, 0), (0, max(0, missing))))
    order = np.argsort(-activations, axis=-1)
    is_active = np.arange(activations.shape[1]) < count.data
    active = np.zeros_like(activations)
    np.put_along_axis(active, order, is_active.astype(active.dtype), axis=-1)
    return SlidingWindowFeature(active, count.sliding_window)


def to_turns(
    pipeline: SpeakerDiarization, active: SlidingWindowFeature, *, min_duration_off: float
) -> list[Turn]:
    """Return the turns, sorted by time. Speakers are named in the order of their clusters."""
    annotation: Annotation = pipeline.to_annotation(active, min_duration_off=min_duration_off)
    names = dict(zip(annotation.labels(), pipeline.classes(), strict=False))
    return [
        Turn(start=round(turn.start, 3), end=round(turn.end, 3), speaker=names[cluster])
        for turn, _, cluster in annotation.itertracks(yield_label=True)
    ]


def _sums_of_scores(
    speakers: LocalSpeakers, clusters: NDArray[np.integer], count: SlidingWindowFeature
) -> NDArray[np.float32]:
    """Return sums over chunks, of shape (frames, clusters)."""
    frames, present = count.sliding_window, speakers.present
    sums = np.zeros((len(count.data), clusters[present].max() + 1), np.float32)
    for index, (scores, active) in enumerate(zip(speakers.scores, present, strict=True)):
        start = frames.closest_frame(speakers.chunks[index].start + 0.5 * frames.duration)
        # Clustering gives -2 to a speaker of a chunk with more speakers than clusters.
        for cluster in set(clusters[index][active]) - {-2}:
            local = scores[:, active & (clusters[index] == cluster)].max(axis=1)
            sums[start : start + len(local), cluster] += local
    return sums
