"""A farm with API keys. Rejecting a request needs no worker."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.servers.ports import free_ports
from tests.support.environment import environment
from tests.support.farm import whisper_remote
from tests.support.waiting import until

pytestmark = pytest.mark.slow

KEY = "a-key-of-this-test"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a dispatcher that requires a key, and return its address."""
    folder, port = tmp_path_factory.mktemp("guarded"), free_ports(1)[0]
    command = [sys.executable, "-m", "whisperfarm", "dispatcher", "--data-dir", str(folder)]
    with subprocess.Popen(
        [*command, "--port", str(port)], env=environment(API_KEYS=KEY), stderr=subprocess.PIPE
    ) as dispatcher:
        until(lambda: alive(f"http://127.0.0.1:{port}"), "the dispatcher")
        yield f"http://127.0.0.1:{port}"
        dispatcher.terminate()
        _, log = dispatcher.communicate(timeout=30)
    assert KEY.encode() not in log


def alive(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.parametrize(
    ("settings", "name"),
    [({}, "missing-api-key"), ({"WHISPERFARM_API_KEY": "another"}, "invalid-api-key")],
)
def test_client_without_a_valid_key_is_rejected(
    guarded: str, support_call: Path, tmp_path: Path, settings: dict[str, str], name: str
) -> None:
    ended = whisper_remote(support_call, "-o", tmp_path, url=guarded, **settings)
    assert ended.returncode == 77
    assert f" {name}: " in ended.stderr
    assert "another" not in ended.stderr


def test_client_with_a_valid_key_is_accepted(guarded: str, support_call: Path) -> None:
    answer = httpx.post(
        f"{guarded}/v1/jobs",
        content=support_call.read_bytes(),
        headers={"Authorization": f"Bearer {KEY}", "Content-Type": "audio/wav"},
    )
    assert answer.status_code == 202, answer.text
