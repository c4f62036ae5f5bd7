"""Measures the start of a worker by phases, compared with WhisperX loading the same models."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.figure import Figure


def measure(log: Path, baseline: dict[str, float]) -> Iterator[Figure]:
    """Read the phases from a farm's log; `baseline` has `import_s` and `load_s` of WhisperX."""
    events = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    imported = _only(events, "engine.imported")["took_s"]
    loads = [event for event in events if event["event"] == "Model loaded successfully"]
    yield Figure(
        what="worker start: imports", value=imported, unit="s",
        baseline="WhisperX alone: imports", baseline_value=baseline["import_s"],
    )  # fmt: skip
    yield Figure(
        what=f"worker start: {', '.join(load['kind'] for load in loads)} loaded",
        value=sum(load["took_s"] for load in loads), unit="s",
        baseline="WhisperX alone: the same models", baseline_value=baseline["load_s"],
    )  # fmt: skip


def _only(events: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(event for event in events if event["event"] == name)
