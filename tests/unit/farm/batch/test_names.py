"""Names of output files."""

import string

from hypothesis import given
from hypothesis import strategies as st

from whisperfarm.batch import names

EXTENSIONS = ("json", "srt")


def assign(*paths: str, **assigned: str) -> dict[str, str]:
    return names.assign({path: path for path in paths}, EXTENSIONS, assigned=assigned)


def test_name_is_the_path_without_its_extension() -> None:
    assert assign("a/call.wav", "b/call.wav") == {"a/call.wav": "a/call", "b/call.wav": "b/call"}


def test_recordings_that_differ_in_extension_keep_their_whole_names() -> None:
    assert assign("c.mp3", "c.m4a", "d.mp3") == {"c.mp3": "c.mp3", "c.m4a": "c.m4a", "d.mp3": "d"}


def test_recordings_that_differ_in_case_get_a_number() -> None:
    named = assign("c.wav", "C.WAV")
    assert len({name.lower() for name in named.values()}) == 2
    assert named["c.wav"].startswith("c.wav.")


def test_output_never_replaces_a_recording() -> None:
    named = assign("a", "a.json")
    outputs = {f"{name}.json" for name in named.values()}
    assert len(outputs) == 2
    assert "a.json" not in outputs


def test_assigned_names_stay() -> None:
    named = names.assign({"c.mp3": "c.mp3", "c.m4a": "c.m4a"}, EXTENSIONS, assigned={"c.mp3": "c"})
    assert named == {"c.mp3": "c", "c.m4a": "c.m4a"}
    left = names.assign({"c.m4a": "c.m4a"}, EXTENSIONS, assigned={"c.mp3": "c"})
    assert left == {"c.m4a": "c.m4a"}


def test_equal_places_of_two_recordings_get_different_names() -> None:
    named = names.assign({"x/c.wav": "x/c.wav", "/x/c.wav": "x/c.wav"}, EXTENSIONS, assigned={})
    assert len(set(named.values())) == 2


_paths = st.text(string.ascii_letters[:2] + "AB./é" + "e\u0301", min_size=1, max_size=8)


@given(st.sets(_paths, max_size=12), st.sets(_paths, max_size=6))
def test_no_two_recordings_share_an_output(paths: set[str], later: set[str]) -> None:
    first = names.assign({path: path for path in paths}, EXTENSIONS, assigned={})
    second = names.assign({path: path for path in paths | later}, EXTENSIONS, assigned=first)
    assert len({names.fold(name) for name in second.values()}) == len(paths | later)
    assert {path: second[path] for path in paths} == first
