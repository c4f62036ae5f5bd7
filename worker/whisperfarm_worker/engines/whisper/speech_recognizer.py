"""Speech recognition: batches as in WhisperX, and doubtful windows again as in Whisper."""

from collections.abc import Callable, Sequence
from functools import partial

from whisperfarm_models.inventory import Model
from whisperfarm_worker.engines.batcher import Batcher
from whisperfarm_worker.engines.fair_semaphore import FairSemaphore
from whisperfarm_worker.engines.port import DecodedText, Decoding, OnProgress, OnText, ignore_text
from whisperfarm_worker.engines.whisper import fallback, model_limits
from whisperfarm_worker.engines.whisper.model import Whisper
from whisperfarm_worker.engines.whisper.single_window import SingleWindow
from whisperfarm_worker.pipeline.state import Samples


class WhisperRecognizer:
    """A Whisper model whose batches hold windows of all jobs.

    A window that fails Whisper's tests is decoded again alone, in the thread of its job. `known` is
    what the inventory knows about the model.
    """

    detects_languages = True
    takes_language = True

    def __init__(
        self, model: Whisper, semaphore: FairSemaphore, *, known: Model, batch_size: int
    ) -> None:
        self.model = model
        self.languages = frozenset(known.languages) or model.languages
        self.translates = known.translates and len(self.languages) > 1
        self.provenance = {"asr_family": known.family, "asr_revision": known.revision}
        self._semaphore = semaphore
        self._batcher = Batcher(model.generate, semaphore=semaphore, batch_size=batch_size)

    def detect_language(self, samples: Samples) -> list[tuple[str, float]]:
        with self._semaphore:
            return self.model.detect_language(samples)

    def clamp(self, decoding: Decoding) -> tuple[Decoding, list[str]]:
        return model_limits.clamp_options(
            decoding, self.model.tokenizer(decoding), vocabulary_size=self.model.vocabulary_size
        )

    def transcribe(
        self,
        windows: Sequence[Samples],
        decoding: Decoding,
        *,
        on_progress: OnProgress,
        on_text: OnText = ignore_text,
    ) -> list[DecodedText]:
        if decoding.temperature:
            return self._sample_all(windows, decoding, on_progress=on_progress, on_text=on_text)
        doubtful: list[int] = []

        def on_first_text(index: int, text: DecodedText) -> None:
            if fallback.passes(text, decoding):
                on_text(index, text)
            else:
                doubtful.append(index)

        texts = self._batcher.transcribe(
            windows,
            decoding,
            on_progress=lambda done: on_progress(done - len(doubtful) / len(windows)),
            on_text=on_first_text,
        )
        for position, index in enumerate(doubtful):
            done = 1 - (len(doubtful) - position) / len(windows)
            window = self._window(windows[index], partial(on_progress, done))
            texts[index] = fallback.decode_again(texts[index], decoding, window.decode)
            on_text(index, texts[index])
        return texts

    def _sample_all(
        self,
        windows: Sequence[Samples],
        decoding: Decoding,
        *,
        on_progress: OnProgress,
        on_text: OnText,
    ) -> list[DecodedText]:
        """Decode each window alone, because the caller asked for a temperature above 0."""
        texts = []
        for index, samples in enumerate(windows):
            window = self._window(samples, partial(on_progress, index / len(windows)))
            first = window.decode(decoding, decoding.temperature)
            texts.append(fallback.decode_again(first, decoding, window.decode))
            on_text(index, texts[-1])
        return texts

    def _window(self, samples: Samples, on_poll: Callable[[], None]) -> SingleWindow:
        return SingleWindow(self.model, samples, semaphore=self._semaphore, on_poll=on_poll)
