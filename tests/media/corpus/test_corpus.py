"""Small media files of every kind, from end to end: words, times, warnings and problems.

All files are sent over HTTP, and about half of them by `whisper-remote` as well. The farm has no
cache of results, so that each is transcribed once for each way. It decodes with the ffmpeg of the
images; other tests of media files use that of the machine, if there is one.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.media.corpus.case import Case
from tests.media.corpus.checks import check
from tests.media.corpus.tables import BY_CLIENT, CASES
from tests.media.corpus.transcription import Answer, by_client, over_http
from tests.support.farm import CLIENT, EmbeddedFarm, started
from tests.support.recordings import ffmpeg_path

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

MAKERS, CALLERS = 3, 8

WAYS: dict[str, Callable[[EmbeddedFarm, Case, Path], Answer]] = {
    "http": over_http,
    "whisper-remote": by_client,
}

Answers = dict[tuple[str, str], "Future[Answer]"]


@pytest.fixture(scope="module")
def answers(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Answers]:
    """Make the files of all selected tests, and transcribe several at once."""
    assert CLIENT.exists(), "build it first: make client"
    selected = [
        (str(item.callspec.params["way"]), str(item.callspec.params["name"]))
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.module is request.module
    ]
    folder = tmp_path_factory.mktemp("corpus")
    with ThreadPoolExecutor(MAKERS) as makers, ThreadPoolExecutor(CALLERS) as callers:
        files = {
            name: makers.submit(_make, CASES[name], folder / name)
            for name in dict.fromkeys(name for _, name in selected)
        }
        settings = {"WHISPERFARM_RESULT_CACHE": "false", "WHISPERFARM_FFMPEG": ffmpeg_path()}
        with started(folder / "data", log=folder / "farm.log", **settings) as farm:

            def transcribe(way: str, name: str) -> Answer:
                return WAYS[way](farm, CASES[name], files[name].result())

            yield {one: callers.submit(transcribe, *one) for one in selected}


def _make(case: Case, folder: Path) -> Path:
    folder.mkdir()
    path = folder / case.file
    case.make(case, path)
    return path


@pytest.mark.parametrize(
    ("way", "name"),
    [*(("http", name) for name in CASES), *(("whisper-remote", name) for name in BY_CLIENT)],
)
def test_file_gives_its_words_times_and_warnings_or_its_problem(
    answers: Answers, way: str, name: str
) -> None:
    check(CASES[name], answers[way, name].result())
