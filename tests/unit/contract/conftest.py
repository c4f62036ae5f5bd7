import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from whisperfarm_contract import examples
from whisperfarm_contract.transcript import Transcript


@pytest.fixture(scope="session")
def whisper_package() -> Path:
    """Return the folder of openai-whisper; importing it would load torch."""
    spec = importlib.util.find_spec("whisper")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0])


@pytest.fixture(scope="session")
def whisper_writers(whisper_package: Path) -> ModuleType:
    return _load(whisper_package / "utils.py")


@pytest.fixture(scope="session")
def whisper_tokenizer(whisper_package: Path) -> ModuleType:
    return _load(whisper_package / "tokenizer.py")


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"whisper_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def call() -> Transcript:
    """Return a transcript of two speakers with all fields set."""
    return examples.TRANSCRIPT
