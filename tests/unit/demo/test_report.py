import pytest

pytest.importorskip("jiwer")
pytest.importorskip("pyannote.metrics")

from training.report import Row, table, write


def test_table_replaces_the_text_between_the_markers(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- measured: begin -->\nold\n<!-- measured: end -->\nafter\n")
    write(page, [Row("calls", "word error rate", "1.0%")])
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert table([Row("calls", "word error rate", "1.0%")]) in text
