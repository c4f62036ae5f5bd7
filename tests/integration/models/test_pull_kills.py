"""A pull that is killed at any moment and run again completes. What it leaves is not a model."""

import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from tests.servers.model_hub import HubStub, serving
from tests.servers.s3 import S3Server
from tests.support.small_model import MODEL, NAME, TRUTH, content, half_written, layout_of
from whisperfarm_models.pull import pull
from whisperfarm_models.settings import ModelSettings
from whisperfarm_models.sources.factory import open_source
from whisperfarm_models.sources.hub import Addresses, HubSource
from whisperfarm_models.sources.port import Source
from whisperfarm_models.sources.web import Web

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

KILLS = int(os.environ.get("WHISPERFARM_TEST_KILLS", "100"))
PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload([__name__])


@pytest.fixture
def hub_url() -> Iterator[str]:
    """Run a hub that sends files in blocks, so that a pull can be killed between them."""
    with serving(HubStub({NAME: dict(TRUTH)}, slow_chunk_bytes=4096)) as hub:
        yield hub.url


@pytest.fixture
def endpoint(s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run an S3 server with the model."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3_server.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3_server.secret_key)
    monkeypatch.setenv("AWS_DEFAULT_REGION", s3_server.region)
    own = s3_server.client()
    for path, data in TRUTH.items():
        own.put_object(Bucket=s3_server.bucket, Key=f"kills/{NAME}/{path}", Body=data)
    own.close()
    return s3_server.endpoint


def _from_hub(url: str) -> Source:
    return HubSource(Web(url, token=None), Addresses(hub=url, torch=url, nltk=url))


def _from_s3(endpoint: str) -> Source:
    return open_source(ModelSettings(s3_endpoint_url=endpoint, models_from="s3://farm/kills"))


def _pull(
    opened: Callable[[str], Source], address: str, root: Path, environ: dict[str, str]
) -> None:
    os.environ.update(environ)
    source = opened(address)
    try:
        pull([MODEL], source=source, layout=layout_of(root), concurrency=2)
    finally:
        source.close()


def test_hub_pull_survives_kills(hub_url: str, tmp_path: Path) -> None:
    _kill_and_run_again(_from_hub, hub_url, tmp_path)


def test_s3_pull_survives_kills(endpoint: str, tmp_path: Path) -> None:
    _kill_and_run_again(_from_s3, endpoint, tmp_path)


def _kill_and_run_again(opened: Callable[[str], Source], address: str, folder: Path) -> None:
    chance = random.Random(4)
    environ = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    received = (opened, address, environ)
    longest_s = min(_seconds(received, folder / f"whole-{number}") for number in range(3))
    killed = partly = 0
    while killed < KILLS:
        root = folder / str(killed)
        while content(root) != TRUTH and killed < KILLS:
            killed += _killed(received, root, after_s=chance.uniform(0, longest_s))
            there = content(root)
            assert there == {path: TRUTH[path] for path in there}
            partly += 0 < len(there) < len(TRUTH) or bool(list(root.rglob("*.part")))
        _pull(opened, address, root, environ)
        assert content(root) == TRUTH
        assert half_written(root) == []
        shutil.rmtree(root)
    assert partly >= KILLS / 20, "hardly any kill came in the middle of a pull"


Received = tuple[Callable[[str], Source], str, dict[str, str]]


def _started(received: Received, root: Path) -> Any:
    """Start a pull in its own process, and return when it starts to write."""
    opened, address, environ = received
    lock = root / ".pull" / "lock"
    lock.unlink(missing_ok=True)  # the next pull creates it
    process = PROCESSES.Process(target=_pull, args=(opened, address, root, environ))
    process.start()
    while process.is_alive() and not lock.exists():
        process.join(0.001)
    return process


def _seconds(received: Received, root: Path) -> float:
    process = _started(received, root)
    begun = time.monotonic()
    process.join()
    assert process.exitcode == 0
    return time.monotonic() - begun


def _killed(received: Received, root: Path, *, after_s: float) -> bool:
    """Return whether the pull was killed; False if it ended first."""
    process = _started(received, root)
    process.join(after_s)
    process.kill()
    process.join()
    code = process.exitcode
    process.close()
    assert code in (0, -9)
    return bool(code)
