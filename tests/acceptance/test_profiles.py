"""A farm with a profile answers jobs of each quality, and says what it chose."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.farm import EmbeddedFarm, started
from tests.support.recordings import SUPPORT_CALL
from whisperfarm_demo import models_dir
from whisperfarm_models.digests import sha256_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PROFILE = """
engines: {primary: whisper_large_v3_turbo, critical: nvidia_canary_qwen_2.5b, fallback: demo-words}
diarization:
  standard: nvidia_sortformer_streaming
  complex: pyannote_audio_v3.1
  fast: demo/diarize
optimization: {model_pruning: true}
"""


def _inventory(folder: Path) -> str:
    rows = "".join(
        f'    ["{one.name}", {one.stat().st_size}, "{sha256_of(one)}"],\n'
        for one in sorted(folder.iterdir())
        if one.is_file()
    )
    return f'[speech."large-v3-turbo"]\nlicence = "Apache-2.0"\nfiles = [\n{rows}]\n'


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedFarm]:
    """Run a farm whose large-v3-turbo is the demo's model."""
    folder = tmp_path_factory.mktemp("profile")
    speech = shutil.copytree(models_dir() / "demo/asr", folder / "models/large-v3-turbo")
    (folder / "inventory.toml").write_text(_inventory(Path(speech)))
    (folder / "profile.yaml").write_text(PROFILE)
    settings = {
        "WHISPERFARM_PROFILE": str(folder / "profile.yaml"),
        "WHISPERFARM_MODELS_DIR": str(folder / "models"),
        "WHISPERFARM_MODELS_INVENTORY": str(folder / "inventory.toml"),
    }
    with started(folder / "data", log=folder / "farm.log", presets=None, **settings) as running:
        yield running


@pytest.mark.parametrize(
    ("options", "preset", "skipped"),
    [
        ({}, "profile-standard", "diarization.standard: nvidia_sortformer_streaming"),
        ({"quality": "fast"}, "profile-fast", None),
        ({"quality": "critical"}, "profile-critical", "engines.critical: nvidia_canary_qwen_2.5b"),
        ({"noisy": "true"}, "profile-standard-noisy", "engines.critical: nvidia_canary_qwen_2.5b"),
    ],
)
def test_job_gets_the_models_of_its_quality(
    farm: EmbeddedFarm, options: dict[str, str], preset: str, skipped: str | None
) -> None:
    job = farm.ended(farm.submit(SUPPORT_CALL, **options))
    assert (job["state"], job["model"]) == ("succeeded", preset)
    result = farm.result(job["id"]).json()
    chosen = result["provenance"]["profile"]
    assert (chosen["engine"], chosen["diarizer"]) == ("whisper_large_v3_turbo", "demo/diarize")
    assert (chosen["profile"], bool(chosen["reason"])) == ("profile.yaml", True)
    assert result["provenance"]["asr"] == "large-v3-turbo"
    assert result["text"]
    assert {segment.get("speaker") for segment in result["segments"]} >= {"SPEAKER_00"}
    warned = [text for text in result["warnings"] if "is used instead" in text]
    assert warned == chosen["fallbacks"]
    assert any(text.startswith(skipped) for text in warned) if skipped else warned == []


def test_model_and_quality_contradict(farm: EmbeddedFarm) -> None:
    query = {"model": "profile-fast", "quality": "critical"}
    answer = farm.http.post("/v1/jobs", params=query, content=SUPPORT_CALL.read_bytes())
    assert (answer.status_code, "omit one of the two" in answer.json()["detail"]) == (422, True)
