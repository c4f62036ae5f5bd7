"""The engine: which model for what, each loaded once."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import structlog

from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import EngineFailed, ModelMissing, Problem
from whisperfarm_worker.engines.faults import in_words
from whisperfarm_worker.engines.lane import Lane
from whisperfarm_worker.engines.port import Aligner, Diarizer, SpeechFinder, SpeechModel
from whisperfarm_worker.engines.whisperx.device import Device
from whisperfarm_worker.environment import hush, stdout_to_log, without_collecting
from whisperfarm_worker.models.names import TORCHAUDIO_ALIGNERS
from whisperfarm_worker.models.needs import aligner_name
from whisperfarm_worker.models.places import Places
from whisperfarm_worker.words.spelling import UNSPACED

log = structlog.get_logger()

_DISTRIBUTIONS = ("whisperx", "faster-whisper", "ctranslate2", "pyannote.audio", "torch")


class WhisperXEngine:
    """WhisperX's models on one device.

    Models of presets that are served are loaded at the start; others that are there (the aligner
    of a language that nobody named, a diarizer that a job asks for) when they are first needed.
    """

    def __init__(self, places: Places, device: Device) -> None:
        self._places = places
        self._device = device
        self._lane = Lane(device.lanes)
        # A GPU finds room for the speech model beside the others; the cores of a CPU are shared.
        self._speech_lane = self._lane if device.kind == "cpu" else Lane()
        self._loaded: dict[tuple[str, ...], Any] = {}
        self._loading: defaultdict[tuple[str, ...], threading.Lock] = defaultdict(threading.Lock)
        self._asking = threading.Lock()

    def load(self, presets: Iterable[Preset]) -> None:
        wanted = tuple(presets)
        _import(self._device.threads)
        # CTranslate2 leaves the interpreter alone while it loads, so torch's models load meanwhile.
        # These go one after the other: their libraries change the process's filters of warnings.
        with stdout_to_log(), ThreadPoolExecutor(1, thread_name_prefix="load") as beside:
            speech = beside.submit(self._load_speech, wanted)
            self._load_others(wanted)
            speech.result()

    def _load_speech(self, presets: Iterable[Preset]) -> None:
        for preset in presets:
            self.speech_model(preset)

    def _load_others(self, presets: Iterable[Preset]) -> None:
        self.speech_finder()
        for preset in presets:
            for language in preset.languages if preset.align else ():
                self.aligner(preset, language)
            if preset.diarize:
                self.diarizer(preset)

    def speech_finder(self) -> SpeechFinder:
        def make() -> SpeechFinder:
            from whisperfarm_worker.engines.whisperx.speech_finder import PyannoteSpeechFinder

            return PyannoteSpeechFinder(self._device, self._lane)

        found: SpeechFinder = self._once("voice activity", "whisperx", make=make)
        return found

    def speech_model(self, preset: Preset) -> SpeechModel:
        def make() -> SpeechModel:
            from whisperfarm_worker.engines.whisperx.speech_model import WhisperSpeechModel

            place = self._places.find(preset.asr)
            if place is None:
                raise ModelMissing(f"the speech model {preset.asr} is not there any more")
            return WhisperSpeechModel(place, self._device, self._speech_lane)

        found: SpeechModel = self._once("speech", preset.asr, make=make)
        return found

    def aligner(self, preset: Preset, language: str) -> Aligner | None:
        name = aligner_name(preset, language)
        place = self._places.find(name) if name else None
        if name is None or place is None:
            return None
        found: Aligner = self._once(
            "aligner", name, language, make=lambda: self._load_aligner(name, place, language)
        )
        return found

    def diarizer(self, preset: Preset) -> Diarizer | None:
        place = self._places.find(preset.diarizer)
        if place is None:
            return None

        def make() -> Diarizer:
            from whisperfarm_worker.engines.whisperx.diarizer import PyannoteDiarizer

            return PyannoteDiarizer(place, self._device, self._lane)

        found: Diarizer = self._once("diarizer", preset.diarizer, make=make)
        return found

    def about(self) -> Mapping[str, Any]:
        return {
            "engine": "whisperx",
            "versions": {name: version(name) for name in _DISTRIBUTIONS},
            "device": self._device.torch_name,
            "compute_type": self._device.compute_type,
        }

    def _load_aligner(self, name: str, place: Path, language: str) -> Aligner:
        from whisperx.alignment import load_align_model

        from whisperfarm_worker.engines.whisperx.aligner import CtcAligner

        device = self._device.torch_name
        model, metadata = load_align_model(
            language,
            device,
            model_name=name if name in TORCHAUDIO_ALIGNERS else str(place),
            model_cache_only=True,
        )
        return CtcAligner(
            model,
            metadata["dictionary"],
            device=device,
            lane=self._lane,
            spaced=language not in UNSPACED,
        )

    def _once(self, kind: str, *name: str, make: Callable[[], Any]) -> Any:
        """The model, loaded by whoever asks first."""
        key = (kind, *name)
        if key in self._loaded:
            log.debug("model.at_hand", kind=kind, model=name[0])
            return self._loaded[key]
        with self._asking:
            loading = self._loading[key]
        with loading:
            if key not in self._loaded:
                self._loaded[key] = _load(kind, name[0], make)
            return self._loaded[key]


def _import(threads: int) -> None:
    """The libraries, before the models: so that the log tells the one from the other."""
    begun = time.monotonic()
    with stdout_to_log(), without_collecting():
        import torch
        import whisperx.alignment
        import whisperx.asr
        import whisperx.diarize  # noqa: F401

        # All of ours too: nothing is imported by two threads at once later.
        import whisperfarm_worker.engines.whisperx.aligner
        import whisperfarm_worker.engines.whisperx.diarizer
        import whisperfarm_worker.engines.whisperx.speech_finder
        import whisperfarm_worker.engines.whisperx.speech_model  # noqa: F401
    hush()
    torch.set_num_threads(threads)
    log.info("engine.imported", seconds=round(time.monotonic() - begun, 2))


def _load(kind: str, model: str, make: Callable[[], Any]) -> Any:
    begun = time.monotonic()
    try:
        with stdout_to_log():
            loaded = make()
    except Problem:
        raise
    except Exception as error:
        raise EngineFailed(
            f"the {kind} model {model} can not be loaded: {in_words(error)}"
        ) from error
    seconds = round(time.monotonic() - begun, 2)
    log.info("Model loaded successfully", kind=kind, model=model, seconds=seconds)
    return loaded
