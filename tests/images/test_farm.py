"""A farm of two containers that share a folder and have no network."""

import json
import uuid
from collections.abc import Iterator

import pytest

from tests.images.builder import BASE
from tests.images.container import inside, inspected, podman, ran, running, until_healthy

_KEY = "a-key-of-this-test"
_START_S = 300


@pytest.fixture(scope="module")
def volume() -> Iterator[str]:
    name = f"whisperfarm-test-{uuid.uuid4().hex[:8]}"
    assert podman("volume", "create", name).returncode == 0
    yield name
    podman("volume", "rm", "-f", name)


@pytest.fixture(scope="module")
def dispatcher(dispatcher_image: str, volume: str) -> Iterator[str]:
    options = ("-v", f"{volume}:/data", "-e", f"WHISPERFARM_API_KEYS={_KEY}")
    with running("whisperfarm-test-dispatcher", dispatcher_image, options=options) as name:
        until_healthy(name, limit_s=_START_S)
        yield name


@pytest.fixture(scope="module")
def worker(worker_image: str, dispatcher: str, volume: str) -> Iterator[str]:
    options = ("-v", f"{volume}:/data")
    with running("whisperfarm-test-worker", worker_image, options=options) as name:
        until_healthy(name, limit_s=_START_S)
        yield name


def _asked(container: str, path: str) -> tuple[int, str]:
    line = (
        "import sys, http.client as h; c = h.HTTPConnection('127.0.0.1', 8000, timeout=10);"
        "c.request('GET', sys.argv[1]); r = c.getresponse(); print(r.status, r.read().decode())"
    )
    status, _, body = inside(container, "python", "-c", line, path).stdout.partition(" ")
    return int(status), body


def test_dispatcher_without_keys_does_not_listen(dispatcher_image: str) -> None:
    ended = ran(dispatcher_image)
    assert ended.returncode == 78
    assert "WHISPERFARM_API_KEYS" in ended.stderr


def test_farm_is_ready(dispatcher: str, worker: str) -> None:
    status, body = _asked(dispatcher, "/readyz")
    assert (status, json.loads(body)["checks"]["workers"]["ok"]) == (200, True)


def test_farm_transcribes_a_recording(dispatcher: str, worker: str) -> None:
    sample = "/opt/venv/lib/python3.11/site-packages/whisperfarm_demo/samples/support-call.wav"
    options = ("-e", "WHISPERFARM_URL=http://127.0.0.1:8000", "-e", f"WHISPERFARM_API_KEY={_KEY}")
    command = ("whisper-remote", sample, "--output_dir", "/tmp", "--output_format", "txt")  # noqa: S108
    ended = inside(dispatcher, *command, options=options)
    assert ended.returncode == 0, ended.stderr
    text = inside(dispatcher, "cat", "/tmp/support-call.txt").stdout  # noqa: S108
    assert "thank you for calling customer support" in " ".join(text.split())


def test_models_in_the_image_verify(worker: str) -> None:
    verified = inside(worker, "whisperfarm", "models", "verify")
    assert verified.returncode == 0, verified.stderr
    assert "demo/asr" in verified.stdout


def test_request_without_an_api_key_is_rejected(dispatcher: str) -> None:
    status, _ = _asked(dispatcher, "/v1/jobs")
    assert status == 401


def test_stopped_worker_exits_with_zero(worker: str) -> None:
    assert podman("stop", "-t", "60", worker).returncode == 0
    code = podman("inspect", "--format", "{{.State.ExitCode}}", worker).stdout.strip()
    assert code == "0"


def test_worker_image_runs_the_demo(worker_image: str) -> None:
    ended = ran(worker_image, "demo", timeout_s=_START_S)
    assert ended.returncode == 0, ended.stderr
    assert "thank you for calling customer support" in ended.stdout
    assert "2 speakers" in ended.stdout


def test_edge_image_runs_the_demo_without_speakers(edge_image: str) -> None:
    ended = ran(edge_image, "demo", timeout_s=_START_S)
    assert ended.returncode == 0, ended.stderr
    assert "thank you for calling customer support" in ended.stdout


def test_edge_image_is_at_most_a_tenth_of_the_worker_image(
    edge_image: str, worker_image: str
) -> None:
    added = [
        inspected(image)["Size"] - inspected(BASE)["Size"] for image in (edge_image, worker_image)
    ]
    assert added[0] <= added[1] / 10
