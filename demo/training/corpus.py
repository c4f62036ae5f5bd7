"""A corpus of utterances: spoken once by espeak-ng, kept in one file, read at random."""

import json
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import chain
from multiprocessing import Pool
from pathlib import Path

import numpy as np
from tqdm import tqdm

from training import phrases, voices
from training.espeak import SpokenWord, Synthesizer, Utterance
from training.voices import Speaker

_SHIFT = 200
"""Lines that one process speaks."""


@dataclass(frozen=True)
class Line:
    """A text and its speaker."""

    text: str
    speaker: Speaker


class Corpus:
    """Utterances on disk: `audio.npy` holds their samples end to end, `index.json` the rest."""

    def __init__(self, folder: Path) -> None:
        self._audio = np.load(folder / "audio.npy", mmap_mode="r")
        self._index = json.loads((folder / "index.json").read_text())

    def __len__(self) -> int:
        return len(self._index)

    def __getitem__(self, number: int) -> Utterance:
        entry = self._index[number]
        samples = np.asarray(self._audio[entry["first"] : entry["last"]])
        return Utterance(samples, tuple(SpokenWord(*word) for word in entry["words"]))

    def speaker(self, number: int) -> Speaker:
        """Who says utterance `number`."""
        return Speaker(**self._index[number]["speaker"])


def training_lines(count: int, *, seed: int) -> list[Line]:
    """Phrases for training: training wordings by training voices."""
    rng = random.Random(seed)
    return [
        Line(phrases.draw_phrase(rng, "train"), voices.draw_speaker(rng, voices.TRAIN))
        for _ in range(count)
    ]


def cast_lines(speakers: int, lines_each: int, *, seed: int) -> list[Line]:
    """Some speakers with several phrases each, to train and test the speaker embedding."""
    rng = random.Random(seed)
    cast = [voices.draw_speaker(rng, voices.TRAIN) for _ in range(speakers)]
    return [
        Line(phrases.draw_phrase(rng, "train"), speaker)
        for speaker in cast
        for _ in range(lines_each)
    ]


def build(folder: Path, lines: list[Line], *, processes: int = 2) -> Corpus:
    """Generate `lines` in `folder`, or reuse the output of an earlier run."""
    if not (folder / "index.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder, lines, processes)
    return Corpus(folder)


def _write(folder: Path, lines: list[Line], processes: int) -> None:
    pieces: list[np.ndarray] = []
    index = []
    end = 0
    for line, utterance in zip(lines, _spoken(lines, processes), strict=True):
        first, end = end, end + len(utterance.samples)
        words = [(w.text, round(w.start_s, 4), round(w.end_s, 4)) for w in utterance.words]
        index.append({"first": first, "last": end, "words": words, "speaker": asdict(line.speaker)})
        pieces.append(utterance.samples)
    np.save(folder / "audio.npy", np.concatenate(pieces))
    (folder / "index.json").write_text(json.dumps(index))


def _spoken(lines: list[Line], processes: int) -> Iterator[Utterance]:
    # The output of espeak-ng depends on earlier lines of the process. A new process for every shift
    # makes the corpus independent of the number of processes.
    shifts = [lines[first : first + _SHIFT] for first in range(0, len(lines), _SHIFT)]
    with Pool(processes, maxtasksperchild=1) as pool:
        spoken = chain.from_iterable(pool.imap(_speak, shifts, chunksize=1))
        yield from tqdm(spoken, total=len(lines), desc="espeak-ng speaks", unit="phrase")


def _speak(lines: list[Line]) -> list[Utterance]:
    synthesizer = Synthesizer()
    return [synthesizer.say(line.text, line.speaker) for line in lines]
