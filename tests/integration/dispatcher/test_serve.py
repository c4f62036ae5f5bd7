"""The dispatcher as its own process, with the embedded broker."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.integration.dispatcher.farm import DEADLINE_S, WAV
from tests.support.environment import environment
from tests.support.waiting import until

pytestmark = pytest.mark.slow

SERVE = """
from whisperfarm_dispatcher.server import serve
from whisperfarm_dispatcher.settings import DispatcherSettings

serve(DispatcherSettings())
"""

NO_LARGE_FILES = """
import resource

resource.setrlimit(resource.RLIMIT_FSIZE, (2 << 20, 2 << 20))
"""
"""Keeps the process from writing a file larger than two megabytes."""


FEW_DESCRIPTORS = """
import resource

resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128))
"""


@contextmanager
def dispatcher(
    data_dir: Path, *, first: str = "", **settings: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a dispatcher process. Returns it and its URL."""
    chosen = {"DATA_DIR": str(data_dir), "PORT": "0", "LOG_FORMAT": "json", **settings}
    with subprocess.Popen(
        [sys.executable, "-c", first + SERVE],
        env=environment(**{f"WHISPERFARM_{name}": it for name, it in chosen.items()}),
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process, url_of(process)
        finally:
            process.kill()


def url_of(process: subprocess.Popen[str]) -> str:
    """Return the URL from the process's log."""
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if '"dispatcher.listening"' in line:
            event = json.loads(line)
            return f"http://{event['host']}:{event['port']}"
    raise EOFError(said)


def test_accepted_job_is_published_to_the_broker(tmp_path: Path, audio: bytes) -> None:
    with dispatcher(tmp_path) as (_, url):
        job = httpx.post(f"{url}/v1/jobs", content=audio, headers=WAV).json()
        assert job["id"] in await_message(tmp_path / "broker" / "messages")


def await_message(folder: Path) -> str:
    messages = until(lambda: list(folder.glob("*.msg")), "a message", within_s=DEADLINE_S)
    return messages[0].read_text()


@pytest.mark.parametrize("way", [signal.SIGTERM, signal.SIGINT])
def test_sigterm_ends_the_process_while_a_caller_waits(
    tmp_path: Path, audio: bytes, way: signal.Signals
) -> None:
    with dispatcher(tmp_path) as (process, url), ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(submit, url, audio, wait=600)
        await_message(tmp_path / "broker" / "messages")
        process.send_signal(way)
        assert process.wait(DEADLINE_S / 2) == 0
        answer = waiting.result()
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")


HANGING_LEDGER = """
import sys, threading

from whisperfarm_dispatcher import server
from whisperfarm_store.ledger.jobs import Jobs

def hang(*_args, **_options):
    print("the ledger hangs", file=sys.stderr, flush=True)
    threading.Event().wait()

server.SHUTDOWN_GRACE_S = server.EXIT_WITHIN_S = 0.5
Jobs.get = hang
"""
"""Makes requests for a job wait for ever, as for a server that accepts and never answers."""


def test_process_ends_in_spite_of_a_ledger_that_hangs(tmp_path: Path) -> None:
    with (
        dispatcher(tmp_path, first=HANGING_LEDGER) as (process, url),
        ThreadPoolExecutor(1) as pool,
    ):
        waiting = pool.submit(httpx.get, f"{url}/v1/jobs/{'0' * 32}", timeout=DEADLINE_S)
        assert process.stderr is not None
        assert any("the ledger hangs" in line for line in process.stderr)
        process.terminate()
        _, said = process.communicate(timeout=DEADLINE_S)
        assert waiting.exception() is not None or waiting.result().status_code >= 500
    assert process.returncode == 1
    assert '"dispatcher.exit_forced"' in said


def test_idle_connections_leave_descriptors_for_jobs(tmp_path: Path, audio: bytes) -> None:
    with dispatcher(tmp_path, first=FEW_DESCRIPTORS) as (process, url), ExitStack() as stack:
        where = urlsplit(url)
        for _ in range(200):
            address = (where.hostname, where.port)
            stack.enter_context(socket.create_connection(address, timeout=DEADLINE_S))
        assert submit(url, audio).status_code == 202
        process.terminate()
        _, said = process.communicate(timeout=DEADLINE_S)
    assert said.count("dispatcher.connections_limited") == 1
    assert "Traceback" not in said
    assert said.count("dispatcher.descriptors_exhausted") <= 1


def test_logs_contain_no_keys_and_queries(tmp_path: Path, audio: bytes) -> None:
    with dispatcher(tmp_path, API_KEYS="north:the-right-key") as (process, url):
        submit(url, audio, {"X-API-Key": "the-right-key"}, initial_prompt="names-of-people")
        submit(url, audio, {"Authorization": "Bearer a-wrong-key"})
        process.terminate()
        _, said = process.communicate(timeout=DEADLINE_S)
    assert '"http.responded"' in said
    for secret in ("the-right-key", "a-wrong-key", "names-of-people"):
        assert secret not in said


def submit(
    url: str, audio: bytes, headers: dict[str, str] | None = None, **options: Any
) -> httpx.Response:
    return httpx.post(
        f"{url}/v1/jobs",
        params=options,
        content=audio,
        headers={**WAV, **(headers or {})},
        timeout=DEADLINE_S,
    )


def test_full_disk_is_reported_and_small_uploads_succeed(tmp_path: Path, audio: bytes) -> None:
    with dispatcher(tmp_path, first=NO_LARGE_FILES) as (_, url):
        full = submit(url, bytes(3 << 20), encoding="s16le", sample_rate=16000)
        assert (full.status_code, full.json()["name"]) == (507, "storage-full")
        assert not [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
        assert submit(url, audio).status_code == 202


def test_listen_error_names_the_port_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with pytest.raises(EOFError, match=f"WHISPERFARM_PORT: cannot listen on 127.0.0.1:{port}"):
            dispatcher(tmp_path, PORT=port).__enter__()
