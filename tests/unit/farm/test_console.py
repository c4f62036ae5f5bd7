"""Lines for the operator."""

import pytest

from whisperfarm import console
from whisperfarm_contract.problems import InvalidSettings


def test_lines_escape_control_characters(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WHISPERFARM_LOG_FORMAT", raising=False)
    console.report_line("folder \x1b[31m")
    console.report_problem(InvalidSettings("value \x07"))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("whisperfarm: ") and line.isprintable() for line in lines)
