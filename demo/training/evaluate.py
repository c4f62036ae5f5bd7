"""Measure the demo models on voices and wordings that are not in the training data."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
from tqdm import tqdm

from training import corpus, phrases, report, voices, wav
from training.augment import telephone
from training.corpus import Corpus, Line
from training.dialogues import Cast, draw_dialogue, draw_man_and_woman, draw_speakers
from training.espeak import SpokenWord
from training.listener import Audio, Listener
from training.report import Row
from training.scores import (
    WordScore,
    annotation,
    diarization_error,
    diarization_metric,
    truth,
)
from training.windows import FULL_SCALE, Window, draw_clean_window

_EDGE = np.zeros(4_800, np.float32)
_EDGE_S = 0.3
_DIALOGUES = 12

Condition = Callable[[Audio], Audio]


def evaluate(
    models: Path, samples: Path, *, work: Path, page: Path, phrases_each: int = 200
) -> None:
    """Print the table and write it into `page`."""
    listener = Listener(models)
    rows = [
        *_phrase_rows(listener, work, phrases_each),
        *_stretch_rows(listener, work),
        *_speaker_rows(listener, work),
        *_sample_rows(listener, samples),
    ]
    print(report.table(rows))
    report.write(page, rows)


def held_out_lines(count: int, *, seed: int, free_order: bool) -> list[Line]:
    """Held-out voices saying held-out wordings, or words in free order."""
    rng = random.Random(seed)
    lines = []
    for _ in range(count):
        text = (
            phrases.draw_free_order(rng) if free_order else phrases.draw_sentence(rng, "held_out")
        )
        speaker = voices.Speaker(
            rng.choice(sorted(voices.HELD_OUT)), rng.randint(130, 185), rng.randint(35, 65)
        )
        lines.append(Line(text, speaker))
    return lines


def _phrase_rows(listener: Listener, work: Path, count: int) -> list[Row]:
    rows = []
    for name, free_order in (("sentences", False), ("free word orders", True)):
        lines = held_out_lines(count, seed=101 + free_order, free_order=free_order)
        spoken = corpus.build(work / f"held-out-{free_order}-{count}", lines)
        for line_name, condition in (("", _as_is), (", 8 kHz mu-law", telephone)):
            score = phrase_score(listener, spoken, condition, name + line_name)
            rows.extend(report.word_rows(f"{count} unseen {name}{line_name}", score))
    return rows


def phrase_score(listener: Listener, spoken: Corpus, condition: Condition, name: str) -> WordScore:
    score = WordScore()
    for number in tqdm(range(len(spoken)), desc=name, unit="phrase"):
        utterance = spoken[number]
        audio = utterance.samples.astype(np.float32) / np.float32(FULL_SCALE)
        padded = condition(np.concatenate([_EDGE, audio, _EDGE]))
        score.add(_later(Window(audio, utterance.words)), listener.words(padded))
    return score


def _stretch_rows(listener: Listener, work: Path) -> list[Row]:
    """Measure recordings of one minute with many phrases by many voices."""
    spoken = corpus.build(
        work / "held-out-minutes", held_out_lines(300, seed=103, free_order=False)
    )
    rng = random.Random(104)
    score = WordScore()
    for _ in tqdm(range(8), desc="long recordings", unit="minute"):
        window = draw_clean_window(spoken, rng, wanted_s=55, longest_s=60)
        audio = np.concatenate([_EDGE, window.audio, _EDGE])
        score.add(_later(window), listener.words(audio))
    return report.word_rows("8 recordings of one minute, sentences back to back", score)


def _speaker_rows(listener: Listener, work: Path) -> list[Row]:
    cast = Cast(corpus.build(work / "held-out-cast", _held_out_cast()))
    casting: dict[str, Callable[[random.Random], list[int]]] = {
        "one speaker": lambda rng: draw_speakers(cast, rng, 1),
        "a man and a woman": lambda rng: draw_man_and_woman(cast, rng),
        "two speakers": lambda rng: draw_speakers(cast, rng, 2),
        "three speakers": lambda rng: draw_speakers(cast, rng, 3),
    }
    rows = []
    for name, draw in casting.items():
        rng = random.Random(200)
        metric, counted = diarization_metric(), 0
        for _ in tqdm(range(_DIALOGUES), desc=name, unit="dialogue"):
            dialogue = draw_dialogue(cast, rng, who=draw(rng), turns=8)
            found = listener.diarize(dialogue.audio)
            turns = [(row.start, row.end, row.speaker) for row in found.itertuples()]
            diarization_error(metric, truth(dialogue), annotation(turns))
            counted += found.speaker.nunique() == len({turn.speaker for turn in dialogue.turns})
        of = f"{counted} of {_DIALOGUES}"
        rows.append(Row(f"{_DIALOGUES} conversations, {name}", "DER", f"{abs(metric):.1%}"))
        rows.append(Row("", "number of speakers right", of))
    return rows


def _held_out_cast() -> list[Line]:
    rng = random.Random(105)
    cast = [voices.draw_speaker(rng, tuple(sorted(voices.HELD_OUT))) for _ in range(40)]
    return [Line(phrases.draw_sentence(rng, "held_out"), who) for who in cast for _ in range(6)]


def _sample_rows(listener: Listener, folder: Path) -> list[Row]:
    """The sample call as it lies on disk, and the same through a telephone."""
    turns = json.loads((folder / "support-call.json").read_text())["turns"]
    spoken = [(turn["speaker"], word) for turn in turns for word in turn["words"]]
    said = tuple(SpokenWord(word["word"], word["start"], word["end"]) for _, word in spoken)
    audio = wav.read_pcm(folder / "support-call.wav")
    rows = []
    for name, condition in (("sample call", _as_is), ("sample call, 8 kHz mu-law", telephone)):
        heard = listener.words(condition(audio), speakers=True)
        score = WordScore()
        score.add(said, heard)
        rows.extend(report.word_rows(name, score))
        if len(heard) == len(said):
            pairs = {(who, word.speaker) for (who, _), word in zip(spoken, heard, strict=True)}
            rows.append(Row("", "every word its speaker", "yes" if len(pairs) == 2 else "no"))
    return rows


def _later(window: Window) -> tuple[SpokenWord, ...]:
    return tuple(
        SpokenWord(word.text, word.start_s + _EDGE_S, word.end_s + _EDGE_S) for word in window.words
    )


def _as_is(audio: Audio) -> Audio:
    return audio
