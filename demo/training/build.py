"""All steps that build the models of the package, in order."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from training import (
    aligner,
    asr,
    asr_export,
    corpus,
    diarizer,
    evaluate,
    punkt,
    samples,
    speaker_embedding,
)
from training.dialogues import Cast

PHRASES, SPEAKERS, LINES_A_SPEAKER = 24_000, 700, 8


@dataclass(frozen=True)
class ModelPaths:
    """Where things are read and written."""

    work: Path
    models: Path
    samples: Path
    page: Path

    @classmethod
    def of(cls, repository: Path, work: Path) -> "ModelPaths":
        """The places of a checkout."""
        return cls(
            work=work,
            models=repository / "demo" / "whisperfarm_demo" / "models" / "demo",
            samples=repository / "samples",
            page=repository / "docs" / "explanation" / "demo-models.md",
        )


def build_all(places: ModelPaths) -> None:
    """Speak, train, install, measure."""
    speak(places)
    train(places)
    write_samples(places)
    measure(places)


def speak(places: ModelPaths) -> None:
    """Generate the training corpora with espeak-ng."""
    phrases = corpus.training_lines(PHRASES, seed=1)
    corpus.build(places.work / "phrases", phrases)
    cast = corpus.cast_lines(SPEAKERS, LINES_A_SPEAKER, seed=7)
    corpus.build(places.work / "cast", cast)


def train(places: ModelPaths) -> None:
    """Train one model after the other, each on all cores, and install each when it is trained."""
    phrases = corpus.Corpus(places.work / "phrases")
    recogniser = asr.train(phrases, places.work / "asr")
    install(places.models / "asr", lambda folder: asr_export.export(recogniser.whisper, folder))
    letters = aligner.train(phrases)
    install(places.models / "align-en", lambda folder: aligner.save(letters, folder))
    embedding = speaker_embedding.train(Cast(corpus.Corpus(places.work / "cast")))
    install(places.models / "diarize", lambda folder: diarizer.save(embedding, folder))
    print(f"the sentence splitter is written to {places.models / 'nltk'}")
    install(places.models / "nltk", punkt.save)


def write_samples(places: ModelPaths) -> None:
    """Write the sample recordings and their reference."""
    print(f"the samples are written to {places.samples}")
    samples.write(places.samples)


def measure(places: ModelPaths) -> None:
    """Measure on held-out voices and wordings and write the table into the page."""
    evaluate.evaluate(places.models, places.samples, work=places.work, page=places.page)


def install(folder: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a temporary folder, then replace `folder` by it atomically."""
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    write(fresh)
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


STEPS: dict[str, Callable[[ModelPaths], None]] = {
    "all": build_all,
    "speak": speak,
    "train": train,
    "samples": write_samples,
    "measure": measure,
}
