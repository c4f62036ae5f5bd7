"""`make bench-vad`: measures the voice activity models on speech and on other sounds.

With the name of a document, replaces the table between the two markers in it.
"""

import sys
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.document import machine, write
from bench.voice_activity import other_sounds, speech
from bench.voice_activity.scores import Score, score, total
from whisperfarm.markdown import table
from whisperfarm_contract.presets import DETECTORS, PRESETS
from whisperfarm_demo import models_dir
from whisperfarm_worker.engines.port import VoiceActivityDetector
from whisperfarm_worker.local import load_engine
from whisperfarm_worker.settings import WorkerSettings

PRESET = PRESETS["demo-words"]

Scores = Mapping[str, Mapping[str, Score]]
"""Scores by kind of recording and detector."""


def main() -> None:
    """Measure, print the table, and write it into the given documents."""
    with TemporaryDirectory() as folder:
        settings = WorkerSettings(
            data_dir=Path(folder), device="cpu", threads=1, presets=(PRESET.name,)
        )
        engine = load_engine(settings, bundled_models=models_dir())
        report = _report(
            _measure(
                {
                    name: engine.voice_activity_detector(replace(PRESET, vad=name))
                    for name in DETECTORS
                }
            )
        )
    print(report)
    for document in sys.argv[1:]:
        write(Path(document), report)


def _measure(detectors: Mapping[str, VoiceActivityDetector]) -> Scores:
    scores: defaultdict[str, defaultdict[str, Score]] = defaultdict(lambda: defaultdict(Score))
    for recording in chain(speech.recordings(), other_sounds.recordings()):
        for name, detector in detectors.items():
            scores[recording.kind][name] += score(detector, recording)
    return scores


def _report(scores: Scores) -> str:
    head = (
        "Sound",
        "audio",
        "words",
        *(f"{what}, {name}" for what in _CELLS for name in DETECTORS),
    )
    rows = [
        (
            kind,
            f"{found[DETECTORS[0]].audio_s:.0f} s",
            str(found[DETECTORS[0]].words or "-"),
            *(cell(found[name]) for cell in _CELLS.values() for name in DETECTORS),
        )
        for kind, found in scores.items()
    ]
    return f"{machine()}\n\n{_cost(scores)}\n\n{table(head, rows)}"


_CELLS = {
    "lost": lambda one: str(one.lost) if one.words else "-",
    "recall": lambda one: _percent(one.found_s, one.speech_s),
    "false speech": lambda one: _percent(one.false_s, one.other_s),
}


def _cost(scores: Scores) -> str:
    """Return what an hour of audio costs each model, and the ratio."""
    sums = {name: total(found[name] for found in scores.values()) for name in DETECTORS}
    hour = {name: 3600 * one.cpu_s / one.audio_s for name, one in sums.items()}
    silero, pyannote = (hour[name] for name in DETECTORS)
    return (
        f"CPU seconds for an hour of audio, one thread: silero {silero:.1f}, pyannote"
        f" {pyannote:.1f}, ratio {pyannote / silero:.1f}."
    )


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


main()
