"""A small model in the format of Parakeet, which takes tones for words."""

from pathlib import Path

import pytest

from tests.support.tone_model import NAME, inventory_of, say, write_tone_model
from whisperfarm_contract.presets import PRESETS
from whisperfarm_contract.problems import MissingModel, ModelIntegrityError
from whisperfarm_models import model_paths
from whisperfarm_worker.engines.device import choose_device
from whisperfarm_worker.engines.faster_whisper.engine import FasterWhisperEngine
from whisperfarm_worker.engines.port import DecodedText, Decoding, SpeechRecognizer

LANGUAGES = ("de", "en")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a models folder with the model, and its inventory."""
    inventory = inventory_of(write_tone_model(tmp_path / NAME), languages=LANGUAGES)
    (tmp_path / "inventory.toml").write_text(inventory)
    return tmp_path


def _open(folder: Path) -> SpeechRecognizer:
    paths = model_paths(folder, environ={}, own_inventory=folder / "inventory.toml")
    device = choose_device("cpu", gpus=lambda: ())
    return FasterWhisperEngine(paths, device).speech_recognizer(PRESETS["parakeet"])


def _decode(model: SpeechRecognizer, *words: tuple[str, float], seconds: float) -> DecodedText:
    decoding = Decoding(language="de")
    window = say(words, seconds)
    return model.transcribe([window], decoding, on_progress=lambda _: None)[0]


def test_word_times_are_right_to_a_frame(folder: Path) -> None:
    said = [("two", 0.5), ("four", 1.2), ("one", 2.0)]
    decoded = _decode(_open(folder), *said, seconds=3.0)
    assert decoded.words is not None
    assert [word.text for word in decoded.words] == ["two", "four", "one"]
    for word, (_, start) in zip(decoded.words, said, strict=True):
        assert word.start == pytest.approx(start, abs=0.081)
        assert word.end == pytest.approx(start + 0.4, abs=0.1)


@pytest.mark.parametrize("seconds", [0.5, 0.8, 1.9])
def test_short_window_keeps_its_word(folder: Path, seconds: float) -> None:
    decoded = _decode(_open(folder), ("three", 0.08), seconds=seconds)
    assert decoded.text == "three"
    assert decoded.words is not None
    assert decoded.words[0].start == pytest.approx(0.08, abs=0.081)


def test_model_without_a_detector_detects_no_language(folder: Path) -> None:
    model = _open(folder)
    assert (model.languages, model.detects_languages) == (frozenset(LANGUAGES), False)
    assert (model.translates, model.takes_language) == (False, False)


@pytest.mark.parametrize("name", ["vocab.txt", "encoder-model.int8.onnx"])
def test_damaged_file_is_refused_by_name(folder: Path, name: str) -> None:
    path = folder / NAME / name
    data = bytearray(path.read_bytes())
    data[-2] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelIntegrityError, match=f"{name} has the SHA-256"):
        _open(folder)


def test_missing_file_is_refused_by_name(folder: Path) -> None:
    (folder / NAME / "decoder_joint-model.int8.onnx").unlink()
    with pytest.raises(MissingModel, match=r"decoder_joint-model\.int8\.onnx is missing"):
        _open(folder)


def test_missing_folder_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "inventory.toml").write_text("")
    with pytest.raises(MissingModel, match=f"the speech model {NAME}"):
        _open(tmp_path)
