"""The command without recordings, and what it prints."""

from pathlib import Path

from click.testing import CliRunner

from whisperfarm.command import cli
from whisperfarm.evaluation import report
from whisperfarm.evaluation.run import Result, read_references
from whisperfarm.evaluation.scores import Score
from whisperfarm_contract.problems import InvalidOption

_SCORE = Score(
    path="a.wav", audio_s=10, took_s=5, words=10, word_errors=1, characters=40,
    character_errors=2, time_errors_s=(0.1, 0.2, 0.4),
)  # fmt: skip


def test_table_has_a_row_for_each_recording_and_the_total() -> None:
    rates = ["5.0", "0.200", "", "0.50"]
    assert list(report.table(Result({"demo": [_SCORE]}))) == [
        ["demo", "a.wav", "10.0", "", *rates],
        ["demo", "all 1", "10.0", "", *rates],
    ]


def test_document_names_what_was_left_out() -> None:
    found = report.document(Result({"demo": [_SCORE]}, {"b.wav": "no text"}), "words")
    assert found["presets"]["demo"]["recordings"]["a.wav"]["wer"] == 0.1
    assert found["skipped"] == {"b.wav": "no text"}


def test_recording_without_reference_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello", "utf-8")
    paths = {name: tmp_path / name for name in ("a.wav", "b.wav")}
    found, skipped = read_references(paths)
    assert list(found) == ["a.wav"]
    assert "b.txt" in skipped["b.wav"]


def test_folder_without_recordings_is_refused(tmp_path: Path) -> None:
    ended = CliRunner().invoke(cli, ["evaluate", str(tmp_path)])
    assert isinstance(ended.exception, InvalidOption)
    assert "has no recordings" in ended.exception.detail
