"""Speech recognition by onnx-asr."""

from collections.abc import Sequence

from whisperfarm_models.inventory import Model
from whisperfarm_worker.engines.fair_semaphore import FairSemaphore
from whisperfarm_worker.engines.onnx_asr import limits
from whisperfarm_worker.engines.onnx_asr.model import OnnxAsr
from whisperfarm_worker.engines.port import (
    DecodedText,
    Decoding,
    OnProgress,
    OnText,
    SpeechRecognizer,
    ignore_text,
)
from whisperfarm_worker.pipeline.state import Samples


class OnnxAsrRecognizer:
    """A model that decodes each window alone, in the thread of its job.

    Windows are not batched: on a CPU that saves next to nothing, and 8-bit models scale a batch as
    a whole, so that the text of a window would depend on the others.

    `detector` is a model that detects languages, which these do not, or `None`.
    """

    def __init__(
        self,
        model: OnnxAsr,
        semaphore: FairSemaphore,
        *,
        known: Model,
        detector: SpeechRecognizer | None,
    ) -> None:
        self._model = model
        self._semaphore = semaphore
        self._detector = detector
        has_one = len(known.languages) == 1
        self.languages = frozenset(known.languages)
        self.translates = known.translates and model.takes_language
        self.detects_languages = has_one or detector is not None
        self.takes_language = has_one or model.takes_language
        self.provenance = {
            "asr_family": known.family, "asr_revision": known.revision, "asr_device": "cpu",
        }  # fmt: skip

    def detect_language(self, samples: Samples) -> list[tuple[str, float]]:
        if self._detector is None:
            return [(language, 1.0) for language in self.languages]
        found = self._detector.detect_language(samples)
        return [(language, one) for language, one in found if language in self.languages]

    def clamp(self, decoding: Decoding) -> tuple[Decoding, list[str]]:
        return limits.clamp_options(decoding)

    def transcribe(
        self,
        windows: Sequence[Samples],
        decoding: Decoding,
        *,
        on_progress: OnProgress,
        on_text: OnText = ignore_text,
    ) -> list[DecodedText]:
        texts = []
        for number, samples in enumerate(windows):
            with self._semaphore:
                on_progress(number / len(windows))
                texts.append(self._model.decode(samples, decoding))
            on_text(number, texts[-1])
        return texts
