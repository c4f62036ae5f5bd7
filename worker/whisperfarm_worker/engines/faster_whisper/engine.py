"""The faster-whisper engine: loads each model once."""

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import ModelMissing
from whisperfarm_models.search_path import Places
from whisperfarm_worker.engines.device import Device
from whisperfarm_worker.engines.fair_semaphore import Lane
from whisperfarm_worker.engines.model_cache import Loaded
from whisperfarm_worker.engines.port import Aligner, Diarizer, SpeechFinder, SpeechModel
from whisperfarm_worker.process.environment import hush

_DISTRIBUTIONS = ("faster-whisper", "ctranslate2", "onnxruntime")


class FasterWhisperEngine:
    """faster-whisper's models on one device. Words get times in every language of Whisper."""

    def __init__(self, places: Places, device: Device) -> None:
        self._places = places
        self._device = device
        self._lane = Lane(device.lanes)
        self._models = Loaded()

    def load(self, presets: Iterable[Preset]) -> None:
        self.speech_finder()
        for preset in presets:
            self.speech_model(preset)
        hush()

    def speech_finder(self) -> SpeechFinder:
        def make() -> SpeechFinder:
            from whisperfarm_worker.engines.faster_whisper.voice_activity import SileroSpeechFinder

            return SileroSpeechFinder(self._lane)

        found: SpeechFinder = self._models.once("voice activity", "silero", make=make)
        return found

    def speech_model(self, preset: Preset) -> SpeechModel:
        model: SpeechModel = self._speech_model(preset)
        return model

    def aligner(self, preset: Preset, language: str) -> Aligner | None:
        from whisperfarm_worker.engines.faster_whisper.aligner import AttentionAligner

        return AttentionAligner(
            self._speech_model(preset),
            language=language,
            lane=self._lane,
            batch_size=self._device.batch_size,
        )

    def diarizer(self, preset: Preset) -> Diarizer | None:  # noqa: ARG002 - as the port has it
        """Return `None`: this engine has no diarizer."""
        return None

    def about(self) -> Mapping[str, Any]:
        return {
            "engine": "faster-whisper",
            "versions": {name: version(name) for name in _DISTRIBUTIONS},
            "device": self._device.torch_name,
            "compute_type": self._device.compute_type,
        }

    def _speech_model(self, preset: Preset) -> Any:
        def make() -> SpeechModel:
            from whisperfarm_worker.engines.faster_whisper.features import spectrogram
            from whisperfarm_worker.engines.whisper.speech_model import WhisperSpeechModel

            place = self._places.find(preset.asr)
            if place is None:
                raise ModelMissing(f"the speech model {preset.asr} was removed; pull it again")
            return WhisperSpeechModel(place, self._device, self._lane, features=spectrogram)

        return self._models.once("speech", preset.asr, make=make)
