"""Hundreds of recordings that appear in every way, while a folder comes and goes."""

import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.integration.dispatcher.farm import DispatcherFarm, started
from tests.integration.dispatcher.watching import Folders
from tests.integration.dispatcher.workers import answering
from tests.support.recordings import wav

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

COUNT, PROGRAMS, SUB_FOLDERS = 500, 4, 5
pause = threading.Event().wait  # that of the programs that write, not of the test
Drop = Callable[[Path, bytes], None]


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[DispatcherFarm]:
    with started(tmp_path / "farm", dispatch_interval_s=0.01) as farm, answering(farm):
        yield farm


def copy_slowly(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        for start in range(0, len(content), 1000):
            file.write(content[start : start + 1000])
            file.flush()
            pause(0.02)


def move(path: Path, content: bytes) -> None:
    elsewhere = path.parent.parent.with_name(f"elsewhere-{path.name}")
    elsewhere.write_bytes(content)
    elsewhere.rename(path)


def rename(path: Path, content: bytes) -> None:
    path.with_suffix(".part").write_bytes(content)
    path.with_suffix(".part").rename(path)


def write_half(path: Path, content: bytes) -> None:
    path.write_bytes(content[: len(content) // 2])


def write_another_format(path: Path, content: bytes) -> None:
    path.write_bytes(b"this is a text, and not a recording " * len(path.name))


WAYS: tuple[Drop, ...] = (copy_slowly, move, rename, write_half, write_another_format)


def test_each_recording_is_done_once_however_it_appears(
    served: DispatcherFarm, folders: Folders
) -> None:
    by_folder = [folders.intake / str(number) for number in range(SUB_FOLDERS)]
    for folder in by_folder:
        folder.mkdir()
    chance = random.Random(20_241_120)
    drops = [(chance.choice(WAYS), chance.choice(by_folder) / f"{n}.wav") for n in range(COUNT)]

    def drop(number: int) -> None:
        way, path = drops[number]
        way(path, wav(seconds=0.1 + number / 1000))

    with folders.watched(served, abandoned_after_s=1.0), ThreadPoolExecutor(PROGRAMS) as programs:
        list(programs.map(drop, range(COUNT)))
        for folder in by_folder:
            away = folders.intake.with_name("away")
            folder.rename(away)
            pause(0.1)
            away.rename(folder)
        is_failed = {path: way is write_another_format for way, path in drops}
        folders.expect(*(_output(folders, path, failed=end) for path, end in is_failed.items()))
    assert len(served.jobs()) == COUNT - sum(is_failed.values())


def _output(folders: Folders, path: Path, *, failed: bool) -> str:
    name = path.relative_to(folders.intake).with_suffix("")
    return f"{name}.error.txt" if failed else f"{name}.json"
