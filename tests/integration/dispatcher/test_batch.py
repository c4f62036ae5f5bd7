"""`whisperfarm batch` against a farm whose worker ends every job at once."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.dispatcher.farm import DispatcherFarm, started
from tests.integration.dispatcher.workers import answering
from tests.support.recordings import wav
from whisperfarm.batch import session
from whisperfarm.batch.request import Request
from whisperfarm.batch.sources.source import open_source
from whisperfarm_client.settings import connection
from whisperfarm_contract.problems import AudioUnreadable

Batch = Callable[..., int]


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """Return a folder with five recordings and a file that is none."""
    folder = tmp_path / "calls"
    for number, name in enumerate(("a/call.wav", "b/call.wav", "c.mp3", "c.m4a", "d.WAV"), start=1):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(wav(seconds=number / 10))
    (folder / "notes.txt").write_text("no recording", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DispatcherFarm]:
    with started(tmp_path_factory.mktemp("farm")) as running, answering(running):
        yield running


@pytest.fixture
def batch(farm: DispatcherFarm) -> Batch:
    """Return a function that runs the batch of a source, and returns its exit code."""

    def run(source: Path | str, *, include: tuple[str, ...] = (), **flags: Any) -> int:
        defaults = {
            "options": {}, "output": None, "formats": ("json",), "manifest": None,
            "dry_run": False, "retry_failed": False, "summary": None, "senders": 4, "max_jobs": 100,
        }  # fmt: skip
        flags = {**defaults, **flags}
        request = Request(
            farm=connection({}, url=farm.url),
            timeout_s=20,
            source=open_source(str(source), flags["options"], include=include, exclude=()),
            **flags,
        )
        return session.transcribe(request)

    return run


def files(folder: Path, *suffixes: str) -> list[str]:
    return sorted(
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.suffix in suffixes
    )


def test_folder(batch: Batch, calls: Path) -> None:
    assert batch(calls) == 0
    assert files(calls, ".json") == ["a/call.json", "b/call.json", "c.m4a.json", "c.mp3.json", "d.json"]
