"""The picture of an evaluation."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from whisperfarm.command import cli
from whisperfarm.evaluation.plot import plot
from whisperfarm.evaluation.run import Result
from whisperfarm.evaluation.scores import Score
from whisperfarm_contract.problems import InvalidOption

SCORE = Score(
    path="a.wav", audio_s=10, took_s=5, words=10, word_errors=1, characters=40,
    character_errors=2, time_errors_s=(0.1,),
)  # fmt: skip
RESULT = Result({"demo": [SCORE, replace(SCORE, word_errors=4)], "empty": []})


def test_svg_is_a_drawing() -> None:
    drawing = plot(RESULT, file_format="svg")
    assert drawing.startswith(b"<?xml")
    assert drawing.count(b"<path") > 10


def test_png_is_a_picture() -> None:
    assert plot(RESULT, file_format="png").startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["accuracy.pdf", "accuracy"])
def test_other_files_are_refused_before_anything_is_transcribed(tmp_path: Path, name: str) -> None:
    ended = CliRunner().invoke(cli, ["evaluate", str(tmp_path), "--plot", name])
    assert isinstance(ended.exception, InvalidOption)
    assert name in ended.exception.detail
