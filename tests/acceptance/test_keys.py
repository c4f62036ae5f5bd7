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
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the dispatcher."""
    return tmp_path_factory.mktemp("guarded")


@pytest.fixture(scope="module")
def guarded(folder: Path) -> Iterator[str]:
    """Run a dispatcher that requires a key, and return its address."""
    port = free_ports(1)[0]
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


def test_created_key_is_accepted_until_it_is_revoked(guarded: str, folder: Path) -> None:
    key = keys(folder, "create", "--name", "siprec-1").strip()
    headers = {"Authorization": f"Bearer {key}"}
    assert httpx.get(f"{guarded}/v1/jobs", headers=headers).status_code == 200
    keys(folder, "revoke", key.split("_")[1])
    until(
        lambda: httpx.get(f"{guarded}/v1/jobs", headers=headers).status_code == 401,
        "the revocation",
    )


def keys(folder: Path, *words: str) -> str:
    """Run `whisperfarm keys` and return what it prints on standard output."""
    command = [sys.executable, "-m", "whisperfarm", "keys", *words, "--data-dir", str(folder)]
    ended = subprocess.run(
        command, env=environment(), check=True, capture_output=True, text=True, timeout=60
    )
    return ended.stdout
