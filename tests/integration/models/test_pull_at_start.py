"""A worker without models that pulls them at start, with settings of an earlier deployment."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.worker.farm import WITHIN_S, WorkerFarm, worker_farm
from tests.servers.s3 import S3Server
from tests.support.environment import environment
from whisperfarm_demo import models_dir

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

MODEL = "acme/calls"
PRESETS = f'[calls]\nasr = "{MODEL}"\nalign = false\nlanguages = ["en"]\n'


@pytest.fixture
def bucket(s3_server: S3Server) -> str:
    """Return a bucket with the demo's speech model under the name of an earlier deployment."""
    own, name = s3_server.client(), "whisper-models"
    own.create_bucket(Bucket=name)
    for path in (models_dir() / "demo" / "asr").iterdir():
        own.put_object(Bucket=name, Key=f"models/{MODEL}/{path.name}", Body=path.read_bytes())
    own.close()
    return name


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[WorkerFarm]:
    """Run workers without a dispatcher."""
    with worker_farm(tmp_path) as running:
        yield running


def test_worker_pulls_missing_models_at_start(
    farm: WorkerFarm,
    bucket: str,
    s3_server: S3Server,
    tmp_path: Path,
) -> None:
    own = tmp_path / "presets.toml"
    own.write_text(PRESETS)
    given = {"presets": "calls", "presets_file": own, "engine": "faster-whisper"}
    refused = farm.start(**given)
    assert refused.wait(WITHIN_S) == 78
    assert f"{MODEL}/model.bin is missing" in farm.log()
    assert "whisperfarm models pull --presets calls" in farm.log()
    earlier = {
        "USE_S3_MODELS": "true",
        "MODEL_BUCKET": bucket,
        "S3_ENDPOINT": s3_server.endpoint,
        "AWS_ACCESS_KEY_ID": s3_server.access_key,
        "AWS_SECRET_ACCESS_KEY": s3_server.secret_key,
    }
    farm.start(inherited=environment(**earlier), **given)
    farm.ready()
    pulled = (tmp_path / "models" / MODEL / "model.bin").read_bytes()
    assert pulled == (models_dir() / "demo" / "asr" / "model.bin").read_bytes()
    assert (tmp_path / "models" / "model_inventory.json").is_file()
    assert farm.log().count("Model loaded successfully") == 2
    assert s3_server.secret_key not in farm.log()


def test_load_times_are_printed(tmp_path: Path) -> None:
    received = {
        "WHISPERFARM_DATA_DIR": str(tmp_path),
        "WHISPERFARM_PRESETS": "demo-words",
        "WHISPERFARM_ENGINE": "faster-whisper",
    }
    ended = subprocess.run(
        [sys.executable, "-m", "whisperfarm", "models", "time-load"],
        env=environment(**received), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    lines = [line.split(" s  ") for line in ended.stdout.splitlines() if " s  " in line]
    assert all(float(seconds) >= 0 for seconds, _ in lines)
    assert [what for _, what in lines] == [
        "files checked, device chosen",
        "libraries",
        "demo-words: voice activity",
        "demo-words: speech demo/asr",
    ]
