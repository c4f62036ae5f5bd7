from pathlib import Path

import pytest

from whisperfarm_contract.presets import PRESETS, WHISPER_MODELS, find, with_own
from whisperfarm_contract.problems import ModelUnknown, SettingsWrong

OWN = """
[callcentre-de]
asr = "large-v3"
diarize = true
languages = ["German", "en"]
chunk_s = 20

[fast]
asr = "base"
"""


def _file(folder: Path, text: str) -> Path:
    path = folder / "presets.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "asr", "diarize"),
    [
        ("fast", "tiny", False),
        ("balanced", "small", False),
        ("high", "medium", True),
        ("premium", "large-v3", True),
    ],
)
def test_the_named_presets_keep_their_meaning(name: str, asr: str, diarize: bool) -> None:
    preset = find(name)
    assert (preset.asr, preset.align, preset.diarize) == (asr, True, diarize)


@pytest.mark.parametrize("model", WHISPER_MODELS)
def test_a_bare_whisper_model_is_a_preset(model: str) -> None:
    assert find(model).asr == model
    assert find(model).languages == (("en",) if model.endswith(".en") else ())


def test_an_unknown_model_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ModelUnknown, match=r"'huge'.*demo.*premium"):
        find("huge")


def test_without_a_file_the_table_is_as_it_is() -> None:
    assert with_own(None) is PRESETS


def test_own_presets_are_added_or_replace(tmp_path: Path) -> None:
    presets = with_own(_file(tmp_path, OWN))
    own = presets["callcentre-de"]
    assert (own.asr, own.diarize, own.languages, own.chunk_s) == (
        "large-v3",
        True,
        ("de", "en"),
        20,
    )
    assert presets["fast"].asr == "base"
    assert presets["demo"] == PRESETS["demo"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[a]\nalign = true", r"\[a\].*`asr`"),
        ("a = 1", r"\[a\].*`asr`"),
        ('["a/b"]\nasr = "tiny"', r"\[a/b\].*letters"),
        ('[a]\nasr = "tiny"\nspeed = 2', r"unknown key 'speed'"),
        ("[a]\nasr = 3", r"asr has the wrong type \(int\)"),
        ('[a]\nasr = "tiny"\nalign = 1', r"align has the wrong type"),
        ('[a]\nasr = "tiny"\nchunk_s = true', r"chunk_s has the wrong type"),
        ('[a]\nasr = "tiny"\nchunk_s = 31', r"chunk_s is 31; set it to 1 to 30"),
        ('[a]\nasr = "tiny"\nchunk_s = nan', r"set it to 1 to 30"),
        ('[a]\nasr = "tiny"\nlanguages = ["xx"]', r"languages: .*'xx'"),
        ("[a", r"cannot be read"),
    ],
)
def test_a_wrong_file_is_refused_and_says_where(tmp_path: Path, text: str, said: str) -> None:
    path = _file(tmp_path, text)
    with pytest.raises(SettingsWrong, match=said) as caught:
        with_own(path)
    assert str(path) in caught.value.detail


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsWrong, match="cannot be read"):
        with_own(tmp_path / "absent.toml")
