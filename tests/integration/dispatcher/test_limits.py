"""Recordings that are too large or too long, and callers that hang up."""

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

from tests.integration.dispatcher.farm import DEADLINE_S, WAV, Farm, started
from tests.support.recordings import wav
from tests.support.waiting import until
from whisperfarm_contract.problems import StorageFull
from whisperfarm_store.blobs import BlobWriter, FolderBlobs

MIB = 1 << 20


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Farm]:
    """A farm that takes ten seconds and one megabyte."""
    with started(tmp_path, max_audio_s=10, max_upload_bytes=MIB) as running:
        yield running


def connected(farm: Farm) -> socket.socket:
    where = urlsplit(farm.url)
    return socket.create_connection((where.hostname, where.port), timeout=DEADLINE_S)


def head(*headers: str, path: str = "/v1/jobs") -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: audio/wav", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


def test_audio_that_its_header_tells_to_be_too_long_is_refused(strict: Farm) -> None:
    url = f"{strict.url}/v1/jobs"
    assert strict.http.post(url, content=wav(seconds=10), headers=WAV).status_code == 202
    answer = strict.http.post(url, content=wav(seconds=11), headers=WAV)
    assert (answer.status_code, answer.json()["name"]) == (413, "audio-too-long")
    assert "11 seconds and this farm accepts 10" in answer.json()["detail"]
    assert len(strict.blobs()) == len(strict.jobs()) == 1


def test_a_header_that_lies_upwards_is_not_believed(strict: Farm) -> None:
    unfinished = bytearray(wav(seconds=2))
    unfinished[40:44] = struct.pack("<I", 0xFFFFFFFF)
    assert strict.submit(bytes(unfinished))["audio"]["seconds"] == pytest.approx(2, abs=0.01)


@pytest.mark.parametrize("form", [False, True])
def test_audio_of_just_the_limit_is_taken_and_one_byte_more_is_not(
    strict: Farm, *, form: bool
) -> None:
    url, options = f"{strict.url}/v1/jobs", {"encoding": "s16le", "sample_rate": "192000"}
    for size_bytes, status in ((MIB, 202), (MIB + 1, 413)):
        request = {"files": {"file": bytes(size_bytes)}} if form else {"content": bytes(size_bytes)}
        answer = strict.http.post(url, params=options, **request)
        assert answer.status_code == status, answer.text
    assert answer.json()["name"] == "audio-too-large"
    assert len(strict.blobs()) == len(strict.jobs()) == 1


def test_a_length_over_the_limit_is_answered_before_the_body_comes(strict: Farm) -> None:
    with connected(strict) as caller:
        caller.sendall(head(f"Content-Length: {100 * MIB}"))
        answer = read_answer(caller)
    assert answer.status == 413
    assert b"audio-too-large" in answer.read()


def read_answer(caller: socket.socket) -> HTTPResponse:
    answer = HTTPResponse(caller)
    answer.begin()
    return answer


def test_a_caller_that_sends_all_of_it_first_still_sees_the_answer(strict: Farm) -> None:
    answer = strict.http.post(f"{strict.url}/v1/jobs", content=bytes(64 * MIB), headers=WAV)
    assert (answer.status_code, answer.json()["name"]) == (413, "audio-too-large")


def test_a_chunked_body_is_cut_off_at_the_limit(strict: Farm) -> None:
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


def test_of_a_caller_that_hangs_up_in_the_middle_nothing_remains(strict: Farm) -> None:
    caller = connected(strict)
    caller.sendall(head(f"Content-Length: {MIB}") + wav(seconds=5))
    await_blobs(strict, 1)
    caller.close()
    await_blobs(strict, 0)
    assert strict.jobs() == []


def await_blobs(farm: Farm, count: int) -> None:
    until(lambda: len(farm.blobs()) == count, f"{count} blobs", within_s=DEADLINE_S)


@pytest.mark.slow
@pytest.mark.parametrize("form", [False, True])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, *, form: bool) -> None:
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


def upload_generated(farm: Farm, size_bytes: int, *, form: bool) -> httpx.Response:
    """Upload so many bytes that never exist at once, neither here nor in a file."""
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
    """A store with no room."""

    @contextmanager
    def writer(self, key: str) -> Iterator[BlobWriter]:
        with super().writer(key):
            raise StorageFull("no room is left for blobs")
        yield


def test_a_full_disk_is_told_and_nothing_is_accepted(tmp_path: Path) -> None:
    with started(tmp_path, blobs=Full(tmp_path / "blobs")) as farm:
        answer = farm.http.post(f"{farm.url}/v1/jobs", content=wav(), headers=WAV)
        assert (answer.status_code, answer.json()["name"]) == (507, "storage-full")
        assert farm.jobs() == []
        assert farm.blobs() == []


def test_of_an_upload_that_stalls_nothing_remains(tmp_path: Path) -> None:
    with started(tmp_path, upload_stall_s=0.2) as farm, connected(farm) as caller:
        caller.sendall(head(f"Content-Length: {MIB}") + wav(seconds=5))
        answer = read_answer(caller)
        assert (answer.status, answer.getheader("connection")) == (408, "close")
        assert b"upload-stalled" in answer.read()
        assert (farm.blobs(), farm.jobs()) == ([], [])


def test_a_form_that_stalls_before_its_file_is_ended_as_well(tmp_path: Path) -> None:
    with started(tmp_path, upload_stall_s=0.2) as farm, connected(farm) as caller:
        form = "Content-Type: multipart/form-data; boundary=b"
        lines = ["POST /v1/jobs HTTP/1.1", "Host: 127.0.0.1", "Content-Length: 1000", form, "", ""]
        caller.sendall("\r\n".join(lines).encode() + b"--b\r\n")
        assert read_answer(caller).status == 408
