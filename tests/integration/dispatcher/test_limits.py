"""Recordings that are too large or too long, and callers that disconnect."""

import socket
import struct
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.integration.dispatcher.farm import DEADLINE_S, WAV, DispatcherFarm, started
from tests.support.recordings import wav
from tests.support.waiting import until
from whisperfarm_contract.problems import StorageFull
from whisperfarm_store.blobs import BlobWriter, FolderBlobs

MIB = 1 << 20


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[DispatcherFarm]:
    """Run a farm that accepts ten seconds and one megabyte."""
    with started(tmp_path, max_audio_s=10, max_upload_bytes=MIB) as running:
        yield running


def connected(farm: DispatcherFarm) -> socket.socket:
    where = urlsplit(farm.url)
    return socket.create_connection((where.hostname, where.port), timeout=DEADLINE_S)


def head(*headers: str, path: str = "/v1/jobs") -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: audio/wav", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


def test_audio_with_a_too_long_header_is_rejected(strict: DispatcherFarm) -> None:
    url = f"{strict.url}/v1/jobs"
    assert strict.http.post(url, content=wav(seconds=10), headers=WAV).status_code == 202
    answer = strict.http.post(url, content=wav(seconds=11), headers=WAV)
    assert (answer.status_code, answer.json()["name"]) == (413, "audio-too-long")
    assert "11 seconds long and this farm accepts 10" in answer.json()["detail"]
    assert len(strict.blobs()) == len(strict.jobs()) == 1


def test_probe_caps_the_duration_by_the_file_size(strict: DispatcherFarm) -> None:
    unfinished = bytearray(wav(seconds=2))
    unfinished[40:44] = struct.pack("<I", 0xFFFFFFFF)
    assert strict.submit(bytes(unfinished))["audio"]["duration_s"] == pytest.approx(2, abs=0.01)


@pytest.mark.parametrize("form", [False, True])
def test_audio_at_the_size_limit_is_accepted(strict: DispatcherFarm, *, form: bool) -> None:
    url, options = f"{strict.url}/v1/jobs", {"encoding": "s16le", "sample_rate": "192000"}
    for size_bytes, status in ((MIB, 202), (MIB + 1, 413)):
        request = {"files": {"file": bytes(size_bytes)}} if form else {"content": bytes(size_bytes)}
        answer = strict.http.post(url, params=options, **request)
        assert answer.status_code == status, answer.text
    assert answer.json()["name"] == "audio-too-large"
    assert len(strict.blobs()) == len(strict.jobs()) == 1


def test_content_length_over_the_limit_is_rejected_at_once(strict: DispatcherFarm) -> None:
    with connected(strict) as caller:
        caller.sendall(head(f"Content-Length: {100 * MIB}"))
        answer = read_answer(caller)
    assert answer.status == 413
    assert b"audio-too-large" in answer.read()


def read_answer(caller: socket.socket) -> HTTPResponse:
    answer = HTTPResponse(caller)
    answer.begin()
    return answer


def test_caller_that_sends_the_whole_body_sees_the_error(strict: DispatcherFarm) -> None:
    answer = strict.http.post(f"{strict.url}/v1/jobs", content=bytes(64 * MIB), headers=WAV)
    assert (answer.status_code, answer.json()["name"]) == (413, "audio-too-large")


def test_chunked_body_is_rejected_at_the_limit(strict: DispatcherFarm) -> None:
    chunk = b"%x\r\n" % MIB + bytes(MIB) + b"\r\n"
    with connected(strict) as caller:
        caller.sendall(head("Transfer-Encoding: chunked"))
        with pytest.raises(ConnectionError):
            send(caller, chunk, times=100)
        answer = read_answer(caller)
    assert (answer.status, answer.getheader("connection")) == (413, "close")
    assert strict.blobs() == []


def send(caller: socket.socket, data: bytes, *, times: int) -> None:
    for _ in range(times):
        caller.sendall(data)


def test_disconnected_upload_leaves_nothing(tmp_path: Path) -> None:
    with started(tmp_path) as farm:
        caller = connected(farm)
        # The blob is opened once a block has arrived.
        caller.sendall(head(f"Content-Length: {4 * MIB}") + wav(seconds=90))
        await_blobs(farm, 1)
        caller.close()
        await_blobs(farm, 0)
        assert farm.jobs() == []


def await_blobs(farm: DispatcherFarm, count: int) -> None:
    until(lambda: len(farm.blobs()) == count, f"{count} blobs", within_s=DEADLINE_S)


@pytest.mark.slow
@pytest.mark.parametrize("form", [False, True])
def test_upload_memory_does_not_grow_with_the_file(tmp_path: Path, *, form: bool) -> None:
    size_bytes = 300 * MIB
    with started(tmp_path) as farm:
        tracemalloc.start()
        try:
            answer = upload_generated(farm, size_bytes, form=form)
            _, peak_bytes = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert answer.json()["audio"]["size_bytes"] == size_bytes
    assert peak_bytes < 24 * MIB


def upload_generated(farm: DispatcherFarm, size_bytes: int, *, form: bool) -> httpx.Response:
    """Upload this many generated bytes, without holding them in memory or in a file."""
    block = bytes(MIB)
    opening = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' if form else b""
    )
    closing = b"\r\n--b--\r\n" if form else b""

    def body() -> Iterator[bytes]:
        yield opening
        for _ in range(size_bytes // MIB):
            yield block
        yield closing

    content_type = "multipart/form-data; boundary=b" if form else "audio/wav"
    return farm.http.post(
        f"{farm.url}/v1/jobs",
        params={"encoding": "s16le", "sample_rate": "16000"},
        content=body(),
        headers={"Content-Type": content_type},
        timeout=120,
    )


class Full(FolderBlobs):
    """A blob store on a full disk."""

    @contextmanager
    def writer(self, key: str) -> Iterator[BlobWriter]:
        with super().writer(key):
            raise StorageFull("no room is left for blobs")
        yield


def test_full_disk_is_reported_and_no_job_is_created(tmp_path: Path) -> None:
    with started(tmp_path, blobs=Full(tmp_path / "blobs")) as farm:
        answer = farm.http.post(f"{farm.url}/v1/jobs", content=wav(), headers=WAV)
        assert (answer.status_code, answer.json()["name"]) == (507, "storage-full")
        assert int(answer.headers["Retry-After"]) > 0
        assert farm.jobs() == []
        assert farm.blobs() == []


def test_stalled_upload_leaves_nothing(tmp_path: Path) -> None:
    with started(tmp_path, upload_stall_s=0.2) as farm, connected(farm) as caller:
        caller.sendall(head(f"Content-Length: {MIB}") + wav(seconds=5))
        answer = read_answer(caller)
        assert (answer.status, answer.getheader("connection")) == (408, "close")
        assert b"upload-stalled" in answer.read()
        assert (farm.blobs(), farm.jobs()) == ([], [])


def test_form_stalled_before_its_file_is_ended(tmp_path: Path) -> None:
    with started(tmp_path, upload_stall_s=0.2) as farm, connected(farm) as caller:
        form = "Content-Type: multipart/form-data; boundary=b"
        lines = ["POST /v1/jobs HTTP/1.1", "Host: 127.0.0.1", "Content-Length: 1000", form, "", ""]
        caller.sendall("\r\n".join(lines).encode() + b"--b\r\n")
        assert read_answer(caller).status == 408
