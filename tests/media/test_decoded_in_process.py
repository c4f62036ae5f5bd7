"""Recordings that are decoded in process have the words that they have by ffmpeg."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.media.conftest import GREETING, PROBLEM, Ffmpeg, Sound, Transcribe, Write
from whisperfarm_contract.transcript import Transcript
from whisperfarm_worker.pipeline.audio import pcm_header

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

FILES = {
    "mulaw.wav": ("-ar", "8000", "-c:a", "pcm_mulaw"),
    "wide.wav": ("-ar", "44100", "-c:a", "pcm_s24le"),
    "speakers.wav": ("-ac", "2", "-rf64", "always"),
}


@contextmanager
def _all_by_ffmpeg() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pcm_header, "find", lambda _source: None)
        yield


def _words(made: Transcript) -> list[tuple[str, float]]:
    return [(word.text, word.start) for word in made.words()]


def _assert_alike(ours: Transcript, theirs: Transcript) -> None:
    assert ours.text == theirs.text
    assert [start for _, start in _words(ours)] == pytest.approx(
        [start for _, start in _words(theirs)], abs=0.05
    )
    assert ours.warnings == theirs.warnings
    assert ours.duration == pytest.approx(theirs.duration, abs=0.001)


@pytest.mark.parametrize("name", FILES)
def test_words_are_those_by_ffmpeg(
    write: Write, ffmpeg: Ffmpeg, transcribe: Transcribe, talk: Sound, name: str
) -> None:
    options = {"channels": "speakers"} if name.startswith("speakers") else {}
    file = ffmpeg("-i", write("call.wav", talk), *FILES[name], name)
    ours = transcribe(file, **options)
    with _all_by_ffmpeg():
        _assert_alike(ours, transcribe(file, **options))


def test_opposed_channels_have_the_words_and_warnings_by_ffmpeg(
    write: Write, transcribe: Transcribe, greeting: Sound
) -> None:
    file = write("call.wav", greeting, -greeting)
    ours = transcribe(file)
    with _all_by_ffmpeg():
        theirs = transcribe(file)
    _assert_alike(ours, theirs)


def test_cut_file_has_the_words_and_warnings_by_ffmpeg(
    write: Write, transcribe: Transcribe, talk: Sound
) -> None:
    file = write("call.wav", talk)
    file.write_bytes(file.read_bytes()[: 44 + len(talk) // 2 * 2])  # no part of a sample
    ours = transcribe(file)
    assert "truncated" in ours.warnings[0]
    with _all_by_ffmpeg():
        _assert_alike(ours, transcribe(file))


def test_clean_files_give_no_warning(write: Write, transcribe: Transcribe, talk: Sound) -> None:
    made = transcribe(write("call.wav", talk))
    assert (made.text, made.warnings) == (f"{GREETING} {PROBLEM}", ())
