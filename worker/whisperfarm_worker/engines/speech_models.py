"""The speech models of an engine, each loaded once by the library of its family."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from whisperfarm_contract.problems import MissingModel
from whisperfarm_models import lockfile
from whisperfarm_models.inventory import Model
from whisperfarm_models.known_models import LANGUAGE_DETECTOR
from whisperfarm_models.search_path import ModelPaths
from whisperfarm_models.verify import check_files
from whisperfarm_worker.engines.device import Device
from whisperfarm_worker.engines.fair_semaphore import FairSemaphore
from whisperfarm_worker.engines.model_cache import ModelCache
from whisperfarm_worker.engines.port import SpeechRecognizer

if TYPE_CHECKING:  # importing it at run time would import the engine's libraries
    from whisperfarm_worker.engines.whisper.features import Spectrogram


class SpeechModels:
    """Loader of the speech models of an engine. `spectrogram` is the engine's, for Whisper."""

    def __init__(
        self,
        model_paths: ModelPaths,
        device: Device,
        semaphore: FairSemaphore,
        *,
        cache: ModelCache,
        spectrogram: "Spectrogram",
    ) -> None:
        self._model_paths = model_paths
        self._device = device
        self._semaphore = semaphore
        self._cache = cache
        self._spectrogram = spectrogram

    def import_libraries(self, names: Iterable[str]) -> None:
        """Import what these models need, so that no two threads import at the same time later."""
        import whisperfarm_worker.engines.whisper.speech_recognizer

        if any(self._model_paths.speech(name).family == "onnx-asr" for name in names):
            import whisperfarm_worker.engines.onnx_asr.speech_recognizer  # noqa: F401

    def get(self, name: str) -> SpeechRecognizer:
        """Return the model. Raises `MissingModel` and `EngineFailed`."""
        found: SpeechRecognizer = self._cache.get_or_load(
            "speech", name, make=lambda: self._open(name)
        )
        return found

    def _open(self, name: str) -> SpeechRecognizer:
        model, folder = self._at_pulled_revision(name), self._model_paths.find(name)
        if folder is None:
            raise MissingModel(f"the speech model {name} was removed; pull it again")
        if model.family == "onnx-asr":
            return self._open_onnx_asr(model, folder)
        return self._open_whisper(model, folder)

    def _open_onnx_asr(self, model: Model, folder: Path) -> SpeechRecognizer:
        check_files(model, folder, lockfile.read(self._model_paths.folders[0]))
        from whisperfarm_worker.engines.onnx_asr.model import OnnxAsr
        from whisperfarm_worker.engines.onnx_asr.speech_recognizer import OnnxAsrRecognizer

        has_detector = len(model.languages) > 1 and self._model_paths.find(LANGUAGE_DETECTOR)
        return OnnxAsrRecognizer(
            OnnxAsr(model, folder, threads=self._device.threads),
            self._semaphore,
            known=model,
            detector=self.get(LANGUAGE_DETECTOR) if has_detector else None,
        )

    def _at_pulled_revision(self, name: str) -> Model:
        model = self._model_paths.speech(name)
        return lockfile.read(self._model_paths.folders[0]).of(model).at_locked_revision(model)

    def _open_whisper(self, model: Model, folder: Path) -> SpeechRecognizer:
        from whisperfarm_worker.engines.whisper.model import Whisper
        from whisperfarm_worker.engines.whisper.speech_recognizer import WhisperRecognizer

        return WhisperRecognizer(
            Whisper(folder, self._device, spectrogram=self._spectrogram),
            self._semaphore,
            known=model,
            batch_size=self._device.batch_size,
        )
