"""A client that `openapi-python-client` writes from the OpenAPI document."""

import io
import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.integration.dispatcher.farm import DispatcherFarm
from tests.integration.dispatcher.workers import answering
from tests.support.environment import environment
from tests.support.waiting import until

pytestmark = pytest.mark.slow

GENERATOR = Path(sys.executable).with_name("openapi-python-client")
PACKAGE = "generated_client"
CONFIG = {
    # The generator knows neither: without them it leaves out uploads that are not forms.
    "content_type_overrides": {
        "audio/*": "application/octet-stream",
        "text/plain": "application/octet-stream",
    },
    "post_hooks": [],
}


@pytest.fixture
def package(farm: DispatcherFarm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Generate the client and return a function that imports its modules."""
    config = tmp_path / "config.json"
    config.write_text(json.dumps(CONFIG))
    ended = subprocess.run(
        [
            *(GENERATOR, "generate", "--url", f"{farm.url}/openapi.json", "--meta", "none"),
            *("--output-path", tmp_path / PACKAGE, "--config", config, "--fail-on-warning"),
        ],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    monkeypatch.syspath_prepend(tmp_path)
    return lambda module: import_module(f"{PACKAGE}.{module}")


def test_generated_client_makes_a_job_and_reads_its_transcript(
    farm: DispatcherFarm, package: Any, audio: bytes
) -> None:
    models = package("models")
    recording = package("types").File(payload=io.BytesIO(audio), file_name="call.wav")
    form = models.SubmitJobFilesBody(file=recording, reference="call-17", diarize=False)
    submit, get_job, get_result = (
        package(f"api.jobs.{name}").sync for name in ("submit_job", "get_job", "get_result")
    )
    with answering(farm), package("client").Client(base_url=farm.url) as client:
        job = submit(client=client, body=form)
        assert (job.reference, job.audio.filename) == ("call-17", "call.wav")
        until(lambda: get_job(job.id, client=client).state == "succeeded", "the job")
        transcript = get_result(job.id, client=client)
        problem = get_job("unknown", client=client)
    assert isinstance(transcript, models.Transcript)
    assert [segment.text for segment in transcript.segments] == ["hello there"]
    assert isinstance(problem, models.Problem)
    assert problem.name == "job-not-found"
