"""The faster-whisper engine: loads each model once."""

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whisperfarm_contract.presets import Preset
from whisperfarm_models.engine_spec import FASTER_WHISPER
from whisperfarm_models.search_path import ModelPaths
from whisperfarm_worker.engines.device import Device
from whisperfarm_worker.engines.fair_semaphore import FairSemaphore
from whisperfarm_worker.engines.model_cache import ModelCache
from whisperfarm_worker.engines.port import (
    Aligner,
    Diarizer,
    SpeechRecognizer,
    VoiceActivityDetector,
)
from whisperfarm_worker.engines.speech_models import SpeechModels
from whisperfarm_worker.pipeline.state import Samples
from whisperfarm_worker.process.environment import silence_libraries

_DISTRIBUTIONS = ("faster-whisper", "ctranslate2", "onnx-asr", "onnxruntime")


def _spectrogram(samples: Samples, mels: int) -> NDArray[np.float32]:
    from whisperfarm_worker.engines.faster_whisper.features import spectrogram

    return spectrogram(samples, mels)


class FasterWhisperEngine:
    """faster-whisper's models on one device. Words get times in every language of Whisper."""

    def __init__(self, model_paths: ModelPaths, device: Device) -> None:
        self._device = device
        self._semaphore = FairSemaphore(device.streams)
        self._models = ModelCache()
        self._speech = SpeechModels(
            model_paths, device, self._semaphore, cache=self._models, spectrogram=_spectrogram
        )

    def load(self, presets: Iterable[Preset]) -> None:
        for preset in presets:
            self.voice_activity_detector(preset)
            self.speech_recognizer(preset)
        silence_libraries()

    def voice_activity_detector(self, preset: Preset) -> VoiceActivityDetector:
        def make() -> VoiceActivityDetector:
            from whisperfarm_worker.engines.silero.voice_activity import SileroDetector

            return SileroDetector(self._semaphore)

        found: VoiceActivityDetector = self._models.get_or_load(
            "voice activity", FASTER_WHISPER.detector(preset), make=make
        )
        return found

    def speech_recognizer(self, preset: Preset) -> SpeechRecognizer:
        return self._speech.get(preset.asr)

    def aligner(self, preset: Preset, language: str) -> Aligner | None:
        """Return the aligner, or `None` for a model without Whisper's attention."""
        from whisperfarm_worker.engines.faster_whisper.aligner import AttentionAligner
        from whisperfarm_worker.engines.whisper.speech_recognizer import WhisperRecognizer

        recognizer = self.speech_recognizer(preset)
        if not isinstance(recognizer, WhisperRecognizer):
            return None
        return AttentionAligner(
            recognizer.model,
            language=language,
            semaphore=self._semaphore,
            batch_size=self._device.batch_size,
        )

    def diarizer(self, preset: Preset) -> Diarizer | None:  # noqa: ARG002 - as the port has it
        """Return `None`: this engine has no diarizer."""
        return None

    def describe(self) -> Mapping[str, Any]:
        return {
            "engine": "faster-whisper",
            "versions": {name: version(name) for name in _DISTRIBUTIONS},
            "device": self._device.torch_name,
            "compute_type": self._device.compute_type,
        }
