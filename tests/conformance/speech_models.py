"""The families of speech models: small ones, in the engine for small machines."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.recordings import SUPPORT_CALL
from tests.support.tone_model import NAME, inventory_of, say, write_tone_model
from training.wav import read_pcm
from whisperfarm_contract.presets import PRESETS, Preset
from whisperfarm_demo import models_dir
from whisperfarm_models import model_paths
from whisperfarm_worker.engines.device import choose_device
from whisperfarm_worker.engines.faster_whisper.engine import FasterWhisperEngine
from whisperfarm_worker.engines.port import SpeechRecognizer
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples

FAMILIES = ("whisper", "onnx-asr")

_TONES = (
    [("two", 0.5), ("four", 1.2), ("one", 2.0)],
    [("three", 1.0), ("one", 3.1), ("three", 5.0), ("two", 6.0)],
    [("four", 0.2)],
)
_CALL = ((0.2, 4.8), (5.0, 8.7), (8.9, 12.8))
"""Speaker turns of the sample call, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A model of a family, windows of speech, and their texts."""

    recognizer: SpeechRecognizer
    windows: Sequence[Samples]
    texts: Sequence[str]

    @property
    def long_window(self) -> Samples:
        """The first window, and more than 30 s later another."""
        samples = say([], 45.0)
        samples[: len(self.windows[0])] = self.windows[0]
        samples[-len(self.windows[1]) :] = self.windows[1]
        return samples


def open_family(name: str, folder: Path) -> Family:
    """Open the family's small model."""
    return {"whisper": _whisper, "onnx-asr": _onnx_asr}[name](folder)


def _whisper(folder: Path) -> Family:
    samples = read_pcm(SUPPORT_CALL)
    return Family(
        recognizer=_open(folder, PRESETS["demo-words"], None),
        windows=[
            samples[int(start * SAMPLE_RATE_HZ) : int(end * SAMPLE_RATE_HZ)] for start, end in _CALL
        ],
        texts=[
            "hello thank you for calling customer support how can i help you today",
            "hello i am calling about a problem with my internet line",
            "i am sorry about the problem what is your account number please",
        ],
    )


def _onnx_asr(folder: Path) -> Family:
    files = write_tone_model(folder / NAME)
    inventory = folder / "inventory.toml"
    inventory.write_text(inventory_of(files))
    return Family(
        recognizer=_open(folder, PRESETS["parakeet"], inventory),
        windows=[say(words, words[-1][1] + 1.0) for words in _TONES],
        texts=[" ".join(word for word, _ in words) for words in _TONES],
    )


def _open(folder: Path, preset: Preset, inventory: Path | None) -> SpeechRecognizer:
    device = choose_device("cpu", gpus=lambda: (), concurrency=4)
    paths = model_paths(folder, models_dir(), environ={}, own_inventory=inventory)
    return FasterWhisperEngine(paths, device).speech_recognizer(preset)
