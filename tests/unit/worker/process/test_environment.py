"""The network is disabled before a heavy library is imported."""

import gc
import os
import subprocess
import sys
from pathlib import Path

import nltk.data
import pytest

from whisperfarm_worker.process import environment


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return an empty environment."""
    own: dict[str, str] = {}
    monkeypatch.setattr(os, "environ", own)
    return own


def test_set_offline_sets_the_flags(environ: dict[str, str], tmp_path: Path) -> None:
    environment.set_offline(tmp_path)
    assert environ["HF_HUB_OFFLINE"] == environ["TRANSFORMERS_OFFLINE"] == "1"
    assert environ.items() >= environment.NO_TELEMETRY.items()
    assert environ["TOKENIZERS_PARALLELISM"] == "false"


def test_set_offline_overrides_existing_flags(environ: dict[str, str], tmp_path: Path) -> None:
    environ["HF_HUB_OFFLINE"] = "0"
    environment.set_offline(tmp_path)
    assert environ["HF_HUB_OFFLINE"] == "1"


def test_disable_telemetry_overrides_the_environment(environ: dict[str, str]) -> None:
    environ["ORT_DISABLE_TELEMETRY"] = "0"
    environment.disable_telemetry()
    assert environ.items() >= environment.NO_TELEMETRY.items()


def test_caches_default_to_the_models_folder(environ: dict[str, str], tmp_path: Path) -> None:
    environ["HF_HOME"] = "/hf"
    environment.set_offline(tmp_path)
    assert (environ["HF_HOME"], environ["TORCH_HOME"]) == ("/hf", str(tmp_path / "torch"))


def test_set_offline_extends_nltk_data(environ: dict[str, str], tmp_path: Path) -> None:
    environ["NLTK_DATA"] = "/mine"
    for _ in range(2):
        environment.set_offline(tmp_path, nltk_folders=(tmp_path / "nltk",))
    assert environ["NLTK_DATA"].split(os.pathsep) == ["/mine", str(tmp_path / "nltk")]


def test_set_offline_updates_an_imported_nltk(
    environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nltk.data, "path", ["/before"])
    environment.set_offline(tmp_path, nltk_folders=(tmp_path,))
    assert nltk.data.path == ["/before", str(tmp_path)]


def test_stdout_to_log_logs_printed_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with environment.stdout_to_log():
        print("noise")
    assert capsys.readouterr().out == ""


def test_stdout_returns_after_the_last_thread(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before, first = sys.stdout, environment.stdout_to_log()
    first.__enter__()
    with environment.stdout_to_log():
        first.__exit__(None, None, None)  # the first one to enter leaves first
        print("noise")
    assert sys.stdout is before
    print("printed")
    assert capsys.readouterr().out == "printed\n"


def test_gc_paused_disables_collection() -> None:
    with environment.gc_paused():
        assert not gc.isenabled()
    assert gc.isenabled()


HEAVY = ("torch", "whisperx", "pyannote", "faster_whisper", "ctranslate2", "transformers", "celery")


def test_package_import_is_cheap() -> None:
    code = f"import whisperfarm_worker, sys; print([m for m in {HEAVY} if m in sys.modules])"
    assert _python(code) == "[]"


def test_models_list_imports_no_model_library() -> None:
    code = (
        "import whisperfarm_models, whisperfarm_worker.settings, sys;"
        f"print([m for m in {HEAVY[:6]} if m in sys.modules])"
    )
    assert _python(code) == "[]"


def _python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()
