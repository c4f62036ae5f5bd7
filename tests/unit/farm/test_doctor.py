"""The findings of `whisperfarm doctor`, and what it advises."""

import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import structlog

from whisperfarm.data_dir_lock import lock_data_dir
from whisperfarm.doctor import machine, storage
from whisperfarm.doctor.farm import farm
from whisperfarm.doctor.finding import Severity
from whisperfarm_store.settings import StoreSettings
from whisperfarm_worker.settings import WorkerSettings


@contextmanager
def _full_disk() -> Iterator[None]:
    """A disk on which no file may have content."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@contextmanager
def _dispatcher(status: int, body: bytes) -> Iterator[str]:
    """The URL of a server that gives this answer to every request."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_full_disk_of_the_blobs_advises_free_space(tmp_path: Path) -> None:
    settings = StoreSettings(data_dir=tmp_path, blob_url=str(tmp_path / "elsewhere"))
    with structlog.testing.capture_logs(), _full_disk():
        found = storage.blobs(settings)
    assert found.severity is Severity.FAIL
    assert f"free space on the disk of {tmp_path}/elsewhere" in found.hint
    assert "WHISPERFARM_BLOB_URL" in found.hint


def test_disk_of_the_blobs_has_its_own_finding(tmp_path: Path) -> None:
    on_other_disk = StoreSettings(data_dir=tmp_path, blob_url="file:///proc")
    assert [found.text.split()[-1] for found in storage.disks(on_other_disk)] == [
        str(tmp_path),
        "/proc",
    ]
    assert len(list(storage.disks(StoreSettings(data_dir=tmp_path, blob_url=str(tmp_path))))) == 1


@pytest.mark.parametrize(
    ("reserve_bytes", "severity"), [(0, Severity.OK), (1 << 60, Severity.FAIL)]
)
def test_disk_below_the_reserve_is_a_finding(
    tmp_path: Path, reserve_bytes: int, severity: Severity
) -> None:
    found = storage.scratch(WorkerSettings(data_dir=tmp_path, scratch_reserve_bytes=reserve_bytes))
    assert found.severity is severity
    assert ("WHISPERFARM_SCRATCH_RESERVE_BYTES" in found.text) is (severity is Severity.FAIL)


def test_unusable_data_folder_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings = StoreSettings(data_dir=tmp_path / "file" / "data")
    for found in (storage.data_dir(settings), storage.database(settings), *storage.disks(settings)):
        assert found.severity is Severity.FAIL
        assert str(settings.data_dir) in found.text


def test_missing_models_come_with_the_command_that_pulls_them(tmp_path: Path) -> None:
    settings = WorkerSettings(data_dir=tmp_path, presets=("small",), engine="whisperx")
    [found] = machine.models(settings)
    assert f"`whisperfarm models pull --presets small --data-dir {tmp_path}`" in found.hint


def test_doctor_says_that_no_farm_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHISPERFARM_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("WHISPERFARM_PORT", "1")
    assert farm().text == "no farm runs at http://127.0.0.1:1"


@pytest.mark.parametrize(
    ("status", "body", "text"),
    [
        (200, b"", "and is ready"),
        (503, b'{"checks": {"workers": {"ok": false}}}', "is not ready: waiting for workers"),
        (404, b"", "its dispatcher does not answer"),
    ],
)
def test_doctor_says_whether_the_farm_of_the_folder_is_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, body: bytes, text: str
) -> None:
    monkeypatch.setenv("WHISPERFARM_DATA_DIR", str(tmp_path))
    with _dispatcher(status, body) as url, lock_data_dir(tmp_path) as record_url:
        record_url(url)
        found = farm()
    assert text in found.text
    assert url in found.text
