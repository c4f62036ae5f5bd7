import pytest

from whisperfarm_dispatcher.submission.filenames import base_name


@pytest.mark.parametrize(
    "name",
    [
        'żółć 呼叫 📞 "a";b.wav',
        "Screenshot at 9.41\u202fAM.wav",
        "👩\u200d💻.wav",
        "録音\u3000一.wav",
        "a\\b.wav",
        "..call..wav..",
    ],
)
def test_base_name_keeps_what_names_consist_of(name: str) -> None:
    assert base_name(name) == base_name(f"/some/folder/{name}") == name


def test_base_name_removes_line_breaks_and_control_characters() -> None:
    assert base_name("a\r\nb\0c\x1b[1m\u2028d\ud800.wav") == "abc[1md.wav"


@pytest.mark.parametrize("path", [r"C:\calls\a.wav", r"d:\a.wav", r"\\server\calls\a.wav"])
def test_base_name_removes_the_folders_of_windows(path: str) -> None:
    assert base_name(path) == "a.wav"
