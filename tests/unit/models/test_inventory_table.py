"""An operator's own table of models."""

from pathlib import Path

import pytest

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_models.inventory import speech
from whisperfarm_models.inventory_table import packaged, read_table

SHA256 = "0" * 64
ROW = f"""
[speech."acme/calls"]
repository = "acme/calls-onnx"
revision = "main"
licence = "MIT"
family = "onnx-asr"
architecture = "nemo-conformer-tdt"
languages = ["en"]
translates = false
files = [["vocab.txt", 5, "{SHA256}"], ["config.json", 2, ""]]
"""


def _written(folder: Path, text: str) -> Path:
    path = folder / "own.toml"
    path.write_text(text)
    return path


def test_own_row_describes_a_model(tmp_path: Path) -> None:
    model = speech("acme/calls", read_table(_written(tmp_path, ROW)))
    assert (model.repository, model.folder) == ("acme/calls-onnx", "acme/calls")
    assert (model.family, model.languages, model.translates) == ("onnx-asr", ("en",), False)
    assert [(file.path, file.size_bytes, file.sha256) for file in model.files] == [
        ("vocab.txt", 5, SHA256), ("config.json", 2, None),
    ]  # fmt: skip


def test_own_row_replaces_the_packaged_one(tmp_path: Path) -> None:
    table = read_table(_written(tmp_path, '[speech.tiny]\nlicence = "ours"'))
    assert speech("tiny", table).licence == "ours"
    assert speech("base", table) == speech("base")


def test_packaged_rows_pass_the_checks_of_own_rows(tmp_path: Path) -> None:
    rows = {name: row for name, row in packaged()["speech"].items() if "files" in row}
    lines = []
    for name, row in rows.items():
        lines.append(f'[speech."{name}"]')
        lines += [f"{key} = {_toml(value)}" for key, value in row.items()]
    assert read_table(_written(tmp_path, "\n".join(lines)))["speech"] == packaged()["speech"]


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[speech", "cannot be read"),
        ("[voices.a]", "unknown section"),
        ("speech = 1", "unknown section"),
        ("[speech]\na = 1", "is not a table"),
        ("[speech.a]\nlicense = 'MIT'", "unknown key 'license'"),
        ("[speech.a]\nrevision = 1", "revision has the wrong type"),
        ("[speech.a]\nfamily = 'vosk'", "unknown family 'vosk'"),
        ("[speech.a]\nfiles = ['vocab.txt']", "files: use rows"),
        ("[speech.a]\nfiles = [['vocab.txt', 1, 'abc']]", "files: use rows"),
    ],
)
def test_invalid_table_is_rejected_with_its_place(tmp_path: Path, text: str, reason: str) -> None:
    path = _written(tmp_path, text)
    with pytest.raises(InvalidSettings, match=reason) as raised:
        read_table(path)
    assert f"WHISPERFARM_MODELS_INVENTORY: {path}" in str(raised.value)


def test_missing_table_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="cannot be read"):
        read_table(tmp_path / "none.toml")
