"""The requirements from which images are built."""

from tests.support.docker_files import script
from tests.support.project import PROJECT

requirements = script("build/requirements.py").requirements


def test_requirements_resolves_nested_extras() -> None:
    table = {"a": ["one>=1"], "b": ["whisperfarm[a]", "two"], "c": ["whisperfarm[a,b]"]}
    assert list(requirements(["c"], table)) == ["one>=1", "one>=1", "two"]


def test_dispatcher_requires_no_engine() -> None:
    asked = list(requirements(["dispatcher", "command"], PROJECT["optional-dependencies"]))
    assert any(one.startswith("fastapi") for one in asked)
    assert any(one.startswith("flower") for one in asked)
    assert not [one for one in asked if one.startswith(("torch", "whisperx", "pyannote"))]


def test_farm_requires_every_extra() -> None:
    asked = list(requirements(["farm"], PROJECT["optional-dependencies"]))
    assert [one for one in asked if one.startswith("whisperx==")]
    assert not [one for one in asked if one.startswith("whisperfarm[")]


def test_edge_requires_no_torch() -> None:
    asked = list(requirements(["edge"], PROJECT["optional-dependencies"]))
    assert [one for one in asked if one.startswith("faster-whisper")]
    assert not [one for one in asked if one.startswith(("torch", "whisperx", "pyannote"))]
