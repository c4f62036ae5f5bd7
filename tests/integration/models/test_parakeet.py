"""Parakeet from a hub to a transcript, with a small model under its true name."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.worker.farm import WITHIN_S, worker_farm
from tests.servers.model_hub import COMMIT, HubStub, serving
from tests.support.environment import environment
from tests.support.recordings import wav
from tests.support.tone_model import NAME, inventory_of, say, write_tone_model
from whisperfarm_contract.problems import ModelIntegrityError
from whisperfarm_contract.states import JobState
from whisperfarm_demo import models_dir

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PRESETS = f'[parakeet]\nasr = "{NAME}"\nalign = false\nlanguages = ["de", "en"]\n'
"""Without `align`, no sentence models are pulled."""

DETECTOR = '\n[speech.tiny]\nlicence = "MIT"\n'
"""A row without digests, because the test's detector is the demo's speech model."""


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Run a hub with the model and a language detector. Returns the settings of the farm."""
    files = write_tone_model(tmp_path / "truth")
    detector = {path.name: path.read_bytes() for path in (models_dir() / "demo" / "asr").iterdir()}
    inventory = inventory_of(files, languages=("de", "en")) + DETECTOR
    (tmp_path / "inventory.toml").write_text(inventory)
    (tmp_path / "presets.toml").write_text(PRESETS)
    repositories = {
        "istupakov/parakeet-tdt-0.6b-v3-onnx": files,
        "Systran/faster-whisper-tiny": detector,
    }
    with serving(HubStub(repositories)) as hub:
        yield {
            "HF_ENDPOINT": hub.url,
            "WHISPERFARM_DATA_DIR": str(tmp_path / "data"),
            "WHISPERFARM_ENGINE": "faster-whisper",
            "WHISPERFARM_MODELS_INVENTORY": str(tmp_path / "inventory.toml"),
            "WHISPERFARM_PRESETS_FILE": str(tmp_path / "presets.toml"),
            "WHISPERFARM_PRESETS": "parakeet",
        }


def _models(settings: dict[str, str], command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "whisperfarm", "models", command],
        env=environment(**settings), capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_parakeet_is_pulled_verified_and_served(settings: dict[str, str], tmp_path: Path) -> None:
    for command in ("pull", "verify", "list"):
        ended = _models(settings, command)
        assert ended.returncode == 0, ended.stderr
    assert "(istupakov/parakeet-tdt-0.6b-v3-onnx, CC-BY-4.0)" in ended.stdout
    said = [("two", 0.5), ("four", 1.2), ("one", 2.0)]
    tones = wav((say(said, 3.0) * 32767).astype("<i2").tobytes())
    with worker_farm(tmp_path / "data", presets=("parakeet",)) as farm:
        farm.start(inherited=environment(**settings))
        farm.ready()
        job = farm.submit(tones, preset="parakeet", vad_onset=0.002, vad_offset=0.001)
        made = farm.transcript(farm.in_state(job, JobState.SUCCEEDED))
    assert [word.text for word in made.words()] == ["two", "four", "one"]
    for word, (_, start) in zip(made.words(), said, strict=True):
        assert word.start == pytest.approx(start, abs=0.081)
        assert not word.interpolated
    assert made.language == "en"
    assert made.provenance["asr"] == NAME
    assert made.provenance["asr_family"] == "onnx-asr"
    assert made.provenance["asr_revision"] == COMMIT
    assert made.provenance["aligner"] == "the speech model"


def test_damaged_model_ends_the_worker_by_name(settings: dict[str, str], tmp_path: Path) -> None:
    assert _models(settings, "pull").returncode == 0
    path = tmp_path / "data" / "models" / NAME / "encoder-model.int8.onnx"
    path.write_bytes(bytes(path.stat().st_size))
    with worker_farm(tmp_path / "data", presets=("parakeet",)) as farm:
        worker = farm.start(inherited=environment(**settings))
        assert worker.wait(WITHIN_S) == ModelIntegrityError.exit_code
        assert f"the speech model {NAME} was not loaded" in farm.log()
