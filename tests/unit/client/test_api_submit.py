"""Submitting a recording through faults of networks and farms."""

from pathlib import Path
from typing import Any

import pytest

from tests.unit.client.conftest import Remote
from whisperfarm_client.errors import BadResponse
from whisperfarm_client.retry import Retrier
from whisperfarm_contract.problems import (
    DeadlineExceeded,
    FarmUnavailable,
    InvalidApiKey,
    InvalidOption,
    Problem,
    StorageFull,
)


def _submit(remote: Remote, wav: Path, retrier: Retrier) -> str:
    return remote(retrier).submit(wav, {"language": "en"})["id"]


def test_submit_sends_the_whole_file_and_its_options(
    farm: Any, remote: Remote, wav: Path, sleeper: Any
) -> None:
    assert _submit(remote, wav, sleeper.retrier()) == "j1"
    (seen,) = farm.seen
    assert seen.path == "/v1/jobs"
    assert seen.query == {"language": "en", "filename": "call.wav"}
    assert seen.body == wav.read_bytes()
    assert seen.headers["content-length"] == str(wav.stat().st_size)
    assert seen.headers["authorization"] == "Bearer k1"
    assert sleeper.pauses == []


def test_submit_replaces_what_is_not_utf8_in_a_name(
    farm: Any, remote: Remote, tmp_path: Path, sleeper: Any
) -> None:
    path = tmp_path / b"caf\xe9.wav".decode("utf-8", "surrogateescape")
    path.write_bytes(b"RIFF")
    _submit(remote, path, sleeper.retrier())
    assert farm.seen[0].query["filename"] == "caf?.wav"


def test_submit_retries_a_broken_upload_with_the_same_key(
    farm: Any, remote: Remote, wav: Path, sleeper: Any
) -> None:
    keys: list[str] = []

    def drop(handler: Any) -> None:
        keys.append(handler.headers["Idempotency-Key"])
        handler.rfile.read(1000)
        handler.reset()

    farm.on("submit", drop, drop)
    assert _submit(remote, wav, sleeper.retrier()) == "j1"
    (seen,) = farm.seen
    assert seen.body == wav.read_bytes()
    assert keys == [seen.headers["idempotency-key"]] * 2


def test_submit_retries_a_lost_response_with_the_same_key(
    farm: Any, remote: Remote, wav: Path, sleeper: Any
) -> None:
    def lose(handler: Any) -> None:
        farm.note("submit", handler)
        handler.reset()

    farm.on("submit", lose)
    assert _submit(remote, wav, sleeper.retrier()) == "j1"
    first, second = farm.seen
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]


def test_submit_retries_a_server_error_with_the_same_key(
    farm: Any, remote: Remote, wav: Path, sleeper: Any
) -> None:
    def fail(handler: Any) -> None:
        farm.note("submit", handler)
        handler.answer(500, Problem("its log says why").to_wire())

    farm.on("submit", fail, fail)
    assert _submit(remote, wav, sleeper.retrier()) == "j1"
    assert len({seen.headers["idempotency-key"] for seen in farm.seen}) == 1
    assert [seen.body for seen in farm.seen] == [wav.read_bytes()] * 3


def test_submit_gives_up_on_server_errors_after_the_timeout(
    farm: Any, remote: Remote, wav: Path, sleeper: Any
) -> None:
    def fail(handler: Any) -> None:
        handler.read_all()
        handler.answer_bytes(500, b"<html>", kind="text/html")

    farm.on("submit", *[fail] * 50)
    with pytest.raises(BadResponse, match="status 500"):
        _submit(remote, wav, sleeper.retrier(connect_timeout_s=5.0))
    assert 5.0 <= sleeper.now < 10.0


