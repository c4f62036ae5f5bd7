"""References beside recordings."""

from pathlib import Path

import pytest

from whisperfarm.evaluation.references import BadReference, find_recordings, read_reference
from whisperfarm_contract.transcript import Turn, Word


def test_recordings_are_found_in_order(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    for name in ("b.wav", "a.mp3", "a.txt", "more/c.flac", ".hidden.wav"):
        (tmp_path / name).touch()
    found = [path.relative_to(tmp_path).as_posix() for path in find_recordings(tmp_path)]
    assert found == ["a.mp3", "b.wav", "more/c.flac"]


def test_text_words_and_turns_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Hello,\n you.\n", "utf-8")
    (tmp_path / "a.ctm").write_text(";; comment\na 1 0.5 0.25 Hello\n", "utf-8")
    (tmp_path / "a.rttm").write_text("SPEAKER a 1 1.0 2.5 <NA> <NA> ann <NA> <NA>\n", "utf-8")
    reference = read_reference(tmp_path / "a.wav")
    assert reference.text == "Hello, you."
    assert reference.words == (Word(text="Hello", start=0.5, end=0.75),)
    assert reference.turns == (Turn(start=1.0, end=3.5, speaker="ann"),)


def test_text_is_that_of_the_words_without_a_text_file(tmp_path: Path) -> None:
    (tmp_path / "a.ctm").write_text("a 1 0 1 good\na 1 1 1 day\n", "utf-8")
    assert read_reference(tmp_path / "a.wav").text == "good day"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.md", b"", r"no text in a\.txt"),
        ("a.txt", b" \n", r"no text in a\.txt"),
        ("a.txt", b"\xff\xfe\xff", r"a\.txt cannot be read as UTF-8"),
        ("a.ctm", b"\na 1 0.5\n", r"a\.ctm, line 2: give recording, channel"),
        ("a.ctm", b"a 1 soon 1 hi\n", r"a\.ctm, line 1: could not convert"),
        ("a.rttm", b"SPEAKER a 1 0 1\n", r"a\.rttm, line 1: a line SPEAKER has"),
    ],
)
def test_bad_reference_is_named(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadReference, match=message):
        read_reference(tmp_path / "a.wav")
