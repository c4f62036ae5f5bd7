"""The network is out of reach before anything heavy is imported."""

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
    """An environment of its own, with nothing in it."""
    own: dict[str, str] = {}
    monkeypatch.setattr(os, "environ", own)
    return own


def test_the_libraries_are_told_to_stay_offline(environ: dict[str, str], tmp_path: Path) -> None:
    environment.prepare(tmp_path)
    assert environ["HF_HUB_OFFLINE"] == environ["TRANSFORMERS_OFFLINE"] == "1"
    assert environ.items() >= environment.NO_TELEMETRY.items()
    assert environ["TOKENIZERS_PARALLELISM"] == "false"


def test_a_switch_that_says_otherwise_is_overruled(environ: dict[str, str], tmp_path: Path) -> None:
    environ["HF_HUB_OFFLINE"] = "0"
    environment.prepare(tmp_path)
    assert environ["HF_HUB_OFFLINE"] == "1"


def test_telemetry_stays_off_where_it_was_turned_on(environ: dict[str, str]) -> None:
    environ["ORT_DISABLE_TELEMETRY"] = "0"
    environment.disable_telemetry()
    assert environ.items() >= environment.NO_TELEMETRY.items()


def test_caches_are_below_the_models_unless_the_operator_has_others(
    environ: dict[str, str], tmp_path: Path
) -> None:
    environ["HF_HOME"] = "/hf"
    environment.prepare(tmp_path)
    assert (environ["HF_HOME"], environ["TORCH_HOME"]) == ("/hf", str(tmp_path / "torch"))


def test_sentence_data_is_added_to_what_there_is(environ: dict[str, str], tmp_path: Path) -> None:
    environ["NLTK_DATA"] = "/mine"
    for _ in range(2):
        environment.prepare(tmp_path, nltk_folders=(tmp_path / "nltk",))
    assert environ["NLTK_DATA"].split(os.pathsep) == ["/mine", str(tmp_path / "nltk")]


def test_sentence_data_is_found_though_nltk_was_there_before(
    environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nltk.data, "path", ["/before"])
    environment.prepare(tmp_path, nltk_folders=(tmp_path,))
    assert nltk.data.path == ["/before", str(tmp_path)]


def test_what_is_printed_goes_to_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    with environment.stdout_to_log():
        print("noise")
    assert capsys.readouterr().out == ""


def test_standard_output_comes_back_when_the_last_of_several_threads_has_left(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before, first = sys.stdout, environment.stdout_to_log()
    first.__enter__()
    with environment.stdout_to_log():
        first.__exit__(None, None, None)  # the one that came first leaves first
        print("noise")
    assert sys.stdout is before
    print("heard")
    assert capsys.readouterr().out == "heard\n"


def test_garbage_is_not_looked_for_while_libraries_are_imported() -> None:
    with environment.without_collecting():
        assert not gc.isenabled()
    assert gc.isenabled()


HEAVY = ("torch", "whisperx", "pyannote", "faster_whisper", "ctranslate2", "transformers", "celery")


def test_importing_the_package_is_cheap() -> None:
    code = f"import whisperfarm_worker, sys; print([m for m in {HEAVY} if m in sys.modules])"
    assert _python(code) == "[]"


def test_listing_models_imports_no_library_of_models() -> None:
    code = (
        "import whisperfarm_models, whisperfarm_worker.settings, sys;"
        f"print([m for m in {HEAVY[:6]} if m in sys.modules])"
    )
    assert _python(code) == "[]"


def _python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()