def test_submit_waits_for_retry_after(farm: Any, remote: Remote, wav: Path, sleeper: Any) -> None:
    def busy(handler: Any) -> None:
        handler.read_all()
        handler.answer(503, {"name": "unavailable", "detail": "later"}, {"Retry-After": "7"})

    farm.on("submit", busy)
    assert _submit(remote, wav, sleeper.retrier()) == "j1"
    assert sleeper.pauses == [8.75]  # up to a quarter more, so that clients do not retry in step


def test_submit_gives_up_on_a_busy_farm_at_the_deadline(
    farm: Any, remote: Remote, wav: Path, sleeper: Any
) -> None:
    def busy(handler: Any) -> None:
        handler.read_all()
        handler.answer(429, {"name": "farm-busy", "detail": "as much as it takes"})

    farm.on("submit", *[busy] * 50)
    with pytest.raises(DeadlineExceeded, match="as much as it takes"):
        _submit(remote, wav, sleeper.retrier(deadline=20.0))


def test_submit_reads_an_early_response(farm: Any, remote: Remote, wav: Path, sleeper: Any) -> None:
    wav.write_bytes(bytes(32_000_000))  # more than the buffers of a connection hold

    def refuse(handler: Any) -> None:
        handler.answer(
            401, InvalidApiKey("the key is not known").to_wire(), {"Connection": "close"}
        )
        handler.close_connection = True

    farm.on("submit", refuse)
    with pytest.raises(InvalidApiKey, match="the key is not known"):
        _submit(remote, wav, sleeper.retrier())
    assert sleeper.pauses == []


@pytest.mark.parametrize("problem", [InvalidOption("beam_size: no"), StorageFull("full")])
def test_submit_does_not_retry_a_client_error(
    farm: Any, remote: Remote, wav: Path, sleeper: Any, problem: Any
) -> None:
    def refuse(handler: Any) -> None:
        handler.read_all()
        handler.answer(problem.status, problem.to_wire())

    farm.on("submit", refuse)
    with pytest.raises(type(problem)):
        _submit(remote, wav, sleeper.retrier())
    assert sleeper.pauses == []


def test_submit_does_not_follow_redirects(
    farm: Any, remote: Remote, wav: Path, sleeper: Any
) -> None:
    def redirect(handler: Any) -> None:
        handler.read_all()
        handler.answer_bytes(307, b"", {"Location": f"{farm.url}/elsewhere"})

    farm.on("submit", redirect)
    with pytest.raises(BadResponse, match="/elsewhere"):
        _submit(remote, wav, sleeper.retrier())
    assert farm.seen == []


def test_submit_rejects_a_server_without_http(
    farm: Any, remote: Remote, wav: Path, sleeper: Any
) -> None:
    def greet(handler: Any) -> None:
        handler.read_all()
        handler.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        handler.close_connection = True

    farm.on("submit", greet)
    with pytest.raises(BadResponse, match="does not speak HTTP"):
        _submit(remote, wav, sleeper.retrier())


def test_submit_reports_an_unreachable_url_after_the_timeout(
    farm: Any, remote: Remote, wav: Path, sleeper: Any
) -> None:
    farm.close()
    with pytest.raises(
        FarmUnavailable, match=rf"no server responds at {farm.url} \(Connection refused\)"
    ):
        _submit(remote, wav, sleeper.retrier(connect_timeout_s=5.0))
    assert 5.0 <= sleeper.now < 10.0


def test_submit_waits_for_a_farm_that_starts_late(
    farm: Any, remote: Remote, wav: Path, sleeper: Any
) -> None:
    farm.close()
    sleeper.meanwhile = farm.open
    assert _submit(remote, wav, sleeper.retrier()) == "j1"
    assert len(sleeper.pauses) == 1


def test_submit_stops_at_the_deadline(farm: Any, remote: Remote, wav: Path, sleeper: Any) -> None:
    retrier = sleeper.retrier(deadline=10.0)

    def late(*_: object) -> None:
        sleeper.now = 10.0

    with pytest.raises(DeadlineExceeded, match="still being sent"):
        remote(retrier).submit(wav, on_progress=late)
