"""Lists of recordings: one path per line, or CSV with a head."""

import os
from pathlib import Path

import pytest

from whisperfarm.batch.recording import MISSING_BYTES, Recording
from whisperfarm.batch.sources.files import Files
from whisperfarm.batch.sources.listing import Listing, read_lines
from whisperfarm_client import Leg
from whisperfarm_contract.problems import ClientError, InvalidOption, UnknownOption

CALLS = """path,call,leg_offset_s,leg_name,language
a/in.wav,17,,agent,
single.wav,,,,en
a/out.wav,17,2.5,"Müller, no",de
"""


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


@pytest.mark.parametrize("separator", [";", "\t"])
def test_separators_of_spreadsheets_are_recognised(tmp_path: Path, separator: str) -> None:
    text = f'path{separator}reference\n"a{separator}b.wav"{separator}x, y\n'
    [found] = read(tmp_path, text)
    assert (found.path, found.options) == (f"a{separator}b.wav", {"reference": "x, y"})
    with pytest.raises(InvalidOption, match="line 3: the row has 1 cells"):
        read(tmp_path, f"{text}c.wav\n")


def test_semicolons_in_paths_without_a_head_stay(tmp_path: Path) -> None:
    assert [one.path for one in read(tmp_path, "a;b.wav\npath;c.wav\n")] == [
        "a;b.wav",
        "path;c.wav",
    ]


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
        ("path,call\na.wav,1\nb.wav,2\nc.wav,2\n", InvalidOption, "line 2: call: '1' has one row"),
        ("path,call,leg_name\na.wav,,x\n", InvalidOption, "line 2: leg_name: the row has no call"),
        ("path,leg_offset_s\na.wav,1\n", InvalidOption, "line 2: leg_offset_s: the row has no"),
        (CALLS, InvalidOption, "line 2: leg_name: a cell has a comma"),
        ("path,call,leg_offset_s\na,1,x\nb,1,0\n", InvalidOption, "line 2: leg_offset_s"),
        ("path,call,language\na,1,de\nb,1,en\n", InvalidOption, "line 2: language: the rows of"),
        ("path,call\na.wav,1\na.wav,1\n", InvalidOption, "line 3: a.wav is on line 2"),
        ("path,call,channels\na,1,speakers\nb,1,\n", InvalidOption, "line 2: channels"),
        (
            "path,call\n" + "".join(f"{number},1\n" for number in range(17)),
            InvalidOption,
            "line 2: leg_offset_s: .*17",
        ),
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


def test_rows_of_one_call_are_legs_of_one_recording(tmp_path: Path) -> None:
    for name, content in (("a/in.wav", b"abc"), ("a/out.wav", b"defg")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    call, single = read(tmp_path, CALLS.replace('"Müller, no"', "Müller"), vocabulary="v")
    assert (call.path, call.size_bytes) == ("a/in.wav", 7)
    assert call.options == {"vocabulary": "v", "language": "de"}
    assert call.legs == (
        Leg(str(tmp_path / "a/in.wav"), 0.0, "agent"),
        Leg(str(tmp_path / "a/out.wav"), 2.5, "Müller"),
    )
    assert (single.path, single.options["language"], single.legs) == ("single.wav", "en", ())


def test_change_of_any_leg_is_a_change_of_the_call(tmp_path: Path) -> None:
    text = "path,call\na.wav,1\nb.wav,1\n"
    for name in ("a.wav", "b.wav"):
        (tmp_path / name).write_bytes(b"abc")
    [before] = read(tmp_path, text)
    digest = Files().digest(before)
    (tmp_path / "b.wav").write_bytes(b"abd")
    os.utime(tmp_path / "b.wav", (1, 1))
    [after] = read(tmp_path, text)
    assert after.modified_ns != before.modified_ns
    assert Files().digest(after) != digest
    [moved] = read(tmp_path, "path,call,leg_offset_s\na.wav,1,\nb.wav,1,3\n")
    assert moved.options_digest != after.options_digest
