"""Which files are recordings of a batch."""

import pytest

from whisperfarm.batch.patterns import is_wanted


@pytest.mark.parametrize("path", ["call.wav", "a/b/CALL.MP3", "a.b.opus"])
def test_usual_extensions_match_without_patterns(path: str) -> None:
    assert is_wanted(path, (), ())


@pytest.mark.parametrize("path", ["call.json", "call", "wav", ".call.wav", "a/.b/call.wav"])
def test_other_and_hidden_files_do_not_match(path: str) -> None:
    assert not is_wanted(path, (), ())


def test_pattern_without_a_slash_matches_the_name() -> None:
    assert is_wanted("a/call.pcm", ("*.pcm",), ())
    assert not is_wanted("a/call.wav", ("*.pcm",), ())


def test_pattern_with_a_slash_matches_the_path() -> None:
    assert is_wanted("a/b/call.wav", ("a/*.wav",), ())
    assert not is_wanted("c/a/call.wav", ("a/*.wav",), ())


def test_excluded_files_do_not_match() -> None:
    assert not is_wanted("tmp/b/call.wav", (), ("tmp/*",))
    assert not is_wanted("a/test-1.wav", ("*.wav",), ("test-*",))


def test_included_hidden_file_does_not_match() -> None:
    assert not is_wanted(".call.wav", ("*",), ())
