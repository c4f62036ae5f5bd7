"""The producers in the documentation, run unchanged."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.dispatcher.farm import HELLO, DispatcherFarm
from tests.integration.dispatcher.test_rabbitmq import (  # noqa: F401
    Caller,
    await_job,
    caller,
    farm,
    settings,
)
from tests.servers.rabbitmq import RabbitmqServer
from tests.support.environment import environment

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[3] / "examples" / "rabbitmq"
DEADLINE_S = 120


@pytest.fixture
def recording(tmp_path: Path, audio: bytes) -> Path:
    path = tmp_path / "call.wav"
    path.write_bytes(audio)
    return path


def start(*command: Any, server: RabbitmqServer) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        list(map(str, command)),
        env=environment(AMQP_URL=f"{server.url.removesuffix('/')}%2F"),
        stdout=subprocess.PIPE,
        text=True,
    )


def test_python_producer_submits_and_prints_the_outcome(
    farm: DispatcherFarm,  # noqa: F811
    rabbitmq_server: RabbitmqServer,
    recording: Path,
) -> None:
    with start(sys.executable, EXAMPLES / "submit.py", recording, server=rabbitmq_server) as run:
        job = await_job(farm)
        farm.succeed(farm.claim(job.id), HELLO)
        output, _ = run.communicate(timeout=DEADLINE_S)
    name, event, body = output.split(maxsplit=2)
    assert (run.returncode, name, event) == (0, "call.wav", "job.succeeded")
    assert json.loads(body)["data"]["id"] == job.id


def test_shell_producer_submits(
    farm: DispatcherFarm,  # noqa: F811
    rabbitmq_server: RabbitmqServer,
    recording: Path,
    audio: bytes,
) -> None:
    if not any((Path(p) / "amqp-publish").exists() for p in os.environ["PATH"].split(":")):
        pytest.skip("amqp-publish is not installed: apt-get install amqp-tools")
    with start(EXAMPLES / "submit.sh", recording, server=rabbitmq_server) as run:
        run.communicate(timeout=DEADLINE_S)
    assert run.returncode == 0
    assert await_job(farm).audio.size_bytes == len(audio)
