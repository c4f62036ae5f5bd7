"""The faster-whisper engine: loads each model once."""

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import MissingModel
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
from whisperfarm_worker.process.environment import silence_libraries

_DISTRIBUTIONS = ("faster-whisper", "ctranslate2", "onnxruntime")


class FasterWhisperEngine:
    """faster-whisper's models on one device. Words get times in every language of Whisper."""

    def __init__(self, model_paths: ModelPaths, device: Device) -> None:
        self._model_paths = model_paths
        self._device = device
        self._semaphore = FairSemaphore(device.streams)
        self._models = ModelCache()

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
        model: SpeechRecognizer = self._speech_recognizer(preset)
        return model

    def aligner(self, preset: Preset, language: str) -> Aligner | None:
        from whisperfarm_worker.engines.faster_whisper.aligner import AttentionAligner

        return AttentionAligner(
            self._speech_recognizer(preset).model,
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

    def _speech_recognizer(self, preset: Preset) -> Any:
        def make() -> SpeechRecognizer:
            from whisperfarm_worker.engines.faster_whisper.features import spectrogram
            from whisperfarm_worker.engines.whisper.model import Whisper
            from whisperfarm_worker.engines.whisper.speech_recognizer import WhisperRecognizer

            path = self._model_paths.find(preset.asr)
            if path is None:
                raise MissingModel(f"the speech model {preset.asr} was removed; pull it again")
            return WhisperRecognizer(
                Whisper(path, self._device, spectrogram=spectrogram),
                self._semaphore,
                batch_size=self._device.batch_size,
            )

        return self._models.get_or_load("speech", preset.asr, make=make)
