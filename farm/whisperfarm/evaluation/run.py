"""Transcribes recordings with each preset in this process, and scores the transcripts."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from whisperfarm.evaluation.references import BadReference, Reference, read_reference
from whisperfarm.evaluation.scores import Normalization, Score, score
from whisperfarm_contract.options import Options
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import Problem
from whisperfarm_worker.engines.port import Engine
from whisperfarm_worker.local import transcribe_file


@dataclass(frozen=True, slots=True)
class Result:
    """Scores by preset, and why recordings have none, by their path."""

    scores: dict[str, list[Score]]
    skipped: dict[str, str] = field(default_factory=dict)


def read_references(paths: Mapping[str, Path]) -> tuple[dict[str, Reference], dict[str, str]]:
    """Return the references by path, and what is wrong with the others."""
    found: dict[str, Reference] = {}
    skipped: dict[str, str] = {}
    for name, path in paths.items():
        try:
            found[name] = read_reference(path)
        except BadReference as error:
            skipped[name] = str(error)
    return found, skipped


def evaluate(
    paths: Mapping[str, Path],
    presets: Mapping[str, Preset],
    engine: Engine,
    *,
    normalization: Normalization,
    ffmpeg: str | None = None,
    advance: Callable[[], None],
) -> Result:
    """Score each preset on each recording; calls `advance` after each transcript.

    A recording without a reference, or that one preset fails on, is left out for all presets, so
    that their totals can be compared.
    """
    references, skipped = read_references(paths)
    result = Result({name: [] for name in presets}, skipped)
    for path, reference in references.items():
        try:
            for name, preset in presets.items():
                options = Options(diarize=bool(reference.turns))
                started_at = time.monotonic()
                transcript = transcribe_file(
                    paths[path], preset=preset, engine=engine, options=options, ffmpeg=ffmpeg
                )
                took_s = time.monotonic() - started_at
                result.scores[name].append(
                    score(path, reference, transcript, took_s=took_s, normalization=normalization)
                )
                advance()
        except Problem as problem:
            skipped[path] = f"{name}: {problem.name}: {problem.detail}"
    return Result(
        {
            name: [s for s in scores if s.path not in skipped]
            for name, scores in result.scores.items()
        },
        skipped,
    )
