"""Lists of recordings: one path per line, or CSV with a head."""

import os
from pathlib import Path

import pytest

from whisperfarm.batch.recording import MISSING_BYTES, Recording
from whisperfarm.batch.sources.listing import Listing, read_lines
from whisperfarm_contract.problems import ClientError, InvalidOption, UnknownOption


def read(root: Path, text: str, **options: str) -> list[Recording]:
    lines = text.splitlines(keepends=True)
    return list(Listing(lines, root, options, list_name="list.csv").recordings())


def test_lines_without_a_head_are_paths(tmp_path: Path) -> None:
    (tmp_path / "a, b.wav").write_bytes(b"abc")
    first, second, third = read(tmp_path, "a, b.wav\n\nsub/../c.wav\r\n/elsewhere/d.wav\n")
    assert (first.path, first.size_bytes) == ("a, b.wav", 3)
    assert (second.path, second.size_bytes) == ("c.wav", MISSING_BYTES)
    assert (third.path, third.location) == ("/elsewhere/d.wav", "/elsewhere/d.wav")


def test_columns_are_options_and_empty_cells_those_for_all(tmp_path: Path) -> None:
    text = '\ufeffpath,preset,reference\n"a,b.wav",better,"x ""1"""\nc.wav,,\n'
    first, second = read(tmp_path, text, language="de")
    assert first.path == "a,b.wav"
    assert first.options == {"language": "de", "model": "better", "reference": 'x "1"'}
    assert second.options == {"language": "de"}


@pytest.mark.parametrize(
    ("text", "problem", "message"),
    [
        ("path,colour\na.wav,red\n", UnknownOption, "line 1: .*colour"),
        ("path,beam_size\na.wav,1\nb.wav,x\n", InvalidOption, "line 3: beam_size"),
        ("path,language\na.wav\n", InvalidOption, "line 2: the row has 1 cells"),
        ("path,language\n,de\n", InvalidOption, "line 2: the row has no path"),
        ("path,path\na,b\n", InvalidOption, "line 1: two columns"),
        ("a.wav\n./a.wav\n", InvalidOption, "line 2: a.wav is on line 1 already"),
        ("a" * 300_000, InvalidOption, "more than"),
    ],
)
def test_invalid_lists_are_refused_with_the_line(
    tmp_path: Path, text: str, problem: type[ClientError], message: str
) -> None:
    with pytest.raises(problem, match=f"(?s){message}"):
        read(tmp_path, text)


def test_names_that_are_not_utf_8_are_kept(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.wav")
    (tmp_path / name).write_bytes(b"abc")
    (tmp_path / "list.txt").write_bytes(b"caf\xe9.wav\n")
    lines = read_lines(tmp_path / "list.txt")
    [found] = Listing(lines, tmp_path, {}, list_name="list.txt").recordings()
    assert (found.path, found.size_bytes) == (name, 3)
