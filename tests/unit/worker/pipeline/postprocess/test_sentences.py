"""Splitting text into sentences."""

from collections.abc import Iterator
from pathlib import Path

import nltk
import pytest
from nltk.tokenize.punkt import PunktParameters, save_punkt_params

from whisperfarm_contract.transcript import Word
from whisperfarm_worker.pipeline.postprocess import sentences


@pytest.fixture
def punkt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Install Punkt's data for English with one abbreviation, and no other data."""
    monkeypatch.setattr(nltk.data, "path", [str(tmp_path)])
    sentences._splitter.cache_clear()
    folder = tmp_path / "tokenizers" / "punkt_tab" / "english"
    parameters = PunktParameters()
    parameters.abbrev_types.add("dr")
    folder.parent.mkdir(parents=True)
    save_punkt_params(parameters, str(folder))
    yield folder
    sentences._splitter.cache_clear()


def _groups(text: str, language: str = "en") -> list[str]:
    words = [Word(text=word, start=0.0, end=0.0) for word in text.split()]
    groups = sentences.group(text, words, language)
    return [" ".join(word.text for word in group) for group in groups]


@pytest.mark.usefixtures("punkt")
def test_words_are_grouped_by_sentence() -> None:
    assert _groups("Hello there. How are you?") == ["Hello there.", "How are you?"]


@pytest.mark.usefixtures("punkt")
def test_abbreviation_does_not_end_a_sentence() -> None:
    assert _groups("Ask Dr. Who now. Bye.") == ["Ask Dr. Who now.", "Bye."]


@pytest.mark.usefixtures("punkt")
def test_language_without_data_is_split_as_english() -> None:
    assert _groups("Hallo. Wie geht es?", "de") == ["Hallo.", "Wie geht es?"]


@pytest.mark.usefixtures("punkt")
def test_group_of_no_words_is_empty() -> None:
    assert sentences.group("", [], "en") == []


def test_missing_data_gives_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(nltk.data, "path", [])
    sentences._splitter.cache_clear()
    assert _groups("Hello there. How are you?") == ["Hello there. How are you?"]
    sentences._splitter.cache_clear()
